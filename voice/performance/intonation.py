"""The pitch that is sung: the score's, with portamento, vibrato and a bounded lean of its own.

f0(t) = 440 * 2 ** ((m(t) - 69 + d(t)) / 12), m the written pitch with a cosine glide between
touching notes, d a deviation whose median over the middle of every note is zero: the centre of each
note is in tune by construction, whatever the network or the vibrato say.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID
from voice.expression import FramedNote
from voice.performance.bounds import BOUNDS

Floats = npt.NDArray[np.float64]

CENTRE_SHARE = 0.6
RAMP_SHARE = 0.2
SLURRED_GLIDE = 1.6
"""A slur binds two notes: the glide between them is this many times longer."""

FARTHEST_LEAN_CENTS = 20.0
STEADY_BELOW_S = 0.6
SCOOP_S = 0.14
FARTHEST_BEND_CENTS = 1_200.0
MOST_BEND_POINTS = 64
FARTHEST_TUNING_CENTS = 100.0


@dataclass(frozen=True)
class Bend:
    """A note drawn away from its pitch: `cents` from it, spread evenly from its head to its end.

    `note` counts the sung notes from 1.
    """

    note: int
    cents: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.note < 1:
            raise ValueError(f"notes are counted from 1, not {self.note}")
        if not 1 <= len(self.cents) <= MOST_BEND_POINTS:
            raise ValueError(f"a bend has 1-{MOST_BEND_POINTS} points, not {len(self.cents)}")
        if not all(abs(point) <= FARTHEST_BEND_CENTS for point in self.cents):
            raise ValueError(f"a bend goes up to {FARTHEST_BEND_CENTS:g} cents, not {self.cents}")


@dataclass(frozen=True)
class Intonation:
    """How a melody is shaped between and on its notes; `tuning_cents` moves all of it."""

    portamento_s: float = 0.060
    vibrato_depth_cents: float = 22.0
    vibrato_rate_hz: float = 5.4
    vibrato_onset_s: float = 0.30
    vibrato_fade_s: float = 0.25
    vibrato_shortest_s: float = 0.55
    lean: float = 0.6
    scoop_cents: float = 20.0
    tuning_cents: float = 0.0
    bends: tuple[Bend, ...] = ()

    def __post_init__(self) -> None:
        BOUNDS["vibrato"].check("vibrato depth", self.vibrato_depth_cents)
        BOUNDS["vibrato_rate"].check("vibrato rate", self.vibrato_rate_hz)
        BOUNDS["vibrato_onset"].check("vibrato onset", self.vibrato_onset_s)
        BOUNDS["portamento"].check("portamento", self.portamento_s)
        BOUNDS["scoop"].check("scoop", self.scoop_cents)
        if not abs(self.tuning_cents) <= FARTHEST_TUNING_CENTS:
            raise ValueError(
                f"tuning goes up to {FARTHEST_TUNING_CENTS:g} cents, not {self.tuning_cents:g}"
            )


def written_pitch(notes: Sequence[FramedNote], frames: int) -> Floats:
    """The notes as steps, held through rests, in fractional MIDI notes, `(frames,)`."""
    times_s = GRID.centres_s(frames)
    curve = np.full(frames, notes[0].midi if notes else 60.0)
    for note in notes:
        curve[times_s >= note.start_s] = note.midi
    return curve


def glided(
    notes: Sequence[FramedNote],
    frames: int,
    portamento_s: float,
    slurred: frozenset[int] = frozenset(),
) -> Floats:
    """Written pitch with a cosine glide centred on every boundary of touching notes.

    `slurred` are the indices of notes that a slur binds to the one before: their glide is longer.
    """
    times_s = GRID.centres_s(frames)
    curve = written_pitch(notes, frames)
    for index, (before, after) in enumerate(itertools.pairwise(notes), start=1):
        if after.start_s - before.end_s > 0.05 or portamento_s <= 0:
            continue
        room = 2.0 * RAMP_SHARE * min(before.end_s - before.start_s, after.end_s - after.start_s)
        wished_s = portamento_s * (SLURRED_GLIDE if index in slurred else 1.0)
        width = min(wished_s, room)
        share = (times_s - (after.start_s - width / 2)) / max(width, 1e-9)
        inside = (share > 0.0) & (share < 1.0)
        rise = 0.5 - 0.5 * np.cos(np.pi * share[inside])
        curve[inside] = before.midi + (after.midi - before.midi) * rise
    return curve


def vibrato(
    notes: Sequence[FramedNote], frames: int, style: Intonation, random: np.random.Generator
) -> Floats:
    """Semitones of vibrato on long notes, each a little different, `(frames,)`."""
    times_s = GRID.centres_s(frames)
    curve = np.zeros(frames)
    for note in notes:
        rate_hz = style.vibrato_rate_hz * random.uniform(0.94, 1.06)
        depth = style.vibrato_depth_cents / 100.0 * random.uniform(0.75, 1.25)
        phase = random.uniform(0.0, 2.0 * np.pi)
        shortest_s = max(style.vibrato_shortest_s, style.vibrato_onset_s)
        if note.end_s - note.start_s < shortest_s:
            continue
        inside = (times_s >= note.start_s + style.vibrato_onset_s) & (times_s < note.end_s)
        since = times_s[inside] - note.start_s - style.vibrato_onset_s
        left = note.end_s - times_s[inside]
        fade = np.clip(since / style.vibrato_fade_s, 0.0, 1.0) * np.clip(left / 0.1, 0.0, 1.0)
        curve[inside] = depth * fade * np.sin(2.0 * np.pi * rate_hz * since + phase)
    return curve


def steadied(deviation: Floats, notes: Sequence[FramedNote]) -> Floats:
    """The deviation, the smaller the shorter its note: a short note has no time to wander."""
    times_s = GRID.centres_s(len(deviation))
    share = np.ones(len(deviation))
    for note in notes:
        inside = (times_s >= note.start_s) & (times_s < note.end_s)
        share[inside] = min(1.0, (note.end_s - note.start_s) / STEADY_BELOW_S) ** 2
    return deviation * share


def bounded(lean: Floats) -> Floats:
    """The network's deviation, gently kept within 20 cents.

    Beside voiceless sounds it may plunge by a quarter of a tone, and a note is heard flat.
    """
    farthest = FARTHEST_LEAN_CENTS / 100.0
    return np.asarray(farthest * np.tanh(lean / farthest))


def scooped(
    phrases: Sequence[range], notes: Sequence[FramedNote], frames: int, cents: float
) -> Floats:
    """Semitones, `(frames,)`: every phrase comes to its first note from a little below."""
    times_s = GRID.centres_s(frames)
    curve = np.zeros(frames)
    for phrase in phrases:
        first = notes[phrase[0]]
        length_s = min(SCOOP_S, RAMP_SHARE * (first.end_s - first.start_s))
        share = (times_s - first.start_s) / max(length_s, 1e-9)
        rising = (share >= 0.0) & (share < 1.0)
        curve[rising] = -cents / 100.0 * (0.5 + 0.5 * np.cos(np.pi * share[rising]))
    return curve


def bent(bends: Sequence[Bend], notes: Sequence[FramedNote], frames: int) -> Floats:
    """Semitones that a user's bends add, `(frames,)`; where a note is not there, none."""
    times_s = GRID.centres_s(frames)
    curve = np.zeros(frames)
    for bend in bends:
        if bend.note > len(notes):
            continue
        note = notes[bend.note - 1]
        inside = (times_s >= note.start_s) & (times_s < note.end_s)
        moments_s = np.linspace(note.start_s, note.end_s, len(bend.cents))
        curve[inside] += np.interp(times_s[inside], moments_s, bend.cents) / 100.0
    return curve


def centred(
    deviation: Floats, notes: Sequence[FramedNote], voiced: npt.NDArray[np.bool_]
) -> Floats:
    """The deviation with its median over the voiced middle of every note taken off.

    The correction holds from the note's first to its last frame and changes smoothly between
    notes, so that no step is heard.
    """
    frames = len(deviation)
    times_s = GRID.centres_s(frames)
    knots_s: list[float] = []
    offsets: list[float] = []
    for note in notes:
        length_s = note.end_s - note.start_s
        margin_s = (1.0 - CENTRE_SHARE) / 2.0 * length_s
        middle = (times_s >= note.start_s + margin_s) & (times_s <= note.end_s - margin_s)
        heard = middle & voiced
        chosen = heard if heard.any() else middle
        offset = float(np.median(deviation[chosen])) if chosen.any() else 0.0
        knots_s += [note.start_s + margin_s, note.end_s - margin_s]
        offsets += [offset, offset]
    if not knots_s:
        return deviation
    return np.asarray(deviation - np.interp(times_s, knots_s, offsets))
