"""The limiter: under the ceiling between the samples too, and away from peaks untouched."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mixing.takes import noise
from vocoder.audio import Audio
from voice.mixing.limiter import limited
from voice.mixing.loudness import true_peak_dbtp, true_peak_steps


def test_a_click_is_limited_and_what_lies_before_is_left_alone() -> None:
    samples = noise(1.0, 44_100, 2, 0.05).samples.copy()
    samples[:, 20_000] = 1.6
    made = limited(samples, 44_100, -1.0)
    assert true_peak_dbtp(Audio(made.samples, 44_100)) <= -1.0
    assert made.true_peak <= 10 ** (-1.0 / 20)
    np.testing.assert_array_equal(made.samples[:, :19_000], samples[:, :19_000])
    np.testing.assert_array_equal(made.samples[:, 30_000:], samples[:, 30_000:])
    assert 4.5 < made.most_db < 7.0


def test_what_lies_under_the_ceiling_is_not_touched() -> None:
    samples = noise(1.0, 44_100, 1, 0.05).samples
    assert limited(samples, 44_100, -1.0).samples is samples


@settings(max_examples=8, deadline=None)
@given(
    rate_hz=st.sampled_from([8_000, 44_100, 96_000]),
    gain=st.floats(1.0, 30.0),
    ceiling_dbtp=st.sampled_from([-1.0, -6.0]),
)
def test_nothing_passes_the_ceiling(rate_hz: int, gain: float, ceiling_dbtp: float) -> None:
    random = np.random.default_rng(0)
    samples = (gain * 0.1 * random.standard_normal((2, 10_000))).astype(np.float32)
    made = limited(samples, rate_hz, ceiling_dbtp)
    raised = scipy.signal.resample_poly(made.samples.astype(np.float64), 4, 1, axis=1)
    assert 20 * np.log10(np.abs(raised).max()) <= ceiling_dbtp + 1e-3
    if made.gains is not None:
        np.testing.assert_allclose(made.samples, samples * made.gains, atol=1e-5)


def test_true_peaks_between_samples_are_seen() -> None:
    """A sine at a quarter of the rate, sampled 45 degrees off its crests, reads 3 dB low."""
    wave = np.sin(np.pi / 2 * np.arange(44_100) + np.pi / 4)
    audio = Audio((wave * np.hanning(44_100)).astype(np.float32)[None], 44_100)
    assert audio.peak == pytest.approx(np.sqrt(0.5), abs=1e-3)
    assert true_peak_dbtp(audio) == pytest.approx(0.0, abs=0.1)


def test_peaks_of_blocks_are_those_of_the_whole() -> None:
    samples = noise(6.0, 44_100, 2, 0.3).samples
    step = 44_100 // 3_000
    raised = np.abs(scipy.signal.resample_poly(samples.astype(np.float64), 4, 1, axis=1)).max(
        axis=0
    )
    whole = raised[: raised.size // (4 * step) * 4 * step].reshape(-1, 4 * step).max(axis=1)
    peaks = true_peak_steps(samples, 44_100)[: whole.size]
    assert whole.size > 1 << 14
    np.testing.assert_allclose(peaks, np.maximum(whole, 0.0), rtol=1e-3)
