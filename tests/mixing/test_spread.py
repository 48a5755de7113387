"""Who leads, who doubles, who stands where; when a voice sounds; where bars come from."""

from __future__ import annotations

import numpy as np
import pytest

from vocoder.audio import Audio
from voice.errors import MixError
from voice.mixing.decisions import Dip
from voice.mixing.dips import band_levels_db, dipped, dips_for
from voice.mixing.envelopes import blended, faded, level_db, smoothed
from voice.mixing.placement import AtBar, AtSecond
from voice.mixing.spans import sung_spans
from voice.mixing.spread import panned, pans_of, roles_of
from voice.mixing.timing import BeatWishes, beginning_of, beginning_over, timing_of
from voice.score.inline import read_inline

RATE_HZ = 16_000


def sung(midis: list[float], cents: float = 0.0, seconds: float = 0.4) -> Audio:
    """A buzz on one note after another."""
    hz = [440 * 2 ** ((midi + cents / 100 - 69) / 12) for midi in midis]
    phase = 2 * np.pi * np.cumsum(np.repeat(hz, round(seconds * RATE_HZ))) / RATE_HZ
    buzz = sum(np.sin(k * phase) / k for k in range(1, 9))
    return Audio((0.1 * np.asarray(buzz)).astype(np.float32)[None], RATE_HZ)


TUNE = [60.0, 62.0, 64.0, 65.0, 64.0]


def test_a_double_sings_the_leads_melody_and_a_harmony_another() -> None:
    lead, double = sung(TUNE), sung(TUNE, cents=20.0)
    harmony, octave = sung([midi + 4 for midi in TUNE]), sung([midi - 12 for midi in TUNE])
    roles = roles_of([lead, double, harmony, octave], [0.0] * 4, choir=False)
    assert roles == ["lead", "double", "harmony", "harmony"]
    assert roles_of([lead, double], [0.0, 0.0], choir=True) == ["choir", "choir"]


def test_a_double_that_begins_later_is_still_one() -> None:
    lead, late = sung(TUNE), sung(TUNE[2:])
    assert roles_of([lead, late], [1.0, 1.8], choir=False) == ["lead", "double"]
    assert roles_of([lead, late], [1.0, 1.0], choir=False) == ["lead", "harmony"]


def test_places_are_left_and_right_in_turn() -> None:
    assert pans_of(["lead"]) == [0.0]
    assert pans_of(["lead", "double", "double", "harmony", "harmony"]) == [
        0.0, -0.7, 0.7, -0.45, 0.45,
    ]  # fmt: skip
    assert pans_of(["choir"] * 3) == [-0.8, 0.0, 0.8]
    assert pans_of(["choir"]) == [0.0]


@pytest.mark.parametrize("pan", [-1.0, -0.3, 0.0, 0.8])
def test_panning_keeps_the_power(pan: float) -> None:
    mono = sung([60.0]).samples
    wide = panned(mono, 2, pan)
    assert np.mean(wide**2) == pytest.approx(np.mean(mono**2), rel=1e-3)
    left, right = (float(np.mean(side**2)) for side in wide)
    assert (left > right) == (pan < 0) or pan == 0.0
    np.testing.assert_array_equal(panned(mono, 1, pan), mono)


def test_singing_is_told_from_pauses_and_room_noise() -> None:
    random = np.random.default_rng(0)
    samples = (1e-4 * random.standard_normal((1, 5 * RATE_HZ))).astype(np.float32)
    tone = sung([60.0], seconds=1.0).samples
    for at in (0.5, 1.6, 3.5):
        samples[:, round(at * RATE_HZ) : round(at * RATE_HZ) + tone.shape[1]] += tone
    spans = sung_spans(samples, RATE_HZ)
    assert [(round(a, 1), round(b, 1)) for a, b in spans] == [(0.5, 2.6), (3.5, 4.5)]
    assert sung_spans(np.zeros((1, 1_000), np.float32), RATE_HZ) == ()


def test_a_dip_is_as_deep_as_the_voice_lacks_and_no_deeper() -> None:
    random = np.random.default_rng(0)
    backing = (0.1 * random.standard_normal((2, 4 * RATE_HZ))).astype(np.float32)
    dip = Dip(ahead_db=2.0, most_band_db=6.0, most_level_db=3.0)
    spans = ((1.0, 2.0),)
    level = band_levels_db(backing, RATE_HZ, dip)
    loud, equal, soft = (
        dips_for(level + gain_db, level, spans, dip) for gain_db in (6.0, 0.0, -20.0)
    )
    assert loud == ()
    assert (equal[0].band_db, equal[0].level_db) == pytest.approx((2.0, 1.0), abs=0.05)
    assert (soft[0].band_db, soft[0].level_db) == (6.0, 3.0)
    assert (soft[0].from_s, soft[0].to_s) == (1.0, 2.0)


