"""Loudness of a melody: an even tone through the vowels, marks heard, ends eased."""

from __future__ import annotations

import numpy as np
import pytest

from tests.singing_scores import Syllable, fitted, sung
from vocoder.frames import GRID
from voice.acoustic.loudness import SCALE_DB
from voice.expression import FramedNote, FramedPhone
from voice.performance.edges import begun, died_away, released
from voice.performance.levels import (
    ACCENT_DB,
    ARTICULATION_DB,
    BREATH_EDGE_DB,
    BREATH_LEVEL,
    CODA_DB,
    DYNAMIC_MIDDLE,
    DYNAMIC_RANGE_DB,
    HELD_NASAL_DB,
    JOINT_FRAMES,
    SOFT_HISSES,
    SWELL_DB,
    TENUTO_DB,
    VOWEL_LEVEL,
    Dynamics,
    breathed,
    by_note,
    carried,
    marked_db,
    phrased_db,
    sung_energy,
)
from voice.score.model import Articulation

PHONES = (
    FramedPhone("_", 0, 10),
    FramedPhone("m", 10, 5, note=0),
    FramedPhone("a", 15, 40, note=0),
    FramedPhone("n", 55, 5, note=1),
    FramedPhone("i", 60, 30, note=1),
    FramedPhone("_", 90, 10),
)
FRAMES = 100


def predicted() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A loud first vowel, a faint and fading second, silence around them."""
    curve = np.full(FRAMES, -3.0)
    curve[10:55] = 1.5
    curve[55:90] = np.linspace(0.0, -2.0, 35)
    return curve


def test_vowels_come_near_one_level_and_keep_some_of_their_own() -> None:
    before, after = predicted(), carried(predicted(), PHONES)
    loud, faint = slice(15, 55), slice(60 + JOINT_FRAMES, 90)
    assert np.ptp(after[faint]) < 0.5 * np.ptp(before[faint])
    apart = after[loud].mean() - after[faint].mean()
    assert 0.0 < apart < 0.5 * (before[loud].mean() - before[faint].mean())
    assert np.quantile(after[60:90], 0.7) == pytest.approx(VOWEL_LEVEL, abs=0.5)


def test_consonants_move_with_the_vowels_beside_them_and_silence_stays() -> None:
    before, after = predicted(), carried(predicted(), PHONES)
    lift = after - before
    np.testing.assert_allclose(lift[:10], 0.0)
    np.testing.assert_allclose(lift[90:], 0.0)
    np.testing.assert_allclose(lift[10:15], lift[15])
    between = lift[55:60]
    assert (np.diff(between) > 0.0).all()
    assert lift[54] < between[0]


def test_what_closes_a_phrase_is_carried_and_what_leads_on_is_not() -> None:
    faint = np.full(FRAMES, -3.0)
    faint[15:55] = VOWEL_LEVEL
    glide = FramedPhone("ɪ̯", 55, 20, note=0)
    following = (FramedPhone("n", 75, 10, note=1), FramedPhone("i", 85, 15, note=1))
    carried_db = VOWEL_LEVEL + CODA_DB / SCALE_DB
    at_rest = carried(faint, (*PHONES[:3], glide, FramedPhone("_", 75, 25)))
    np.testing.assert_allclose(at_rest[55:75], carried_db)
    leading_on = carried(faint, (*PHONES[:3], glide, *following))
    assert leading_on[55:79].max() < carried_db


def test_a_nasal_that_is_held_stays_under_the_vowels() -> None:
    level = np.full(FRAMES, VOWEL_LEVEL)
    phones = (FramedPhone("a", 0, 50, note=0), FramedPhone("ɴ", 50, 50, note=1))
    after = carried(level, phones)
    assert SCALE_DB * (after[70] - after[20]) == pytest.approx(0.75 * HELD_NASAL_DB)


def test_hisses_are_lifted_as_a_whole_and_stops_after_their_closure() -> None:
    phones = (
        FramedPhone("s", 0, 10, note=0),
        FramedPhone("t", 10, 10, note=0),
        FramedPhone("a", 20, 80, note=0),
    )
    lift = SCALE_DB * (carried(predicted(), phones) - predicted())
    vowel = lift[20]
    np.testing.assert_allclose(lift[:10] - vowel, ARTICULATION_DB)
    np.testing.assert_allclose(lift[10:14] - vowel, 0.0, atol=1e-9)
    assert lift[19] - vowel == pytest.approx(ARTICULATION_DB)


@pytest.mark.parametrize("symbol", sorted(SOFT_HISSES))
def test_soft_hisses_keep_the_distance_from_their_vowel_that_the_network_gives(symbol: str) -> None:
    phones = (FramedPhone(symbol, 0, 20, note=0), FramedPhone("a", 20, 80, note=0))
    lift = carried(predicted(), phones) - predicted()
    np.testing.assert_allclose(lift[:20], lift[20])


def test_without_vowels_nothing_is_carried() -> None:
    phones = (FramedPhone("_", 0, 50), FramedPhone("s", 50, 50, note=0))
    np.testing.assert_array_equal(carried(predicted(), phones), predicted())


def test_a_vowel_keeps_its_own_movement_where_it_meets_a_consonant() -> None:
    rising = np.full(FRAMES, -1.0)
    rising[15:20] = np.linspace(-1.0, 1.0, 5)
    rising[20:50] = 1.0
    rising[50:55] = np.linspace(1.0, -1.0, 5)
    after = carried(rising, PHONES)
    steps = SCALE_DB * np.abs(np.diff(after))
    assert steps[14] < 4.0
    assert steps[54] < 4.0
    assert after[15] < after[30] - 1.2
    assert np.ptp(after[20:50]) < 1e-9
    joined_to_rest = carried(rising, (FramedPhone("_", 0, 15), *PHONES[2:]))
    assert joined_to_rest[15] > after[15] + 0.5


def marked(*syllables: Syllable) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Decibels of syllables that last 2 s each."""
    score = fitted(syllables, qpm=30.0)
    notes = [FramedNote(2.0 * i, 2.0 * i + 2.0, 60.0, "la") for i in range(len(syllables))]
    return marked_db(score.notes, notes, GRID.seconds_to_frames(2.0 * len(syllables)))


