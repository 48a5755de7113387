"""Moving a melody to where a voice is at home."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from voice.score.model import PitchPoint, Score

MOST_SEMITONES = 36


def transpose(score: Score, semitones: int) -> Score:
    """The score higher by `semitones`, drawn pitch lines included."""
    if not semitones:
        return score
    return replace(
        score,
        notes=tuple(replace(note, midi=note.midi + semitones) for note in score.notes),
        key_fifths=None if score.key_fifths is None else _moved(score.key_fifths, semitones),
        pitch_lines=tuple(
            tuple(PitchPoint(point.beats, point.cents + 100 * semitones) for point in line)
            for line in score.pitch_lines
        ),
    )


def _moved(fifths: int, semitones: int) -> int:
    """The key signature of the same key so many semitones higher, with six signs at most."""
    return (fifths + 7 * semitones + 6) % 12 - 6


def octave_shift(score: Score, low_midi: float, high_midi: float) -> int:
    """Semitones of the whole octaves that put most of the sung time into a range.

    Of shifts that are equally good the one whose worst note is nearest, then the smallest.
    """
    return _best(score, low_midi, high_midi, range(-MOST_SEMITONES, MOST_SEMITONES + 1, 12))


def auto_shift(score: Score, low_midi: float, high_midi: float) -> int:
    """The semitones that put most of the sung time into a range; see `octave_shift`."""
    return _best(score, low_midi, high_midi, range(-MOST_SEMITONES, MOST_SEMITONES + 1))


def _best(score: Score, low_midi: float, high_midi: float, shifts: Iterable[int]) -> int:
    beats_at: dict[int, float] = {}
    for note in score.notes:
        beats_at[note.midi] = beats_at.get(note.midi, 0.0) + float(note.duration_beats)

    def cost(shift: int) -> tuple[float, float, int]:
        outside = worst = 0.0
        for midi, beats in beats_at.items():
            excess = max(low_midi - midi - shift, midi + shift - high_midi, 0.0)
            outside += beats if excess > 0 else 0.0
            worst = max(worst, excess)
        return round(outside, 6), worst, abs(shift)

    return min(shifts, key=cost)
