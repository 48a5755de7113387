"""Boundaries follow the voicing of the recording, near by and never too far."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vocoder.frames import GRID
from voice.corpora.labels import LabelledPhone
from voice.corpora.voicing_edges import EARLIER_FRAMES, LATER_FRAMES, voicing_edges


def phones(*rows: tuple[str | None, int]) -> list[LabelledPhone]:
    """Phones one after the other, each so many frames long."""
    edges = list(itertools.accumulate((frames for _, frames in rows), initial=0))
    return [
        LabelledPhone(symbol, GRID.frames_to_seconds(first), GRID.frames_to_seconds(last), 1)
        for (symbol, _), (first, last) in zip(rows, itertools.pairwise(edges), strict=True)
    ]


def voiced(*spans: tuple[int, int], frames: int = 60) -> npt.NDArray[np.bool_]:
    mask = np.zeros(frames, dtype=np.bool_)
    for first, last in spans:
        mask[first:last] = True
    return mask


def borders(rows: tuple[LabelledPhone, ...]) -> list[int]:
    return [GRID.seconds_to_frames(row.start_s) for row in rows[1:]]


@pytest.mark.parametrize(
    ("sets_in", "border"),
    [
        (24, 24),
        (20, 20),
        (17, 17),
        (20 + LATER_FRAMES, 30),
        (31, 20),
        (20 - EARLIER_FRAMES - 1, 20),
    ],
)
def test_a_vowel_begins_with_its_tone(sets_in: int, border: int) -> None:
    found = voicing_edges(phones(("t", 20), ("a", 40)), voiced((sets_in, 60)))
    assert borders(found) == [border]
    assert found[0].end_s == found[1].start_s
    assert [phone.stress for phone in found] == [1, 1]


def test_a_vowel_ends_with_its_tone() -> None:
    found = voicing_edges(phones(("a", 30), ("s", 30)), voiced((0, 26)))
    assert borders(found) == [26]
    found = voicing_edges(phones(("a", 30), ("s", 30)), voiced((0, 33)))
    assert borders(found) == [33]


def test_the_nearest_change_counts() -> None:
    found = voicing_edges(phones(("k", 20), ("a", 40)), voiced((17, 18), (22, 60)))
    assert borders(found) == [22]


@pytest.mark.parametrize("pair", [("d", "a"), ("_", "a"), (None, "a"), ("m", "a"), ("s", "t")])
def test_other_pairs_stay(pair: tuple[str | None, str]) -> None:
    rows = phones((pair[0], 20), (pair[1], 40))
    assert voicing_edges(rows, voiced((24, 60))) == tuple(rows)


def test_phones_that_do_not_touch_stay() -> None:
    rows = phones(("t", 20), (None, 5), ("a", 35))
    apart = [rows[0], rows[2]]
    assert voicing_edges(apart, voiced((27, 60))) == tuple(apart)


@given(
    st.lists(
        st.tuples(st.sampled_from(["t", "s", "a", "m", "z", "_", None]), st.integers(1, 14)),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.booleans(), min_size=60, max_size=60),
)
@settings(deadline=None)
def test_phones_keep_their_order_and_their_time(
    rows: list[tuple[str | None, int]], mask: list[bool]
) -> None:
    before = phones(*rows)
    after = voicing_edges(before, np.array(mask))
    assert [phone.symbol for phone in after] == [phone.symbol for phone in before]
    assert all(one.end_s == other.start_s for one, other in itertools.pairwise(after))
    assert (after[0].start_s, after[-1].end_s) == (before[0].start_s, before[-1].end_s)
    for old, new in zip(before, after, strict=True):
        assert abs(old.start_s - new.start_s) <= (LATER_FRAMES + 0.5) * GRID.frame_s
