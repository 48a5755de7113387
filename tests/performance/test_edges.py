"""How tones begin after a rest and end before one."""

from __future__ import annotations

import numpy as np
import pytest

from voice.acoustic.loudness import SCALE_DB
from voice.expression import FramedPhone
from voice.performance.edges import (
    ATTACK_DB,
    DYING_DB_A_FRAME,
    QUIETEST,
    RELEASE_DB,
    RELEASE_FRAMES,
    RISING_DB_A_FRAME,
    begun,
    died_away,
    released,
)

PHONES = (
    FramedPhone("_", 0, 10),
    FramedPhone("a", 10, 40, note=0),
    FramedPhone("_", 50, 40),
    FramedPhone("k", 90, 10, note=1),
    FramedPhone("i", 100, 30, note=1),
    FramedPhone("_", 130, 20),
)
FRAMES = 150
LEVEL = 1.0


def level() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.full(FRAMES, LEVEL)


def test_a_tone_eases_off_before_a_rest_alone() -> None:
    curve = released(PHONES, FRAMES)
    for end in (50, 130):
        assert (curve[end - 25 : end - RELEASE_FRAMES] == 0.0).all()
        assert curve[end - 1] == -RELEASE_DB
        assert (np.diff(curve[end - RELEASE_FRAMES : end]) < 0.0).all()
    assert (curve[50:90] == 0.0).all()
    voiceless = (FramedPhone("a", 0, 50, note=0), FramedPhone("s", 50, 50, note=0))
    assert (released(voiceless, 100) == 0.0).all()


def test_a_tone_is_not_heard_again_in_the_rest_after_it() -> None:
    eased = level() + released(PHONES, FRAMES) / SCALE_DB
    after = died_away(eased, PHONES)
    np.testing.assert_array_equal(after[:50], eased[:50])
    falls_db = -SCALE_DB * np.diff(after[49:62])
    np.testing.assert_allclose(falls_db, DYING_DB_A_FRAME)
    assert (np.diff(after[129:]) <= 0.0).all()
    assert after[139] == pytest.approx(LEVEL - (RELEASE_DB + 10 * DYING_DB_A_FRAME) / SCALE_DB)


def test_what_leads_on_to_the_next_sound_stays() -> None:
    after = died_away(level(), PHONES)
    assert after[89] == LEVEL
    assert (np.diff(after[72:90]) > 0.0).all()
    opening = level()
    opening[50:90] = -3.5
    opening[85:90] = np.linspace(-3.0, -0.5, 5)
    np.testing.assert_array_equal(died_away(opening, PHONES)[85:130], opening[85:130])


def test_no_rest_falls_deeper_than_silence() -> None:
    phones = (FramedPhone("a", 0, 10, note=0), FramedPhone("_", 10, 90))
    after = died_away(np.full(100, LEVEL), phones)
    assert after[-1] == QUIETEST


def test_after_a_voiceless_sound_nothing_dies_away() -> None:
    phones = (FramedPhone("s", 0, 10, note=0), FramedPhone("_", 10, 90))
    np.testing.assert_array_equal(died_away(np.ones(100), phones), np.ones(100))


def test_a_first_vowel_comes_in_and_one_after_a_consonant_is_left() -> None:
    after = begun(level(), PHONES)
    np.testing.assert_allclose(SCALE_DB * (after[10:15] - LEVEL), ATTACK_DB)
    np.testing.assert_allclose(SCALE_DB * np.diff(after[5:11]), RISING_DB_A_FRAME)
    np.testing.assert_array_equal(after[15:], level()[15:])


def test_a_breath_before_a_vowel_is_not_touched() -> None:
    phones = (FramedPhone("<br>", 0, 50), FramedPhone("a", 50, 50, note=0))
    after = begun(np.ones(100), phones)
    np.testing.assert_array_equal(after[:50], np.ones(50))
    assert after[50] < 1.0


def test_short_sounds_are_eased_over_half_their_time() -> None:
    phones = (FramedPhone("_", 0, 2), FramedPhone("a", 2, 4, note=0), FramedPhone("_", 6, 1))
    curve = released(phones, 7)
    assert (curve[:4] == 0.0).all()
    assert curve[5] == -RELEASE_DB
    after = begun(np.ones(7), phones)
    assert (after[4:] == 1.0).all()
