"""Single lines in time."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from songs_to_set import plan_for_song

from voice.composing.errors import WordsError
from voice.composing.form import LinePlace, weight_at
from voice.composing.plan import MelodyPlan
from voice.composing.rhythm import Example, Feel, LineRhythm, RhythmSearch, Room
from voice.composing.table import melody_table
from voice.composing.words import WordsLine, words_from


def placed(text: str, bars: int = 2) -> LinePlace:
    (line,) = words_from(text).lines
    return _placed(line, bars)


def _placed(line: WordsLine, bars: int) -> LinePlace:
    return LinePlace(line, Fraction(8), bars, None, "A", False)


def found(
    place: LinePlace, plan: MelodyPlan, example: Example | None = None, seed: int = 0
) -> tuple[Fraction, ...]:
    random = np.random.default_rng(seed)
    search = RhythmSearch(plan, melody_table(), random)
    end = place.anchor + place.bars * plan.meter.bar_beats
    room = Room(place.anchor - 1, end - Fraction(3, 2))
    return search.onsets(place, room, Feel.drawn(plan, random), example)


@pytest.mark.parametrize("meter", ["4/4", "3/4", "6/8"])
@pytest.mark.parametrize("seed", range(4))
def test_stressed_syllables_outweigh_their_unstressed_neighbours(meter: str, seed: int) -> None:
    plan = plan_for_song(meter=meter)
    place = placed("the river runs along the shore", 2)
    onsets = found(place, plan, seed=seed)
    weights = [weight_at(plan, onset) for onset in onsets]
    good = [
        (a - b) * (weights[at] - weights[at + 1]) >= 0
        for at, (a, b) in enumerate(pairwise(place.line.stresses))
        if a != b
    ]
    assert sum(good) / len(good) >= 0.8


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from((0, 1, 2)), min_size=1, max_size=14), st.integers(0, 99))
def test_onsets_rise_within_their_room(stresses: list[int], seed: int) -> None:
    line = WordsLine("la", tuple(stresses), tuple(True for _ in stresses))
    onsets = found(_placed(line, 2), plan_for_song(), seed=seed)
    assert len(onsets) == len(stresses)
    assert all(a < b for a, b in pairwise(onsets))
    assert onsets[0] >= 7
    assert onsets[-1] <= 16 - Fraction(3, 2)


def test_a_line_without_pickup_does_not_begin_before_its_bar() -> None:
    for seed in range(5):
        assert found(placed("Carry me over the sea"), plan_for_song(), seed=seed)[0] >= 8


def test_an_example_is_taken_up() -> None:
    plan = plan_for_song()
    first = placed("Carry me over the sea")
    rhythm = LineRhythm(first.anchor, found(first, plan, seed=1), Fraction(15))
    again = found(placed("Follow me under the trees"), plan, Example.of(rhythm, first), seed=2)
    assert len(set(again) & set(rhythm.onsets)) >= 6
    assert again[-1] == rhythm.onsets[-1]


def test_more_syllables_than_places_are_refused() -> None:
    with pytest.raises(WordsError, match="has 20 syllables, more than 1 bars hold"):
        found(placed("la " * 20, 1), plan_for_song())


def test_durations_reach_to_the_next_onset() -> None:
    rhythm = LineRhythm(Fraction(0), (Fraction(0), Fraction(1), Fraction(5, 2)), Fraction(4))
    assert rhythm.durations == (1, Fraction(3, 2), Fraction(3, 2))
    assert rhythm.offsets == rhythm.onsets