def at(curve: np.ndarray[tuple[int], np.dtype[np.float64]], second: float) -> float:
    return float(curve[GRID.seconds_to_frames(second)])


def test_written_dynamics_are_decibels_from_their_note_on() -> None:
    curve = marked(sung(), sung(dynamic=DYNAMIC_MIDDLE + 0.1), sung())
    levels = [at(curve, moment) for moment in (1.0, 3.0, 5.0)]
    assert levels == pytest.approx([0.0, 0.1 * DYNAMIC_RANGE_DB, 0.0])
    assert np.abs(np.diff(curve)).max() < 0.3


def test_an_accent_is_struck_and_falls_back_on_its_own_note() -> None:
    curve = marked(sung(), sung(marks=[Articulation.ACCENT]), sung())
    assert at(curve, 1.0) == at(curve, 5.0) == 0.0
    assert at(curve, 2.02) > 0.75 * ACCENT_DB
    assert 0.0 < at(curve, 3.5) < 0.4 * ACCENT_DB


def test_tenuto_is_leant_on_and_a_fermata_swells_and_dies_away() -> None:
    curve = marked(sung(), sung(marks=[Articulation.TENUTO]), sung(marks=[Articulation.FERMATA]))
    assert at(curve, 3.0) == pytest.approx(TENUTO_DB)
    assert at(curve, 4.7) == pytest.approx(SWELL_DB, abs=0.1)
    assert at(curve, 5.8) < 0.0


def test_a_phrase_swells_towards_its_middle() -> None:
    notes = [FramedNote(0.5 * i, 0.5 * i + 0.5, 60.0, "la") for i in range(8)]
    curve = phrased_db([range(4), range(4, 8)], notes, GRID.seconds_to_frames(4.0), 6.0)
    for begin_s in (0.0, 2.0):
        assert at(curve, begin_s + 1.2) > at(curve, begin_s + 0.2) + 2.0
        assert at(curve, begin_s + 1.2) > at(curve, begin_s + 1.85) + 2.0
    assert curve.mean() == pytest.approx(0.0, abs=0.4)
    assert np.ptp(phrased_db([range(8)], notes, 344, 0.0)) == 0.0
    with pytest.raises(ValueError, match="phrasing lies in 0-12 dB, not 13"):
        Dynamics(13.0)


def test_levels_of_notes_become_a_smooth_curve() -> None:
    notes = [FramedNote(float(i), i + 1.0, 60.0, "la") for i in range(3)]
    curve = by_note(np.array([1.0, -1.0, 0.5]), notes, GRID.seconds_to_frames(3.0))
    assert [at(curve, moment) for moment in (0.5, 1.5, 2.5)] == pytest.approx(
        [1.0, -1.0, 0.5], abs=0.02
    )
    assert np.abs(np.diff(curve)).max() < 0.05
    assert (by_note(np.zeros(0), [], 10) == 0.0).all()


def test_everything_adds_up_in_the_models_units() -> None:
    quiet = sung_energy(predicted(), PHONES, 0.0)
    loud = sung_energy(predicted(), PHONES, np.full(FRAMES, 6.0))
    np.testing.assert_allclose(loud - quiet, 6.0 / SCALE_DB)
    eased = carried(predicted(), PHONES) + released(PHONES, FRAMES) / SCALE_DB
    np.testing.assert_allclose(quiet, died_away(begun(eased, PHONES), PHONES))


def test_a_breath_swells_and_dies_away_and_nothing_else_moves() -> None:
    phones = (FramedPhone("_", 0, 40), FramedPhone("<br>", 40, 20), FramedPhone("a", 60, 40, 0, 0))
    before = predicted()
    after = breathed(before, phones)
    breath = after[40:60]
    assert breath.max() == pytest.approx(BREATH_LEVEL, abs=0.05)
    assert 8 < int(breath.argmax()) < 18
    for edge in (breath[0], breath[-1]):
        assert edge == pytest.approx(BREATH_LEVEL + BREATH_EDGE_DB / SCALE_DB, abs=0.3)
    assert (np.diff(breath[:11]) > 0.0).all()
    assert (np.diff(breath[13:]) < 0.0).all()
    np.testing.assert_array_equal(after[:40], before[:40])
    np.testing.assert_array_equal(after[60:], before[60:])
