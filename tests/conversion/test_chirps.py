"""Noise and creak that are heard as high tones."""

from __future__ import annotations

import numpy as np
import scipy.signal

from tests.conversion.sounds import vowel
from vocoder.frames import GRID
from voice.conversion.chirps import chirps
from voice.conversion.tracking import heard_pitch

STEP_S = 0.005


def found(*stretches: tuple[int, float, float]) -> np.ndarray:
    """Which of several stretches (moments, hertz, strength) are taken for chirps."""
    hz = np.concatenate([np.full(count, value) for count, value, _ in stretches])
    strength = np.concatenate([np.full(count, value) for count, _, value in stretches])
    spoilt = chirps(hz, strength, STEP_S)
    ends = np.cumsum([count for count, _, _ in stretches])
    return np.array([spoilt[end - 1] for end in ends])


def test_a_short_unclear_tone_far_above_the_voice_is_a_chirp() -> None:
    voice, gap = (80, 150.0, 0.95), (10, 0.0, 0.0)
    assert found(voice, (12, 800.0, 0.6), voice).tolist() == [False, True, False]
    assert (
        found(voice, gap, (6, 700.0, 0.7), gap, voice).tolist()
        == [False] * 2 + [True] + [False] * 2
    )


def test_what_is_clear_or_long_or_near_or_alone_is_sung() -> None:
    voice = (80, 150.0, 0.95)
    for note in ((12, 800.0, 0.95), (60, 800.0, 0.6), (12, 340.0, 0.6)):
        assert not found(voice, note, voice).any()
    assert not found((300, 0.0, 0.0), (12, 800.0, 0.6), (300, 0.0, 0.0)).any()


def test_a_whistling_breath_between_words_is_not_sung() -> None:
    """Noise through a narrow formant: without a second look it is sung at 850 Hz."""
    rng = np.random.default_rng(5)
    peak = scipy.signal.iirpeak(850.0, 12.0, fs=GRID.sample_rate_hz)
    breath = scipy.signal.lfilter(*peak, rng.standard_normal(5_000))[1_000:]
    word = vowel(0.6, 150.0)
    gap = np.zeros(2_000, dtype=np.float32)
    wave = np.concatenate(
        [word, gap, 0.5 * np.abs(word).max() * breath / np.abs(breath).max(), gap, word]
    )
    pitch = heard_pitch(wave.astype(np.float32))
    assert pitch.voiced.mean() > 0.7
    assert pitch.hz[pitch.voiced].max() < 300.0
