"""No singer sings a word twice the same: small differences that follow from seed and position.

Each note draws from a generator of its own, so that a word that is changed leaves the notes around
it as they were. Pitch is drawn before the notes' centres are put in tune, so it stays in tune.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID
from voice.expression import FramedNote
from voice.score.alignment import ConsonantLengths
from voice.score.fitting import FittedScore, SungNote
from voice.score.model import Note

Floats = npt.NDArray[np.float64]

DRIFT_PERIODS_S = (2.7, 1.1, 0.45)
DRIFT_WEIGHTS = (0.7, 0.5, 0.3)
DRIFT_FADE_S = 0.05
FURTHEST_HEAD_SHARE = 0.2
BEAT_STEPS = 9_600
LATEST_S = 0.05


class Stream(IntEnum):
    """What a number is drawn for: each has its own sequence."""

    CONSONANTS = 1
    LEVEL = 2
    DRIFT = 3
    HEADS = 4


@dataclass(frozen=True)
class Variation:
    """How much the same words differ when they are sung again.

    Attributes:
        consonants: spread of their lengths, as a share of them.
        level_db: spread of the loudness of notes.
        drift_cents: how far the pitch wanders around the note.
        timing_s: spread of the heads of notes; a lead sings on the beat and leaves it at 0.
        late_s: how late, or if negative how early, all of them are.
    """

    consonants: float = 0.08
    level_db: float = 0.7
    drift_cents: float = 5.0
    timing_s: float = 0.0
    late_s: float = 0.0

    def __post_init__(self) -> None:
        for name, most in (
            ("consonants", 0.5), ("level_db", 6.0), ("drift_cents", 60.0), ("timing_s", 0.1)
        ):  # fmt: skip
            if not 0.0 <= getattr(self, name) <= most:
                raise ValueError(f"variation of {name} lies in 0-{most:g}, not {self}")
        if not abs(self.late_s) <= LATEST_S:
            raise ValueError(f"a singer is up to {LATEST_S:g} s late or early, not {self.late_s}")

    def scaled(self, share: float) -> Variation:
        """The same, `share` times as strong, within what is allowed."""
        return Variation(
            min(self.consonants * share, 0.5),
            min(self.level_db * share, 6.0),
            min(self.drift_cents * share, 60.0),
            min(self.timing_s * share, 0.1),
            self.late_s,
        )


def _drawn(seed: int, index: int, stream: Stream) -> float:
    """A number from about -2 to 2, the same whenever it is asked for."""
    return float(np.clip(np.random.default_rng((seed, index, stream)).standard_normal(), -2.0, 2.0))


class VariedLengths:
    """Consonant lengths of another source, each note's a little longer or shorter."""

    def __init__(self, usual: ConsonantLengths, variation: Variation, seed: int) -> None:
        self._usual = usual
        self._spread = variation.consonants
        self._seed = seed

    def seconds(self, notes: Sequence[SungNote]) -> Sequence[Mapping[int, float]]:
        rows = self._usual.seconds(notes)
        varied = []
        for index, row in enumerate(rows):
            share = float(np.exp(self._spread * _drawn(self._seed, index, Stream.CONSONANTS)))
            varied.append({position: share * seconds for position, seconds in row.items()})
        return varied


def levels_db(notes: int, variation: Variation, seed: int) -> Floats:
    """How much louder or softer each note is sung than it would be, `(notes,)`."""
    return np.array([variation.level_db * _drawn(seed, i, Stream.LEVEL) for i in range(notes)])


def drift(notes: Sequence[FramedNote], frames: int, variation: Variation, seed: int) -> Floats:
    """Semitones by which the pitch wanders, slowly and anew in every note, `(frames,)`."""
    times_s = GRID.centres_s(frames)
    curve = np.zeros(frames)
    for index, note in enumerate(notes):
        random = np.random.default_rng((seed, index, Stream.DRIFT))
        phases = random.uniform(0.0, 2.0 * np.pi, len(DRIFT_PERIODS_S))
        until_s = notes[index + 1].start_s if index + 1 < len(notes) else np.inf
        inside = (times_s >= note.start_s) & (times_s < until_s)
        since_s = times_s[inside] - note.start_s
        left_s = np.minimum(until_s, note.end_s) - times_s[inside]
        wave = np.zeros(len(since_s))
        for weight, period_s, phase in zip(DRIFT_WEIGHTS, DRIFT_PERIODS_S, phases, strict=True):
            wave += weight * np.sin(2.0 * np.pi * since_s / period_s + phase)
        curve[inside] = wave * np.clip(np.minimum(since_s, left_s) / DRIFT_FADE_S, 0.0, 1.0)
    return curve * variation.drift_cents / 100.0


def with_moved_heads(fitted: FittedScore, variation: Variation, seed: int) -> FittedScore:
    """The score with every note a little early or late; notes that touched touch again."""
    if variation.timing_s == 0.0 and variation.late_s == 0.0:
        return fitted
    heads = [_moved_head(fitted, i, variation, seed) for i in range(len(fitted.notes))]
    moved: list[Note] = []
    for index, sung in enumerate(fitted.notes):
        note, end = sung.note, sung.note.end_beats
        after = fitted.notes[index + 1].note if index + 1 < len(fitted.notes) else None
        if after is not None:
            end = heads[index + 1] if after.start_beats == end else min(end, heads[index + 1])
        moved.append(replace(note, start_beats=heads[index], duration_beats=end - heads[index]))
    rows = tuple(replace(sung, note=note) for sung, note in zip(fitted.notes, moved, strict=True))
    return replace(fitted, notes=rows, score=replace(fitted.score, notes=tuple(moved)))


def _moved_head(fitted: FittedScore, index: int, variation: Variation, seed: int) -> Fraction:
    """Where a note begins, moved by no more than a fifth of it or of the one before."""
    note, tempo = fitted.notes[index].note, fitted.score.tempo
    shortest = note.duration_beats
    if index:
        shortest = min(shortest, fitted.notes[index - 1].note.duration_beats)
    furthest = FURTHEST_HEAD_SHARE * float(shortest)
    wished_s = variation.late_s + variation.timing_s * _drawn(seed, index, Stream.HEADS)
    moved = tempo.beats_at(tempo.seconds_at(note.start_beats) + wished_s)
    wished = moved - float(note.start_beats)
    beats = Fraction(round(float(np.clip(wished, -furthest, furthest)) * BEAT_STEPS), BEAT_STEPS)
    return max(note.start_beats + beats, Fraction(0))