def test_outside_its_dips_an_instrumental_is_the_same_to_the_bit() -> None:
    random = np.random.default_rng(0)
    backing = (0.1 * random.standard_normal((1, 4 * RATE_HZ))).astype(np.float32)
    dip = Dip(ramp_s=0.1)
    silence, level = (band_levels_db(each, RATE_HZ, dip) for each in (0 * backing, backing))
    spans = dips_for(silence, level, ((1.5, 2.0),), dip)
    made = dipped(backing, RATE_HZ, Dip(ramp_s=0.1, spans=spans))
    away = [slice(0, round(1.38 * RATE_HZ)), slice(round(2.12 * RATE_HZ), None)]
    for piece in away:
        np.testing.assert_array_equal(made[:, piece], backing[:, piece])
    assert np.abs(made - backing).max() > 0.01
    assert dipped(backing, RATE_HZ, Dip(spans=())) is backing


def test_a_blend_is_the_same_filter_with_less_depth() -> None:
    """Half way to a peak filter's dip in level is a peak filter of that depth."""
    from pedalboard import PeakFilter

    random = np.random.default_rng(0)
    plain = (0.1 * random.standard_normal((1, RATE_HZ))).astype(np.float32)
    deep = PeakFilter(2_000.0, -6.0, 0.67)(plain, RATE_HZ)
    share = (1 - 10 ** (-3 / 20)) / (1 - 10 ** (-6 / 20))
    made = blended(plain, deep, np.full(100, share), RATE_HZ, 0.01)
    spectra = [np.abs(np.fft.rfft(each[0, 2_000:])) for each in (plain, made)]
    around = slice(len(spectra[0]) // 4 - 50, len(spectra[0]) // 4 + 50)
    ratio = np.sqrt((spectra[1][around] ** 2).sum() / (spectra[0][around] ** 2).sum())
    assert 20 * np.log10(ratio) == pytest.approx(-3.0, abs=0.1)


def test_levels_and_fades_keep_their_clock() -> None:
    samples = np.ones((2, 1_005), np.float32) * np.float32(0.5)
    np.testing.assert_allclose(level_db(samples, 1_000, 0.1), -6.0206, atol=1e-3)
    assert level_db(samples, 1_000, 0.1).size == 11
    lowered = faded(samples, np.array([0.0] * 5 + [6.0206] * 6), 1_000, 0.1)
    np.testing.assert_array_equal(lowered[:, :440], samples[:, :440])
    np.testing.assert_allclose(lowered[:, 560:], 0.25, atol=1e-3)
    corners = smoothed(np.array([0.0] * 10 + [4.0] * 10), 4)
    assert (corners[:8] == 0.0).all()
    assert (np.diff(corners) >= -1e-12).all()


def quiet(seconds: float) -> Audio:
    return Audio(np.zeros((1, round(seconds * 8_000)), np.float32), 8_000)


def test_told_bars_are_not_listened_for() -> None:
    told = BeatWishes(bpm=120.0, first_beat_s=0.5, meter=(3, 4))
    timing = timing_of(quiet(10.0), told, bars_needed=True)
    assert timing.downbeats_s[:3] == (0.5, 2.0, 3.5)
    assert timing.downbeats_s[-1] <= 10.0
    assert timing.origin == "told"
    assert timing_of(quiet(10.0), BeatWishes(bpm=90.0), bars_needed=False).tempo_bpm == 90.0


def test_a_track_without_a_beat_has_no_bars_but_may_do_without() -> None:
    with pytest.raises(MixError, match=r"silent.*--start in seconds"):
        timing_of(quiet(3.0), BeatWishes(), bars_needed=True)
    timing = timing_of(quiet(3.0), BeatWishes(), bars_needed=False)
    assert timing.tempo_bpm is None
    assert "no echo" in timing.warnings[0]


def test_a_pickup_sounds_before_the_bar() -> None:
    known = BeatWishes(bpm=60.0, first_beat_s=1.0)
    assert beginning_of(quiet(20.0), AtBar(3), known, pickup_s=0.5).start_s == 8.5
    assert beginning_of(quiet(20.0), AtSecond(2.0), BeatWishes()).start_s == 2.0


def test_another_tempo_than_the_songs_is_warned_of() -> None:
    clicks = np.zeros(12 * 8_000)
    for beat in range(24):
        at = round((0.3 + 0.5 * beat) * 8_000)
        length = min(2_000, clicks.size - at)
        time_s = np.arange(length) / 8_000
        drum = np.sin(2 * np.pi * (60 if beat % 4 == 0 else 90) * time_s) * np.exp(-20 * time_s)
        clicks[at : at + length] += (0.8 if beat % 4 == 0 else 0.4) * drum
    band = Audio(clicks.astype(np.float32)[None], 8_000)
    begins = beginning_over(band, read_inline("tempo=95 C4 a D4 b E4 c F4 d"), AtBar(1))
    assert "sing it in time with --tempo" in begins.warnings[0]
