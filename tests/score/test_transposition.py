"""Melodies moved into ranges."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_scores import line, one_bar, pitches, plain_note

from voice.score.model import PitchPoint, Score
from voice.score.transposition import auto_shift, octave_shift, transpose


def test_notes_and_drawn_pitch_move_together() -> None:
    drawn = ((PitchPoint(Fraction(0), 6000.0), PitchPoint(Fraction(1), 6010.0)),)
    score = line("C4 a D4 b")
    moved = transpose(Score("t", score.notes, score.bars, pitch_lines=drawn), -3)
    assert pitches(moved) == [57, 59]
    assert [p.cents for p in moved.pitch_lines[0]] == [5700.0, 5710.0]


def test_whole_octaves() -> None:
    score = line("C3 a E3 b G3 c")
    assert octave_shift(score, 57, 76) == 12
    assert octave_shift(score, 45, 60) == 0


def test_semitones() -> None:
    assert auto_shift(line("C4 a C5 b"), 57, 69) == -3


def test_long_notes_weigh_more() -> None:
    score = line("C6:1/2 a C4:4 b")
    assert octave_shift(score, 55, 67) == 0


@given(st.lists(st.integers(40, 80), min_size=1, max_size=8), st.integers(45, 60))
def test_no_shift_is_better(midis: list[int], low: int) -> None:
    high = low + 18
    score = one_bar([plain_note(i, 1, midi, "a") for i, midi in enumerate(midis)], 8)

    def inside(shift: int) -> int:
        return sum(low <= midi + shift <= high for midi in midis)

    best = auto_shift(score, low, high)
    assert inside(best) == max(inside(shift) for shift in range(-36, 37))
    assert inside(octave_shift(score, low, high)) <= inside(best)


@pytest.mark.parametrize(
    ("fifths", "semitones", "moved"), [(0, 2, 2), (0, -2, -2), (2, 12, 2), (-3, 3, -6), (5, 1, 0)]
)
def test_the_key_signature_moves_along(fifths: int, semitones: int, moved: int) -> None:
    score = replace(line("C4 a"), key_fifths=fifths)
    assert transpose(score, semitones).key_fifths == moved
