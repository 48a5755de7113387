"""Lines on the bar grid."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from songs_to_set import LINES_IN_SONG, SONG, plan_for_song

from voice.composing.errors import WordsError
from voice.composing.form import Form, lay_out, leading, step_of, weight_at
from voice.composing.plan import MelodyPlan, plan_from
from voice.composing.words import words_from

BAR = Fraction(4)


def laid(plan: MelodyPlan, text: str = SONG) -> Form:
    return lay_out(words_from(text), plan, np.random.default_rng(plan.seed))


def anchors(form: Form) -> list[Fraction]:
    return [line.anchor / BAR for section in form.sections for line in section.lines]


def test_lines_follow_one_another_in_equal_bars() -> None:
    found = anchors(laid(plan_for_song()))
    assert found == [1 + 2 * line for line in range(LINES_IN_SONG)]


def test_a_first_line_without_pickup_begins_in_bar_1() -> None:
    form = laid(plan_for_song(), "Carry me over the sea\nLong is the way")
    assert anchors(form)[0] == 0
    assert form.loop_shift == 0


def test_a_later_start_leaves_room_for_the_pickup() -> None:
    form = laid(replace(plan_for_song(), start_bar=5))
    assert anchors(form)[0] == 4
    assert form.loop_shift == 0


def test_slow_tempo_gives_a_line_fewer_bars() -> None:
    slow, fast = (laid(plan_from("C", bpm, "C")) for bpm in (50, 160))
    assert slow.sections[0].lines[0].bars < fast.sections[0].lines[0].bars


def test_fewer_bars_hurry_the_lines() -> None:
    free = laid(plan_for_song())
    bounded = laid(replace(plan_for_song(), bars=26))
    assert free.bars > 26
    assert anchors(bounded)[-1] + bounded.sections[-1].lines[-1].bars <= 26


def test_too_few_bars_say_how_many_are_needed() -> None:
    with pytest.raises(WordsError, match=r"16 lines of words need at least \d+ bars .* are 9"):
        laid(replace(plan_for_song(), bars=9))


def test_what_is_said_to_be_needed_is_enough() -> None:
    with pytest.raises(WordsError) as refused:
        laid(replace(plan_for_song(), bars=4))
    needed = int(str(refused.value).split("at least ")[1].split()[0])
    assert laid(replace(plan_for_song(), bars=needed)).bars == needed


def test_sections_wait_for_the_parts_of_a_track() -> None:
    form = laid(replace(plan_for_song(), bars=80, start_bar=2, section_bars=(1, 14, 30)))
    assert form.sections[1].lines[0].anchor / BAR == 13


def test_a_repeated_chorus_knows_its_first() -> None:
    form = laid(plan_for_song())
    assert [(s.like, s.repeats) for s in form.sections] == [
        (None, False),
        (None, False),
        (0, False),
        (1, True),
    ]


def test_some_line_takes_up_an_earlier_one() -> None:
    for seed in range(5):
        lines = laid(plan_for_song(seed=seed)).sections[0].lines
        assert any(line.returns is not None for line in lines)
        assert lines[0].returns is None


def test_weights_of_beats() -> None:
    common, waltz, jig = (plan_from("C", 90, "C", m) for m in ("4/4", "3/4", "6/8"))
    quarters = [Fraction(n) for n in range(4)]
    assert [weight_at(common, beat) for beat in quarters] == [4, 2, 3, 2]
    assert [weight_at(waltz, beat) for beat in quarters[:3]] == [4, 2, 2]
    assert [weight_at(jig, Fraction(n, 2)) for n in range(6)] == [4, 1, 1, 3, 1, 1]
    assert weight_at(common, Fraction(1, 2)) == 1
    assert weight_at(common, Fraction(1, 4)) == 0
    assert weight_at(jig, Fraction(1, 4)) == 0


def test_pickups_are_the_unstressed_syllables_before_the_first_stress() -> None:
    first, second, third = words_from("Carry me\nThe river\nand in the river").lines
    assert (leading(first), leading(second), leading(third)) == (0, 1, 3)


def test_sixteenths_are_not_written_at_high_tempo() -> None:
    assert step_of(plan_from("C", 90, "C")) == Fraction(1, 4)
    assert step_of(plan_from("C", 180, "C")) == Fraction(1, 2)
