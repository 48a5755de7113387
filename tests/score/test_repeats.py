"""The order of bars, from signs alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.errors import ScoreLimitError
from voice.score.repeats import BarSigns, playing_order, verses_as_passes

PLAIN = BarSigns()


def test_nothing_to_repeat() -> None:
    assert playing_order([PLAIN] * 4) == (0, 1, 2, 3)


def test_repeat_from_the_beginning_and_from_a_sign() -> None:
    signs = [
        PLAIN,
        BarSigns(repeat_times=2),
        BarSigns(repeat_begins=True),
        BarSigns(repeat_times=3),
    ]
    assert playing_order(signs) == (0, 1, 0, 1, 2, 3, 2, 3, 2, 3)


def test_endings_of_several_passes() -> None:
    signs = [
        BarSigns(repeat_begins=True),
        BarSigns(endings=frozenset((1, 2)), repeat_times=2),
        BarSigns(endings=frozenset((3,))),
        PLAIN,
    ]
    assert playing_order(signs) == (0, 1, 0, 1, 0, 2, 3)


def test_dal_segno_al_coda() -> None:
    signs = [
        PLAIN,
        BarSigns(segno=True),
        BarSigns(to_coda=True),
        BarSigns(jump="segno"),
        BarSigns(coda=True),
    ]
    assert playing_order(signs) == (0, 1, 2, 3, 1, 2, 4)


def test_after_a_jump_the_last_ending_is_taken_and_no_repeat() -> None:
    signs = [
        BarSigns(endings=frozenset((1,)), repeat_times=2),
        BarSigns(endings=frozenset((2,))),
        BarSigns(fine=True),
        BarSigns(jump="start"),
    ]
    order = playing_order([PLAIN, *signs])
    assert order == (0, 1, 0, 2, 3, 4, 0, 2, 3)


def test_a_lone_repeat_is_played_once_per_verse() -> None:
    signs = verses_as_passes([PLAIN, BarSigns(repeat_times=2)], lines=4)
    assert playing_order(signs) == (0, 1) * 4


def test_endless_repeats_are_refused() -> None:
    with pytest.raises(ScoreLimitError, match="more than 5,000"):
        playing_order([BarSigns(repeat_times=100_000)])


signs = st.builds(
    BarSigns,
    repeat_begins=st.booleans(),
    repeat_times=st.sampled_from([0, 0, 0, 2, 3]),
    endings=st.sampled_from([frozenset(), frozenset(), frozenset({1}), frozenset({2})]),
    segno=st.booleans(),
    coda=st.booleans(),
    to_coda=st.booleans(),
    fine=st.booleans(),
    jump=st.sampled_from(["", "", "", "start", "segno"]),
)


@given(st.lists(signs, min_size=1, max_size=12))
def test_any_signs_come_to_an_end(bars: list[BarSigns]) -> None:
    order = playing_order(bars)
    assert all(0 <= index < len(bars) for index in order)
    assert len(order) <= 3 * 2 * len(bars)
