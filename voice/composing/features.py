"""What the pitch of a note depends on, as numbers of features that learner and composer share.

The next pitch is one of the 25 that lie within an octave of the one before; its score is the sum
of one weight from each group. All functions broadcast, so that a composer can look at every pair
of pitches at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
WIDEST = 12
INTERVALS = 2 * WIDEST + 1
NO_INTERVAL = 7
REGISTERS = 19

ROOT, THIRD, FIFTH, STRANGE, SILENT = range(5)
FIRST, LAST, BEFORE_LAST, INSIDE = range(4)
STRONG, BEAT, BETWEEN = range(3)

GROUPS: dict[str, int] = {
    "interval": INTERVALS * 2,
    "interval_after": 8 * INTERVALS,
    "degree": 12 * 2 * 3,
    "chord": 5 * 3 * 2,
    "degree_after": 12 * 12 * 2,
    "register": REGISTERS * 3,
    "place": 4 * 7,
    "ending": 2 * 12 * 2,
    "approach": 5 * 7,
    "resolution": 5 * 7,
    "stress": 3 * 7,
    "return": 2 * 8,
    "metre": 3 * 7,
}
"""The groups of features and how many weights each has."""

SIZE = sum(GROUPS.values())
_STARTS = dict(zip(GROUPS, accumulate([0, *GROUPS.values()]), strict=False))


@dataclass(frozen=True)
class Moves:
    """Moves from one pitch to the next and what surrounds them; arrays that broadcast together.

    Attributes:
        before: the interval class that led to the pitch moved from, `NO_INTERVAL` if none did.
        interval: semitones of the move, within an octave.
        back: 1 where the pitch two notes ago returns.
        degree, degree_from: semitones above the tonic.
        minor: 1 in minor.
        weight: STRONG, BEAT or BETWEEN.
        long: 1 for notes of half as long again as usual.
        chord, chord_from: what the pitches are in their chords, ROOT to SILENT.
        register: semitones above the middle of the melody, from -9 to 9.
        place: FIRST, LAST, BEFORE_LAST or INSIDE of the line.
        stress: 0, 1, or 2 where a syllable is held.
        kind: 0 as hymns go, 1 as art songs do.
    """

    before: Numbers
    interval: Numbers
    back: Numbers
    degree: Numbers
    degree_from: Numbers
    minor: Numbers
    weight: Numbers
    long: Numbers
    chord: Numbers
    chord_from: Numbers
    register: Numbers
    place: Numbers
    stress: Numbers
    kind: Numbers


def indices(moves: Moves) -> list[Numbers]:
    """For each group the number of the weight that a move takes; shapes broadcast together."""
    m = moves
    step = m.interval + WIDEST
    sort = interval_class(m.interval)
    sign = np.sign(m.interval) + 1
    found = {
        "interval": step + INTERVALS * m.kind,
        "interval_after": m.before * INTERVALS + step,
        "degree": (m.degree * 2 + m.minor) * 3 + m.weight,
        "chord": (m.chord * 3 + m.weight) * 2 + m.long,
        "degree_after": (m.degree_from * 12 + m.degree) * 2 + m.minor,
        "register": (np.clip(m.register, -9, 9) + 9) * 3 + sign,
        "place": m.place * 7 + sort,
        "ending": ((m.place == LAST) * 12 + m.degree) * 2 + m.minor,
        "approach": m.chord * 7 + sort,
        "resolution": m.chord_from * 7 + sort,
        "stress": m.stress * 7 + sort,
        "return": m.back * 8 + m.before,
        "metre": m.weight * 7 + sort,
    }
    return [_STARTS[group] + found[group] for group in GROUPS]


def interval_class(interval: Numbers) -> Numbers:
    """0 a fourth or more down, 1 thirds down, 2 steps down, 3 the same, … 6 a fourth up."""
    edges = np.array([-4, -2, 0, 1, 3, 5])
    classes: Numbers = np.searchsorted(edges, interval, side="right").astype(np.int64)
    return classes


def relation(pitch: Numbers, chord: tuple[int, ...]) -> Numbers:
    """What pitches are in a chord of these pitch classes, root first."""
    if not chord:
        return np.full(np.shape(pitch), SILENT, np.int64)
    above = (pitch - chord[0]) % 12
    inside = np.isin(pitch % 12, chord)
    found = np.where(above == 0, ROOT, np.where(above <= 5, THIRD, FIFTH))
    return np.where(inside, found, STRANGE).astype(np.int64)


def weight_class(weight: int) -> int:
    """From the metrical weight of `voice.lyric_plan`."""
    return STRONG if weight >= 3 else BEAT if weight == 2 else BETWEEN
