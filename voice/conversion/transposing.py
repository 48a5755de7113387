"""How far a recording is moved so that it lies where a voice is at home."""

from __future__ import annotations

from typing import Literal

import numpy as np
import scipy.ndimage

from vocoder.pitch import PitchCurve, hz_to_midi
from voice.card import VoiceCard

Transposition = float | Literal["auto"]
OCTAVES = (0, 12, -12, 24, -24)
"""The nearest first."""
ROOM_SEMITONES = 1.5
WORTH = 0.15
"""Share of the singing that a further move must bring into range."""
HOME = (0.2, 0.6)
"""Where in a range for singing the middle pitch of speech may lie."""
FARTHEST = 24
STEADY_FRAMES = 13
STEADY_SEMITONES = 0.7
SUNG_SHARE = 0.3


def shift_for(pitch: PitchCurve, card: VoiceCard, wanted: Transposition) -> float:
    """Semitones as asked; or what brings singing by whole octaves into the voice's range, so that
    it keeps its key, and speech, which has none, to where the voice is at home."""
    if wanted != "auto":
        return float(wanted)
    if not is_sung(pitch):
        return _to_home(pitch, card)
    shares = [in_range(pitch, card, octaves) for octaves in OCTAVES]
    nearest = next(index for index, share in enumerate(shares) if share >= max(shares) - WORTH)
    return float(OCTAVES[nearest])


def in_range(pitch: PitchCurve, card: VoiceCard, shift: float) -> float:
    """The share of what is sung that lies in the range of the voice, moved so far."""
    if not pitch.voiced.any():
        return 1.0
    midi = hz_to_midi(pitch.hz[pitch.voiced]) + shift
    low, high = card.range.low_midi - ROOM_SEMITONES, card.range.high_midi + ROOM_SEMITONES
    return float(np.mean((midi >= low) & (midi <= high)))


def _to_home(pitch: PitchCurve, card: VoiceCard) -> float:
    """No farther than into the part of the range where the voice speaks."""
    if not pitch.voiced.any():
        return 0.0
    low, high = card.range.low_midi, card.range.high_midi
    middle = float(np.median(hz_to_midi(pitch.hz[pitch.voiced])))
    lowest, highest = (low + share * (high - low) for share in HOME)
    nearest = min(max(middle, lowest), highest)
    return float(min(max(round(nearest - middle), -FARTHEST), FARTHEST))


def is_sung(pitch: PitchCurve) -> bool:
    """Whether the pitch rests on notes: for a third of the time it hardly moves within 150 ms."""
    midi = hz_to_midi(pitch.hz)
    spread = scipy.ndimage.maximum_filter1d(midi, STEADY_FRAMES) - scipy.ndimage.minimum_filter1d(
        midi, STEADY_FRAMES
    )
    inside = scipy.ndimage.minimum_filter1d(pitch.voiced, STEADY_FRAMES)
    voiced = int(pitch.voiced.sum())
    steady = int((inside & (spread < STEADY_SEMITONES)).sum())
    return steady > SUNG_SHARE * max(voiced, 1)
