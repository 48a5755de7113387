"""How far a recording is moved so that it lies where a voice is at home."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vocoder.pitch import PitchCurve, hz_to_midi
from voice.card import ENROLLED, VoiceCard

Transposition = float | Literal["auto", "spoken"]
"""Semitones, or whole octaves for singing, or what suits a voice for speech, which has no key."""
OCTAVES = (0, 12, -12, 24, -24)
"""The nearest first."""
ROOM_SEMITONES = 1.5
WORTH = 0.15
"""Share of the singing that a further octave must bring into range."""
SPEAKS_AT, ENROLLED_SPEAKS_AT = 0.45, 0.3
"""Where in its range a voice speaks as itself: a singer's a little below the middle; that of an
enrolled voice was set around what the person said, with less room below than above."""


def shift_for(pitch: PitchCurve, card: VoiceCard, wanted: Transposition) -> float:
    """Semitones as asked, or those that bring the recording to where the voice is at home.

    Singing keeps its key and moves by the fewest octaves that suit the voice; of speech the middle
    pitch comes to the voice's own.
    """
    if wanted == "spoken":
        return _to_own_middle(pitch, card)
    if wanted != "auto":
        return float(wanted)
    shares = [in_range(pitch, card, octaves) for octaves in OCTAVES]
    nearest = next(index for index, share in enumerate(shares) if share >= max(shares) - WORTH)
    return float(OCTAVES[nearest])


def _to_own_middle(pitch: PitchCurve, card: VoiceCard) -> float:
    if not pitch.voiced.any():
        return 0.0
    low, high = card.range.low_midi, card.range.high_midi
    middle = float(np.median(hz_to_midi(pitch.hz[pitch.voiced])))
    share = ENROLLED_SPEAKS_AT if card.kind == ENROLLED else SPEAKS_AT
    return float(round(low + share * (high - low) - middle))


def in_range(pitch: PitchCurve, card: VoiceCard, shift: float) -> float:
    """The share of what is sung that lies in the range of the voice, moved so far."""
    if not pitch.voiced.any():
        return 1.0
    midi = hz_to_midi(pitch.hz[pitch.voiced]) + shift
    low, high = card.range.low_midi - ROOM_SEMITONES, card.range.high_midi + ROOM_SEMITONES
    return float(np.mean((midi >= low) & (midi <= high)))
