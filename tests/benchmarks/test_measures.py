"""Copy-synthesis measures: known answers on made-up vowels."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from benchmarks.measures import active_frames, copy_measures, world_features
from vocoder.audio import Audio
from vocoder.pitch import PitchCurve
from vocoder.source import Excitation

FRAMES = 60


def vowel(hz: float, formant_hz: float = 700.0, voiced_from: int = 0) -> Audio:
    """A pulse train through one resonance; noise where it is unvoiced."""
    curve = PitchCurve(np.full(FRAMES, hz), np.arange(FRAMES) >= voiced_from)
    source = Excitation(curve, 0)
    hiss = np.repeat(~curve.voiced, 512) * source.noise(0, FRAMES)
    wave = source.harmonics(0, FRAMES) + 0.3 * hiss + 0.001 * source.noise(0, FRAMES)
    radius, angle = 0.98, 2 * np.pi * formant_hz / 44_100
    poles = [1.0, -2 * radius * np.cos(angle), radius**2]
    filtered = scipy.signal.lfilter([0.01], poles, wave)
    return Audio(filtered.astype(np.float32)[None], 44_100)


def test_a_sound_is_its_own_perfect_copy() -> None:
    measures = copy_measures(vowel(200.0), vowel(200.0))
    assert measures.mel_cepstral_distortion_db == 0.0
    assert measures.voicing_error == 0.0
    assert measures.within_50_cents == measures.within_50_cents_world == 1.0
    assert measures.judges_agree > 0.95
    assert measures.level_difference_db == 0.0


def test_level_alone_is_no_distortion() -> None:
    """Coefficient 0 stays out."""
    sound = vowel(200.0)
    louder = Audio(sound.samples * np.float32(2.0), 44_100)
    measures = copy_measures(sound, louder)
    assert measures.mel_cepstral_distortion_db < 0.05
    assert measures.level_difference_db == pytest.approx(6.02, abs=0.01)


def test_another_vowel_is_far_and_a_near_one_near() -> None:
    near = copy_measures(vowel(200.0), vowel(200.0, formant_hz=720.0))
    far = copy_measures(vowel(200.0), vowel(200.0, formant_hz=2_000.0))
    assert 0.1 < near.mel_cepstral_distortion_db < 2.0
    assert far.mel_cepstral_distortion_db > 3.0 * near.mel_cepstral_distortion_db


def test_pitch_off_by_a_semitone_is_seen() -> None:
    for cents, near in ((204.0, True), (212.0, False)):
        measures = copy_measures(vowel(200.0), vowel(cents))
        for share in (measures.within_50_cents, measures.within_50_cents_world):
            assert share > 0.95 if near else share < 0.05


def test_unvoiced_where_the_recording_is_voiced_is_an_error() -> None:
    measures = copy_measures(vowel(200.0), vowel(200.0, voiced_from=FRAMES // 3))
    assert measures.voicing_error == pytest.approx(1 / 3, abs=0.1)


def test_cepstra_are_scaled_to_convention() -> None:
    """Twice the amplitude moves coefficient 0 alone, by ln 2; its basis is sqrt(2) smaller."""
    sound = vowel(200.0).resampled(24_000).samples[0].astype(np.float64)
    one, two = world_features(sound), world_features(2.0 * sound)
    moved = (two.cepstrum - one.cepstrum)[10:-10]
    assert np.abs(moved[:, 1:]).max() < 0.01
    assert np.ptp(moved[:, 0]) < 0.01
    assert abs(float(moved[0, 0])) == pytest.approx(np.log(2.0) / np.sqrt(2.0), rel=0.01)


def test_frames_more_than_40_db_down_do_not_count() -> None:
    quiet_to_loud = np.concatenate([np.full(1_200, 0.005), np.full(1_200, 1.0)])
    np.testing.assert_array_equal(active_frames(quiet_to_loud, 20), np.arange(20) >= 10)
    half = np.concatenate([np.full(1_200, 0.02), np.full(1_200, 1.0)])
    assert active_frames(half, 20).all()
