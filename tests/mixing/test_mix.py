"""A vocal over an instrumental: untouched, in time, in front, loud enough and never too loud."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyloudnorm
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mixing.takes import noise, take
from vocoder.audio import Audio
from voice.errors import MixError
from voice.mixing.decisions import Decisions
from voice.mixing.loudness import integrated_lufs
from voice.mixing.mix import Mixed, mix_over, mixed
from voice.mixing.spans import loud_blocks
from voice.mixing.wishes import MixWishes, first_decisions

UNTOUCHED = MixWishes("dry", loudness_lufs=None, muted=True)
DRY = MixWishes("dry", loudness_lufs=None, ceiling_dbtp=None)


def laid(
    wishes: MixWishes, instrumental: Audio, vocals: int = 1, begin_s: float = 1.0
) -> tuple[Mixed, list[Audio]]:
    """So many takes over an instrumental at 120 BPM, with all stems."""
    sung = [take().audio for _ in range(vocals)]
    roles = ["lead", "double", "harmony"]
    open_ = first_decisions(wishes, roles[:vocals], [begin_s] * vocals, 120.0)  # type: ignore[arg-type]
    return mixed(instrumental, sung, open_, keep_stems=True), sung


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_muted_vocal_leaves_the_instrumental_as_it_was(rate_hz: int, channels: int) -> None:
    instrumental = noise(rate_hz=rate_hz, channels=channels, level=0.4)
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


@pytest.mark.parametrize("preset", ["dry", "pop", "rap"])
@pytest.mark.parametrize("lead_lu", [-3.0, 3.0])
def test_the_vocals_lead_by_what_was_asked_where_they_sing(preset: str, lead_lu: float) -> None:
    instrumental = noise(seconds=6.0, rate_hz=44_100, level=0.03)
    made, _ = laid(MixWishes(preset, lead_lu=lead_lu), instrumental, vocals=3)
    sung = slice(round(1.6 * 44_100), round(4.0 * 44_100))
    meter = pyloudnorm.Meter(44_100)
    voices = sum(stem.samples for name, stem in made.stems.items() if name != "instrumental")
    lead = meter.integrated_loudness(np.asarray(voices)[:, sung].T) - meter.integrated_loudness(
        made.stems["instrumental"].samples[:, sung].T
    )
    assert lead == pytest.approx(lead_lu, abs=0.4)
    assert made.measured.lead_lu == pytest.approx(lead_lu, abs=0.01)


@settings(max_examples=4, deadline=None)
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
    assert mix.loudness_lufs == pytest.approx(-14.0, abs=0.3)
    assert mix.loudness_lufs == pytest.approx(integrated_lufs(mix.audio), abs=1e-4)


def test_the_same_decisions_make_the_same_samples_and_edited_ones_do_not() -> None:
    instrumental = noise(rate_hz=44_100)
    first, sung = laid(MixWishes("ballad"), instrumental, vocals=3)
    again = mixed(instrumental, sung, first.decisions)
    np.testing.assert_array_equal(again.audio.samples, first.audio.samples)
    assert again.decisions == first.decisions
    room = first.decisions.room
    assert room is not None
    louder = replace(first.decisions, room=replace(room, gain_db=(room.gain_db or 0.0) + 6.0))
    edited = mixed(instrumental, sung, louder)
    assert np.abs(edited.audio.samples - first.audio.samples).max() > 1e-3


def test_the_stems_add_up_to_the_mix() -> None:
    made, _ = laid(MixWishes("pop", loudness_lufs=-9.0), noise(rate_hz=44_100), vocals=2)
    assert list(made.stems) == ["instrumental", "lead", "double-1", "room", "echo"]
    total = sum(stem.samples for stem in made.stems.values())
    np.testing.assert_allclose(total, made.audio.samples, atol=2e-6)
    assert made.measured.limited_db > 0.5


def test_the_instrumental_gives_way_to_the_voice_and_is_else_untouched() -> None:
    instrumental = noise(rate_hz=44_100, level=0.1)
    wishes = MixWishes("rock", lead_lu=-15.0, loudness_lufs=None, ceiling_dbtp=None)
    made, _ = laid(wishes, instrumental)
    lowered = made.stems["instrumental"].samples
    sung = slice(round(2.0 * 44_100), round(3.5 * 44_100))
    np.testing.assert_array_equal(lowered[:, :44_100], instrumental.samples[:, :44_100])
    before, after = (
        scipy.signal.welch(each[0, sung], 44_100, nperseg=4096)[1]
        for each in (instrumental.samples, lowered)
    )
    change_db = 10 * np.log10(after / before)
    at = np.fft.rfftfreq(4096, 1 / 44_100)
    assert change_db[(at > 1_500) & (at < 2_500)].mean() == pytest.approx(-10.5, abs=0.9)
    assert change_db[(at > 12_000) & (at < 18_000)].mean() == pytest.approx(-1.5, abs=0.3)
    assert made.decisions.dip is not None
    assert made.decisions.dip.spans is not None
    assert made.decisions.dip.spans[0].band_db == 9.0


def test_a_loud_voice_needs_no_way_made() -> None:
    made, _ = laid(MixWishes("pop", lead_lu=18.0), noise(rate_hz=44_100, level=0.01))
    assert made.decisions.dip is not None
    assert made.decisions.dip.spans == ()


@pytest.mark.parametrize(
    ("band_hz", "lowest_lu", "highest_lu"),
    [((1_000, 3_500), 4.0, 6.0), ((9_000, 14_000), 2.0, 2.0)],
)
def test_unasked_the_voice_stands_as_far_in_front_as_its_words_need(
    band_hz: tuple[int, int], lowest_lu: float, highest_lu: float
) -> None:
    """Noise where words are asks for more than the least, cymbals far above them for no more."""
    band = scipy.signal.butter(4, band_hz, "bandpass", fs=44_100, output="sos")
    hiss = scipy.signal.sosfilt(band, noise(6.0, 44_100, 2, 0.3).samples).astype(np.float32)
    made, _ = laid(MixWishes("pop"), Audio(hiss, 44_100))
    assert made.decisions.lead_lu is not None
    assert lowest_lu <= made.decisions.lead_lu <= highest_lu
    assert made.measured.lead_lu == pytest.approx(made.decisions.lead_lu, abs=0.01)


def test_a_gain_told_in_a_report_says_how_far_in_front_the_voice_is() -> None:
    instrumental = noise(rate_hz=44_100)
    open_ = replace(first_decisions(MixWishes("pop"), ["lead"], [1.0], 120.0), vocals_db=-3.0)
    made = mixed(instrumental, [take().audio], open_)
    assert made.decisions.vocals_db == -3.0
    assert made.decisions.lead_lu == pytest.approx(made.measured.lead_lu, abs=1e-3)


def test_loud_blocks_are_those_in_which_the_voice_sounds() -> None:
    samples = np.zeros((1, 4 * 44_100), np.float32)
    samples[:, 44_100 : 2 * 44_100] = 0.1
    samples[:, 3 * 44_100 :] = 0.0099
    found = [edge for block in loud_blocks(samples, 44_100) for edge in block]
    assert found == pytest.approx([0.8, 1.2, 1.2, 1.6, 1.6, 2.0])
    assert loud_blocks(np.zeros((1, 44_100), np.float32), 44_100) == ()


def test_a_silent_vocal_is_named() -> None:
    with pytest.raises(MixError, match="vocal 1 is silent"):
        mix_over(take(level=0.0), noise(rate_hz=44_100), 0.0)


def test_an_instrumental_without_samples_is_refused() -> None:
    with pytest.raises(MixError, match="no samples"):
        mix_over(take(), Audio(np.zeros((2, 0), np.float32), 44_100), 0.0)


def test_more_channels_than_two_become_stereo() -> None:
    samples = np.zeros((6, 44_100), np.float32)
    samples[0], samples[2], samples[3] = 0.3, 0.2, 0.9
    mix = mix_over(take(), Audio(samples, 44_100), 0.0, UNTOUCHED)
    assert mix.audio.channels == 2
    assert mix.audio.samples[0, 0] == pytest.approx((0.3 + 0.7071 * 0.2) / 2.4142, abs=1e-4)
    assert mix.audio.samples[1, 0] == pytest.approx(0.7071 * 0.2 / 2.4142, abs=1e-4)


def test_a_mix_over_silence_stands_alone() -> None:
    quiet = Audio(np.zeros((2, 4 * 44_100), np.float32), 44_100)
    made = mix_over(take(), quiet, 0.0)
    assert made.loudness_lufs == pytest.approx(-14.0, abs=0.3)
    assert isinstance(made.decisions, Decisions)
