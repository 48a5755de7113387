"""Formants move, harmonics stay."""

from __future__ import annotations

import numpy as np
import pytest

from vocoder.frames import MEL_BANDS
from vocoder.pitch import PitchCurve, midi_to_hz
from voice.acoustic.comb import comb_of
from voice.acoustic.formants import band_centres_hz, with_formants_moved

FRAMES = 6
FORMANT_HZ = 2_400.0


def sung_mel(midi: float) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float32]], PitchCurve]:
    """One broad formant over the comb of a note."""
    pitch = PitchCurve(np.full(FRAMES, midi_to_hz(midi)), np.ones(FRAMES, dtype=np.bool_))
    octaves = np.log2(band_centres_hz() / FORMANT_HZ)
    envelope = -6.0 + 4.0 * np.exp(-0.5 * (octaves / 0.5) ** 2)
    return (envelope[:, None] + comb_of(pitch)).astype(np.float32), pitch


def peak_hz(mel: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> float:
    """The middle of the formant: the centre of gravity, in octaves, of what lies above the base."""
    octaves = np.log2(band_centres_hz())
    weight = np.maximum(mel[:, 2].astype(np.float64) + 5.0, 0.0)
    return float(2.0 ** (np.sum(weight * octaves) / np.sum(weight)))


@pytest.mark.parametrize("midi", [45.0, 57.0, 69.0])
@pytest.mark.parametrize("semitones", [-6.0, 5.0])
def test_a_formant_goes_where_it_was_sent(midi: float, semitones: float) -> None:
    mel, pitch = sung_mel(midi)
    moved = with_formants_moved(mel, pitch, np.full(FRAMES, semitones))
    ratio = 12.0 * np.log2(peak_hz(moved) / peak_hz(mel))
    assert ratio == pytest.approx(semitones, abs=1.5)


def test_the_comb_stays_where_the_pitch_is() -> None:
    mel, pitch = sung_mel(69.0)
    comb = comb_of(pitch)[:24, 2]
    for semitones in (-8.0, 8.0):
        moved = with_formants_moved(mel, pitch, np.full(FRAMES, semitones))[:24, 2]
        rippling = moved - np.convolve(np.pad(moved, 6, mode="edge"), np.ones(13) / 13, "valid")
        assert np.corrcoef(rippling, comb)[0, 1] > 0.9


def test_frames_that_are_not_moved_are_untouched() -> None:
    mel, pitch = sung_mel(60.0)
    assert with_formants_moved(mel, pitch, np.zeros(FRAMES)) is mel
    curve = np.array([0.0, 0.0, 0.0, 3.0, 3.0, 3.0])
    moved = with_formants_moved(mel, pitch, curve)
    np.testing.assert_array_equal(moved[:, :3], mel[:, :3])
    assert (moved[:, 3:] != mel[:, 3:]).any()
    assert moved.dtype == np.float32


def test_extremes_and_silence_stay_finite_and_within_what_was_there() -> None:
    random = np.random.default_rng(0)
    mel = random.uniform(-11.0, 1.0, (MEL_BANDS, 40)).astype(np.float32)
    pitch = PitchCurve(np.linspace(60.0, 1_000.0, 40), random.random(40) < 0.5)
    moved = with_formants_moved(mel, pitch, np.linspace(-12.0, 12.0, 40))
    assert np.isfinite(moved).all()
    assert moved.min() > -25.0
    assert moved.max() < 14.0
