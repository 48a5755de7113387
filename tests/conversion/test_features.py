"""The envelope a content encoder sees: the vowel, not the pitch; moved when the throat is."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conversion.sounds import vowel
from vocoder.mel import log_mel
from vocoder.pitch import PitchCurve
from voice.conversion.config import BANDS
from voice.conversion.features import centres_hz, envelope_of
from voice.conversion.formants import with_formants


def seen(hz: float, formant_hz: float, warp: float = 1.0) -> np.ndarray:
    mel = log_mel(vowel(0.4, hz, formant_hz))
    pitch = PitchCurve(np.full(mel.shape[1], hz), np.ones(mel.shape[1], dtype=np.bool_))
    envelope = envelope_of(mel, pitch, warp)
    assert envelope.shape == (BANDS, mel.shape[1])
    return envelope[:, 10:-10].mean(axis=1)


def test_a_vowel_looks_the_same_at_every_pitch_and_different_from_another() -> None:
    vocal = centres_hz() < 5_000.0
    low, high, other = seen(110.0, 700.0), seen(330.0, 700.0), seen(110.0, 2_000.0)

    def apart(one: np.ndarray, two: np.ndarray) -> float:
        difference = (one - two)[vocal]
        return float(np.abs(difference - difference.mean()).mean())

    assert apart(low, high) < 0.45 < 0.9 < apart(low, other)


def test_a_warp_sees_a_formant_of_a_shorter_throat_where_it_was() -> None:
    plain, shorter = seen(150.0, 1_000.0), seen(150.0, 1_200.0, warp=1.2)
    assert int(np.argmax(plain)) == pytest.approx(int(np.argmax(shorter)), abs=1)
    assert np.argmax(seen(150.0, 1_200.0)) > np.argmax(plain)


def test_unvoiced_frames_are_smoothed_alone() -> None:
    mel = np.random.default_rng(0).normal(-6.0, 1.0, (128, 50)).astype(np.float32)
    pitch = PitchCurve(np.full(50, 300.0), np.zeros(50, dtype=np.bool_))
    envelope = envelope_of(mel, pitch)
    assert envelope.std() < 0.5 * mel.std()
    assert envelope.mean() == pytest.approx(mel.mean(), abs=0.1)
    flat = envelope_of(
        np.full((128, 3), -5.0, dtype=np.float32), PitchCurve(pitch.hz[:3], pitch.voiced[:3])
    )
    np.testing.assert_allclose(flat, -5.0, atol=1e-5)


def test_formants_move_and_nothing_else_does() -> None:
    mel = log_mel(vowel(0.3, 150.0, 1_000.0))
    assert with_formants(mel, 0.0) is mel
    up, down = with_formants(mel, 4.0).mean(axis=1), with_formants(mel, -4.0).mean(axis=1)
    assert np.argmax(down) < np.argmax(mel.mean(axis=1)) < np.argmax(up)
