"""A vocal over an instrumental: untouched, in time, in front, loud enough and never too loud."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mixing.takes import noise, take
from vocoder.audio import Audio
from voice.errors import OutputError
from voice.mixing.chain import VocalChain, processed
from voice.mixing.limiter import limited
from voice.mixing.loudness import integrated_lufs, true_peak_dbtp
from voice.mixing.mix import MixOptions, mix_over

BARE = VocalChain(high_pass_hz=None, threshold_db=None, reverb_lu=None)
UNTOUCHED = MixOptions(lead_lu=None, loudness_lufs=None, true_peak_dbtp=None, chain=BARE)
DRY = MixOptions(lead_lu=2.0, loudness_lufs=None, true_peak_dbtp=None, chain=BARE)


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_muted_vocal_leaves_the_instrumental_as_it_was(rate_hz: int, channels: int) -> None:
    instrumental = noise(rate_hz=rate_hz, channels=channels)
    mix = mix_over(take(), instrumental, 1.0, UNTOUCHED)
    assert mix.audio.rate_hz == rate_hz
    np.testing.assert_array_equal(mix.audio.samples, instrumental.samples)


@pytest.mark.parametrize(("start_s", "lead_in_s"), [(0.0, 0.0), (1.25, 0.0), (2.0, 0.5)])
def test_beat_zero_falls_where_it_was_asked_for(start_s: float, lead_in_s: float) -> None:
    quiet = Audio(np.zeros((2, 480_000), np.float32), 48_000)
    made = take(lead_in_s=lead_in_s)
    mix = mix_over(made, quiet, start_s, DRY)
    sounding = np.flatnonzero(np.abs(mix.audio.samples[0]) > 1e-3)[0] / 48_000
    assert sounding == pytest.approx(start_s - lead_in_s + made.frames.notes[0].start_s, abs=2e-3)
    assert mix.start_s == start_s


def test_a_lead_in_longer_than_the_start_puts_silence_before_the_instrumental() -> None:
    instrumental = noise(rate_hz=44_100)
    mix = mix_over(take(lead_in_s=0.5), instrumental, 0.2, DRY)
    before = round(0.3 * 44_100)
    assert mix.start_s == pytest.approx(0.5)
    assert not mix.audio.samples[:, :before].any()
    assert mix.audio.length_samples == instrumental.length_samples + before


def test_a_vocal_that_outlasts_the_instrumental_is_not_cut() -> None:
    mix = mix_over(take(seconds=4.0), noise(seconds=2.0, rate_hz=44_100), 1.0, DRY)
    assert mix.audio.duration_s == pytest.approx(5.0, abs=0.01)


@pytest.mark.parametrize("lead_lu", [-3.0, 1.0, 3.0])
def test_the_vocal_leads_by_what_was_asked_where_it_sings(lead_lu: float) -> None:
    instrumental = noise(seconds=8.0, rate_hz=44_100, level=0.03)
    options = MixOptions(lead_lu=lead_lu, loudness_lufs=None, true_peak_dbtp=None, chain=BARE)
    made = take(seconds=5.0)
    mix = mix_over(made, instrumental, 2.0, options)
    first = round((2.0 + made.frames.notes[0].start_s) * 44_100)
    sung = slice(first, round(7.0 * 44_100))
    vocal = mix.audio.samples[:, sung] - instrumental.samples[:, sung]
    meter = pyloudnorm.Meter(44_100)
    lead = meter.integrated_loudness(vocal.T) - meter.integrated_loudness(
        instrumental.samples[:, sung].T
    )
    assert lead == pytest.approx(lead_lu, abs=0.3)


@settings(max_examples=5, deadline=None)
@given(
    level=st.floats(0.001, 0.4),
    rate_hz=st.sampled_from([32_000, 44_100, 48_000]),
    channels=st.sampled_from([1, 2]),
)
def test_every_mix_keeps_its_ceiling_and_reaches_its_loudness(
    level: float, rate_hz: int, channels: int
) -> None:
    mix = mix_over(take(), noise(4.0, rate_hz, channels, level), 0.5)
    raised = scipy.signal.resample_poly(mix.audio.samples.astype(np.float64), 8, 1, axis=1)
    assert np.abs(raised).max() <= 10 ** (-0.9 / 20)
    assert mix.loudness_lufs == pytest.approx(-14.0, abs=0.5)
    assert mix.loudness_lufs == integrated_lufs(mix.audio)


def test_a_click_is_limited_and_the_rest_is_left_alone() -> None:
    samples = noise(1.0, 44_100, 2, 0.05).samples.copy()
    samples[:, 20_000] = 1.6
    made = limited(samples, 44_100, -1.0)
    assert true_peak_dbtp(Audio(made, 44_100)) <= -1.0 + 1e-3
    np.testing.assert_array_equal(made[:, :19_000], samples[:, :19_000])
    np.testing.assert_array_equal(made[:, 21_000:], samples[:, 21_000:])


def test_what_lies_under_the_ceiling_is_not_touched() -> None:
    samples = noise(1.0, 44_100, 1, 0.05).samples
    assert limited(samples, 44_100, -1.0) is samples


def test_true_peaks_between_samples_are_seen() -> None:
    """A sine at a quarter of the rate, sampled 45 degrees off its crests, reads 3 dB low."""
    wave = np.sin(np.pi / 2 * np.arange(44_100) + np.pi / 4)
    audio = Audio((wave * np.hanning(44_100)).astype(np.float32)[None], 44_100)
    assert audio.peak == pytest.approx(np.sqrt(0.5), abs=1e-3)
    assert true_peak_dbtp(audio) == pytest.approx(0.0, abs=0.1)


def test_the_room_lies_as_far_below_the_voice_as_was_asked() -> None:
    vocal = take(seconds=4.0).audio
    dry = processed(vocal, VocalChain(reverb_lu=None))
    wet = processed(vocal, VocalChain(reverb_lu=-12.0))
    room = wet.samples.copy()
    room[:, : dry.length_samples] -= dry.samples
    below = integrated_lufs(Audio(room, 44_100)) - integrated_lufs(dry)
    assert below == pytest.approx(-12.0, abs=1.0)
    assert wet.duration_s - dry.duration_s == pytest.approx(2.0)


def test_rumble_is_filtered_and_the_voice_is_not() -> None:
    time_s = np.arange(88_200) / 44_100
    rumble, voice = np.sin(2 * np.pi * 25 * time_s), np.sin(2 * np.pi * 440 * time_s)
    vocal = Audio((0.1 * (rumble + voice)).astype(np.float32)[None], 44_100)
    made = processed(vocal, VocalChain(threshold_db=None, reverb_lu=None))
    spectrum = np.abs(np.fft.rfft(made.samples[0, 44_100:]))
    assert spectrum[25] < 0.4 * spectrum[440]


def test_silence_is_mixed_as_silence() -> None:
    silent = take(level=0.0)
    instrumental = noise(rate_hz=44_100)
    mix = mix_over(silent, instrumental, 0.0, MixOptions(loudness_lufs=None, true_peak_dbtp=None))
    np.testing.assert_array_equal(mix.audio.samples, instrumental.samples)


@pytest.mark.parametrize("shape", [(3, 1_000), (2, 0)])
def test_an_instrumental_that_is_none_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(OutputError, match=f"{shape[0]} channels of {shape[1]} samples"):
        mix_over(take(), Audio(np.zeros(shape, np.float32), 44_100), 0.0)


def test_the_same_take_makes_the_same_mix() -> None:
    first, second = (mix_over(take(), noise(), 1.0).audio.samples for _ in range(2))
    np.testing.assert_array_equal(first, second)
