"""Brings a melody into the range of a voice, and says where it does not fit."""

from __future__ import annotations

from typing import Literal

from voice.card import VoiceRange
from voice.errors import OutputError
from voice.score.model import Score
from voice.score.transposition import auto_shift, octave_shift, transpose

Transposition = int | Literal["auto", "octave", "none"]
OCTAVE = 12


def shift_for(score: Score, wanted: Transposition, voice: VoiceRange) -> int:
    """Semitones by which the score is moved: as asked, or as fits the voice best."""
    if isinstance(wanted, int):
        return wanted
    if wanted == "octave":
        return octave_shift(score, voice.low_midi, voice.high_midi)
    if wanted == "auto":
        return auto_shift(score, voice.low_midi, voice.high_midi)
    return 0


def moved(score: Score, semitones: int) -> Score:
    return transpose(score, semitones) if semitones else score


def range_warnings(score: Score, name: str, voice: VoiceRange) -> tuple[str, ...]:
    """A warning for notes outside the voice's range.

    Raises:
        OutputError: a note lies more than an octave outside.
    """
    outside = [note for note in score.notes if not voice.low_midi <= note.midi <= voice.high_midi]
    if not outside:
        return ()
    far = max(outside, key=lambda note: _excess(note.midi, voice))
    if _excess(far.midi, voice) > OCTAVE:
        raise OutputError(
            f"{far.place}: MIDI note {far.midi} is more than an octave outside the range of "
            f"{name} ({voice.low_midi}–{voice.high_midi}); use --transpose auto or another voice"
        )
    return (
        f"{len(outside)} of {len(score.notes)} notes lie outside the range of {name} "
        f"({voice.low_midi}–{voice.high_midi}), the farthest at {far.place}; "
        "--transpose auto may fit better",
    )


def _excess(midi: int, voice: VoiceRange) -> int:
    return max(voice.low_midi - midi, midi - voice.high_midi, 0)
