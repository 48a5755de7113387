"""Moving a melody to where a voice is at home."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from voice.score.model import PitchPoint, Score


@dataclass(frozen=True)
class Fit:
    """How a melody lies in a voice's range once it is moved.

    Attributes:
        inside: share of the sung time whose pitch is within the range, 0 to 1.
        beyond: semitones by which the worst note leaves the range; 0 where none does.
    """

    semitones: int
    inside: float
    beyond: int


def transpose(score: Score, semitones: int) -> Score:
    """The score higher by `semitones`, drawn pitch lines included."""
    if not semitones:
        return score
    return replace(
        score,
        notes=tuple(replace(note, midi=note.midi + semitones) for note in score.notes),
        pitch_lines=tuple(
            tuple(PitchPoint(point.beats, point.cents + 100 * semitones) for point in line)
            for line in score.pitch_lines
        ),
    )


def range_fit(score: Score, low_midi: float, high_midi: float, semitones: int = 0) -> Fit:
    """How the score lies between two pitches after moving it."""
    total = inside = 0.0
    beyond = 0.0
    for note in score.notes:
        length = float(note.duration_beats)
        pitch = note.midi + semitones
        total += length
        inside += length if low_midi <= pitch <= high_midi else 0.0
        beyond = max(beyond, low_midi - pitch, pitch - high_midi)
    return Fit(semitones, inside / total if total else 1.0, round(beyond))


def octave_shift(score: Score, low_midi: float, high_midi: float) -> Fit:
    """Whole octaves that put most of the sung time into the range, as few of them as do."""
    return _best(score, low_midi, high_midi, range(-36, 37, 12))


def auto_shift(score: Score, low_midi: float, high_midi: float) -> Fit:
    """Semitones that put most of the sung time into the range, as few of them as do."""
    return _best(score, low_midi, high_midi, range(-36, 37))


def _best(score: Score, low_midi: float, high_midi: float, shifts: Iterable[int]) -> Fit:
    fits = [range_fit(score, low_midi, high_midi, shift) for shift in shifts]
    return min(fits, key=lambda fit: (-round(fit.inside, 6), fit.beyond, abs(fit.semitones)))
