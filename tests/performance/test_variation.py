"""Repeated words differ a little, by seed and place, and nothing leaves the beat or the pitch."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.performance.test_intonation import frames_of, melody
from tests.singing_scores import fitted, sung
from vocoder.frames import GRID
from voice.performance.variation import (
    FURTHEST_HEAD_SHARE,
    Variation,
    VariedLengths,
    drift,
    levels_db,
    with_moved_heads,
)
from voice.score.alignment import MedianLengths

USUAL = Variation()
LATE = Variation(timing_s=0.02)


def test_the_same_word_again_is_sung_a_little_otherwise() -> None:
    score = fitted([sung("s", "a", "n")] * 6)
    rows = VariedLengths(MedianLengths(), USUAL, seed=1).seconds(score.notes)
    lengths = [row[0] for row in rows]
    usual = MedianLengths().seconds(score.notes)[0][0]
    assert len(set(lengths)) == 6
    assert all(abs(length / usual - 1.0) < 0.2 for length in lengths)
    assert len(set(levels_db(6, USUAL, 1))) == 6
    assert np.abs(levels_db(100, USUAL, 1)).max() <= 2.0 * USUAL.level_db


def test_a_note_keeps_its_own_chance_when_others_come_and_go() -> None:
    np.testing.assert_array_equal(levels_db(9, USUAL, 5)[:4], levels_db(4, USUAL, 5))
    long, short = melody((1.0, 60.0, 0.0), (1.0, 62.0, 0.0)), melody((1.0, 60.0, 0.0))
    frames = frames_of(short) - 8
    np.testing.assert_array_equal(
        drift(long, frames, USUAL, 3), drift(short, frames_of(short), USUAL, 3)[:frames]
    )


def test_other_seeds_are_other_takes_and_no_variation_is_none() -> None:
    assert (levels_db(5, USUAL, 1) != levels_db(5, USUAL, 2)).all()
    none = USUAL.scaled(0.0)
    assert (levels_db(5, none, 1) == 0.0).all()
    score = fitted([sung("s")])
    assert VariedLengths(MedianLengths(), none, 1).seconds(score.notes) == MedianLengths().seconds(
        score.notes
    )
    assert with_moved_heads(score, none, 1) is score


def test_pitch_wanders_slowly_and_not_far() -> None:
    notes = melody((2.0, 60.0, 0.0), (2.0, 64.0, 0.5))
    curve = drift(notes, frames_of(notes), USUAL, 0)
    assert 0.02 < np.abs(curve).max() <= 1.5 * USUAL.drift_cents / 100.0
    assert np.abs(np.diff(curve)).max() < 0.02
    resting = GRID.seconds_to_frames(2.3)
    assert curve[resting] == 0.0


@given(st.integers(0, 1_000), st.lists(st.sampled_from([0.25, 0.5, 1.0]), min_size=1, max_size=8))
@settings(deadline=None, max_examples=30)
def test_moved_heads_keep_order_touch_and_measure(seed: int, beats: list[float]) -> None:
    score = fitted([sung(beats=each, rest=0.5 * (i == 2)) for i, each in enumerate(beats)])
    moved = with_moved_heads(score, LATE, seed)
    for before, after in zip(score.notes, moved.notes, strict=True):
        away = abs(float(after.note.start_beats - before.note.start_beats))
        assert away <= FURTHEST_HEAD_SHARE * before.note.duration_beats + 1e-3
        assert away * 60.0 / 120.0 <= 2.0 * LATE.timing_s + 1e-3
    for (one, two), (was_one, was_two) in zip(
        itertools.pairwise(moved.notes), itertools.pairwise(score.notes), strict=True
    ):
        touched = was_one.note.end_beats == was_two.note.start_beats
        assert (one.note.end_beats == two.note.start_beats) or not touched
    assert moved.score.length_beats >= score.score.length_beats - 1
    assert tuple(each.note for each in moved.notes) == moved.score.notes


def test_variation_has_bounds() -> None:
    with pytest.raises(ValueError, match=r"variation of timing_s lies in 0-0\.1"):
        Variation(timing_s=0.2)
    assert Variation(level_db=4.0).scaled(3.0).level_db == 6.0
