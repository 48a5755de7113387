"""The excitation: pitch to the cent, band limits, and spans that fit together."""

from __future__ import annotations

import numpy as np
import parselmouth
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sounds import steady

from vocoder.frames import HOP_SAMPLES, SAMPLE_RATE_HZ
from vocoder.pitch import PitchCurve, cents_between
from vocoder.source import Excitation


def praat_hz(wave: np.ndarray) -> np.ndarray:
    sound = parselmouth.Sound(wave.astype(np.float64), SAMPLE_RATE_HZ)
    pitch = sound.to_pitch_ac(time_step=0.005, pitch_floor=65.0, pitch_ceiling=1_100.0)
    found: np.ndarray = pitch.selected_array["frequency"]
    return found


@pytest.mark.parametrize("hz", [82.4, 220.0, 443.7, 987.0])
def test_pitch_is_exact(hz: float) -> None:
    found = praat_hz(Excitation(steady(hz, 100), 0).harmonics(0, 100))
    assert np.all(found[5:-5] > 0)
    assert abs(float(np.median(cents_between(found[5:-5], hz)))) < 0.5


def test_a_glide_is_followed() -> None:
    frames = 200
    curve = PitchCurve(np.geomspace(150.0, 300.0, frames), np.ones(frames, dtype=np.bool_))
    wave = Excitation(curve, 0).harmonics(0, frames)
    sound = parselmouth.Sound(wave.astype(np.float64), SAMPLE_RATE_HZ)
    pitch = sound.to_pitch_ac(time_step=0.005, pitch_floor=65.0, pitch_ceiling=1_100.0)
    inner = slice(10, -10)
    place = pitch.xs()[inner] * SAMPLE_RATE_HZ / HOP_SAMPLES - 0.5
    wanted = np.exp2(np.interp(place, np.arange(frames), np.log2(curve.hz)))
    cents = cents_between(pitch.selected_array["frequency"][inner], wanted)
    assert np.max(np.abs(cents)) < 3.0


def test_harmonics_are_equal_up_to_the_ceiling_and_gone_above() -> None:
    hz = 820 * SAMPLE_RATE_HZ / (160 * HOP_SAMPLES)
    wave = Excitation(steady(hz, 200), 0).harmonics(20, 160)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    spectrum_hz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE_HZ)
    peaks = [spectrum[np.argmin(np.abs(spectrum_hz - hz * k))] for k in range(1, 36)]
    assert np.ptp(20 * np.log10(peaks)) < 0.5
    above_db = 20 * np.log10(np.max(spectrum[spectrum_hz > 16_500.0]) / max(peaks))
    assert above_db < -55.0


def test_pulses_are_as_strong_as_the_noise_beside_them() -> None:
    for hz in (100.0, 400.0):
        source = Excitation(steady(hz, 100), 1)
        power = np.mean(source.harmonics(0, 100) ** 2)
        assert power == pytest.approx(16_000 / 22_050, rel=0.05)
        assert np.var(source.noise(0, 100)) == pytest.approx(1.0, rel=0.02)


def test_unvoiced_frames_are_silent_and_edges_are_soft() -> None:
    voiced = np.zeros(60, dtype=np.bool_)
    voiced[20:40] = True
    wave = Excitation(PitchCurve(np.full(60, 200.0), voiced), 0).harmonics(0, 60)
    assert not wave[: 19 * HOP_SAMPLES].any()
    assert not wave[41 * HOP_SAMPLES :].any()
    early = np.abs(wave[19 * HOP_SAMPLES : 19 * HOP_SAMPLES + 400]).max()
    assert 0.0 < early < 0.7 * np.abs(wave).max()


@settings(max_examples=25, deadline=None)
@given(
    first=st.integers(0, 150), frames=st.integers(0, 50), seed=st.integers(0, 2**32), data=st.data()
)
def test_any_span_holds_the_samples_of_the_whole(
    first: int, frames: int, seed: int, data: st.DataObject
) -> None:
    ends = data.draw(st.tuples(st.floats(60.0, 1_000.0), st.floats(60.0, 1_000.0)))
    voiced = np.arange(200) % 50 > 10
    source = Excitation(PitchCurve(np.geomspace(*ends, 200), voiced), seed)
    span = slice(first * HOP_SAMPLES, (first + frames) * HOP_SAMPLES)
    np.testing.assert_array_equal(source.harmonics(first, frames), source.harmonics(0, 200)[span])
    np.testing.assert_array_equal(source.noise(first, frames), source.noise(0, 200)[span])


def test_noise_depends_on_the_seed_alone() -> None:
    one, same, other = (
        Excitation(steady(hz, 70), seed) for hz, seed in ((90, 1), (300, 1), (90, 2))
    )
    np.testing.assert_array_equal(one.noise(0, 70), same.noise(0, 70))
    assert abs(np.corrcoef(one.noise(0, 70), other.noise(0, 70))[0, 1]) < 0.02


def test_an_empty_curve_makes_nothing() -> None:
    source = Excitation(steady(200.0, 0), 0)
    assert source.noise(0, 0).shape == (0,)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        Excitation(steady(200.0, 4), -1)
