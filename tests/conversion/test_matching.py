"""Throat and colour of a recording are learnt beside what the voice sings, and its detail kept."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conversion.sounds import vowel
from vocoder.frames import MEL_BANDS
from vocoder.mel import log_mel
from vocoder.pitch import PitchCurve
from voice.conversion.config import BANDS
from voice.conversion.detail import with_detail
from voice.conversion.features import fine_envelope_of
from voice.conversion.formants import with_formants
from voice.conversion.matching import MOST_NEPERS, THROATS, Excerpt, Match, Turn, matched
from voice.conversion.options import ConversionOptions
from voice.conversion.usual import UsualEnvelope

HZ = 150.0


def held(mel: np.ndarray, hz: float = HZ, voiced: bool = True) -> PitchCurve:
    frames = mel.shape[1]
    return PitchCurve(np.full(frames, hz), np.full(frames, voiced))


def spoken(raised: float = 0.0) -> np.ndarray:
    """Vowels of three formants, which lie so many semitones higher."""
    formants = [hz * 2.0 ** (raised / 12.0) for hz in (500.0, 1_100.0, 2_000.0)]
    wave = np.concatenate([vowel(0.4, HZ, formant) for formant in formants])
    return log_mel(wave)


def nothing(trust: np.ndarray | None = None) -> Match:
    """A match that changes nothing."""
    flat = Turn(
        np.zeros(MEL_BANDS, dtype=np.float32),
        np.zeros(BANDS, dtype=np.float32),
        np.zeros((BANDS, BANDS), dtype=np.float32),
    )
    trust = np.ones(MEL_BANDS, dtype=np.float32) if trust is None else trust
    return Match(0.0, flat, flat, trust, np.zeros(MEL_BANDS, dtype=np.float32))


@pytest.mark.parametrize("raised", [-3.0, 0.0, 2.0])
def test_the_throat_is_found_and_the_colour_brings_one_to_the_other(raised: float) -> None:
    heard, other = spoken(), spoken(raised) + np.float32(0.5)
    pitch = held(heard)
    match = matched([Excerpt(heard, pitch, other, pitch)])
    assert match.throat == pytest.approx(raised, abs=0.6)
    moved = match.moved(heard, pitch)
    wanted = fine_envelope_of(other, pitch)
    np.testing.assert_allclose(moved.mean(axis=1)[:95], wanted.mean(axis=1)[:95], atol=0.02)
    before = np.abs(fine_envelope_of(heard, pitch) - wanted)[20:90].mean()
    assert np.abs(moved - wanted)[20:90].mean() < before


def test_a_recording_of_the_voice_itself_is_left_as_it_is() -> None:
    heard = spoken()
    match = matched([Excerpt(heard, held(heard), heard, held(heard))])
    assert match.throat == pytest.approx(0.0, abs=0.05)
    np.testing.assert_allclose(match.voiced.colour, 0.0, atol=0.02)
    np.testing.assert_allclose(match.voiced.slope, 0.0, atol=1e-3)
    np.testing.assert_array_equal(match.trust[:90], 1.0)


def test_bands_that_a_recording_leaves_empty_are_not_trusted() -> None:
    heard, other = spoken(), spoken()
    heard[90:] = -11.5
    match = matched([Excerpt(heard, held(heard), other, held(other))])
    assert match.trust[95:].max() == 0.0
    assert match.trust[:85].min() == 1.0


def test_moments_without_voice_have_a_colour_of_their_own_and_few_borrow_it() -> None:
    random = np.random.default_rng(1)
    hiss = random.normal(-6.0, 0.5, (MEL_BANDS, 120)).astype(np.float32)
    vowels = spoken() + np.float32(0.0)
    level = float(vowels.mean())
    hiss += np.float32(level - hiss.mean())
    heard = np.concatenate([vowels, hiss], axis=1)
    voiced = np.arange(heard.shape[1]) < vowels.shape[1]
    pitch = PitchCurve(np.full(heard.shape[1], HZ), voiced)
    wanted = heard + np.where(voiced, 1.0, -1.0).astype(np.float32)
    match = matched([Excerpt(heard, pitch, wanted, pitch)])
    assert match.voiced.colour[20:90].mean() == pytest.approx(1.0, abs=0.05)
    assert match.unvoiced.colour[20:90].mean() == pytest.approx(-1.0, abs=0.05)
    few = matched([Excerpt(vowels, held(vowels), vowels + 1.0, held(vowels))])
    np.testing.assert_allclose(few.unvoiced.colour, few.voiced.colour)


def test_what_depends_on_the_sound_is_learnt_beyond_the_mean() -> None:
    """A voice whose every contrast is half as large: half of each departure is taken back."""
    heard = np.concatenate([spoken()] * 8, axis=1)
    wanted = 0.5 * (heard + heard.mean(axis=1, keepdims=True))
    pitch = held(heard)
    match = matched([Excerpt(heard, pitch, np.asarray(wanted, dtype=np.float32), pitch)])
    moved, goal = match.moved(heard, pitch), fine_envelope_of(wanted, pitch)
    plain = fine_envelope_of(heard, pitch) + match.voiced.colour[:, None]
    inside = slice(20, 90)
    assert np.abs(moved - goal)[inside].mean() < 0.4 * np.abs(plain - goal)[inside].mean()


def test_extremes_are_held_and_silence_and_short_sounds_pass() -> None:
    for heard in (spoken()[:, :3], np.full((MEL_BANDS, 200), -11.5, dtype=np.float32)):
        match = matched([Excerpt(heard, held(heard), heard + 9.0, held(heard))])
        assert match.throat in THROATS
        assert np.abs(match.voiced.colour).max() <= MOST_NEPERS
        assert np.isfinite(match.trust).all()
    with pytest.raises(ValueError, match="no excerpts"):
        matched([])


def test_detail_goes_from_the_networks_to_the_recording() -> None:
    heard, blurred = spoken(), np.repeat(spoken().mean(axis=1, keepdims=True), 104, axis=1)
    blurred = np.asarray(blurred[:, : heard.shape[1]], dtype=np.float32)
    pitch = held(heard)

    def at(likeness: float, **changes: float) -> np.ndarray:
        options = ConversionOptions(likeness=likeness, **changes)
        return with_detail(blurred, heard, pitch, nothing(), options)

    np.testing.assert_array_equal(at(1.0), blurred)
    np.testing.assert_allclose(at(0.0), heard, atol=1e-4)
    np.testing.assert_allclose(at(0.5), 0.5 * (heard + blurred), atol=1e-4)
    distrusted = with_detail(
        blurred,
        heard,
        pitch,
        nothing(trust=np.zeros(MEL_BANDS, dtype=np.float32)),
        ConversionOptions(likeness=0.0),
    )
    np.testing.assert_array_equal(distrusted, blurred)


def test_moments_without_voice_go_further() -> None:
    heard = spoken()
    sung = np.zeros_like(heard)
    match, options = nothing(), ConversionOptions(likeness=0.5)
    voiced = with_detail(sung, heard, held(heard), match, options)
    unvoiced = with_detail(sung, heard, held(heard, voiced=False), match, options)
    np.testing.assert_allclose(voiced, 0.5 * heard, atol=1e-4)
    np.testing.assert_allclose(unvoiced, 0.75 * heard, atol=1e-4)


def test_the_voice_keeps_the_colour_of_its_own_singing_and_no_other_level() -> None:
    heard = spoken()
    pitch = held(heard)
    bump = np.exp(-(((np.arange(MEL_BANDS) - 50.0) / 8.0) ** 2)).astype(np.float32)
    mean = fine_envelope_of(heard, pitch).mean(axis=1)
    usual = UsualEnvelope(np.array([40.0, 60.0]), np.stack([mean + bump + 3.0] * 2))
    match = matched([Excerpt(heard, pitch, heard, pitch)], usual)
    assert np.argmax(match.own) == pytest.approx(50, abs=2)
    assert 0.3 < match.own.max() < 1.0
    assert abs(match.own[100:]).max() < 0.4
    coloured = with_detail(heard, heard, pitch, match, ConversionOptions(likeness=1.0))
    np.testing.assert_allclose(coloured - heard, match.own[:, None] + 0.0 * heard, atol=1e-5)


def test_a_transposed_sound_gets_the_vowels_and_not_the_harmonics() -> None:
    heard = spoken()
    tone = 12.0
    sung_higher = log_mel(np.concatenate([vowel(0.4, 2 * HZ, 1_000.0)] * 3))[:, : heard.shape[1]]
    made = with_detail(
        sung_higher, heard, held(heard), nothing(), ConversionOptions(tone, likeness=0.0)
    )
    higher = held(heard, 2 * HZ)
    reached = fine_envelope_of(made, higher)[:, 10:-10]
    wanted = fine_envelope_of(heard, held(heard))[:, 10:-10]
    start = fine_envelope_of(sung_higher, higher)[:, 10:-10]
    assert np.abs(reached - wanted)[20:90].mean() < 0.5 * np.abs(start - wanted)[20:90].mean()


def test_likeness_is_a_share() -> None:
    for likeness in (-0.1, 1.1):
        with pytest.raises(ValueError, match="likeness lies in 0-1"):
            ConversionOptions(likeness=likeness)


def test_with_formants_moves_an_envelope_as_a_throat_does() -> None:
    low, high = spoken(), spoken(3.0)
    moved = with_formants(fine_envelope_of(low, held(low)), 3.0)
    wanted = fine_envelope_of(high, held(high))
    assert np.abs(moved - wanted)[20:90].mean() < 0.35
