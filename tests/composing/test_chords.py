"""Chords and keys as musicians write them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.analysis.model import ChordSpan, Key
from voice.composing.chords import (
    chord_of_span,
    parse_chord,
    parse_chords,
    parse_key,
    tonic_chord,
)
from voice.composing.errors import PlanError

BAR = Fraction(4)


@pytest.mark.parametrize(
    ("text", "tones"),
    [
        ("C", (0, 4, 7)),
        ("Am", (9, 0, 4)),
        ("F#m7", (6, 9, 1, 4)),
        ("Bb", (10, 2, 5)),
        ("B♭maj7", (10, 2, 5, 9)),
        ("G7", (7, 11, 2, 5)),
        ("Dsus4", (2, 7, 9)),
        ("C/E", (0, 4, 7)),
        ("Am/F#", (9, 0, 4)),
        ("Bdim", (11, 2, 5)),
        ("N", ()),
    ],
)
def test_chords_are_read_as_their_tones_root_first(text: str, tones: tuple[int, ...]) -> None:
    assert parse_chord(text).pitch_classes == tones


@pytest.mark.parametrize("text", ["H", "Cmaj77", "am", "1", "C#b", "Xm", "C/H"])
def test_what_is_no_chord_is_refused_by_name(text: str) -> None:
    with pytest.raises(PlanError, match="is no chord"):
        parse_chord(text)


def test_each_chord_lasts_a_bar() -> None:
    spans = parse_chords("Am F C G", BAR)
    assert [(s.start_beats, s.end_beats, s.chord.name) for s in spans] == [
        (0, 4, "Am"),
        (4, 8, "F"),
        (8, 12, "C"),
        (12, 16, "G"),
    ]


def test_bar_lines_let_chords_share_a_bar() -> None:
    spans = parse_chords("| Am | F G | C |", Fraction(3))
    assert [(s.start_beats, s.chord.name) for s in spans] == [
        (0, "Am"),
        (3, "F"),
        (Fraction(9, 2), "G"),
        (6, "C"),
    ]
    assert spans[-1].end_beats == 9


@pytest.mark.parametrize("text", ["", "  ", "|", "| |"])
def test_no_chords_are_refused(text: str) -> None:
    with pytest.raises(PlanError, match="no chords"):
        parse_chords(text, BAR)


@given(st.integers(0, 11), st.sampled_from(["major", "minor"]))
def test_a_key_is_read_back_from_its_name(tonic: int, mode: str) -> None:
    key = Key(tonic, "minor" if mode == "minor" else "major")
    assert parse_key(str(key)) == key


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(PlanError, match="H minor"):
        parse_key("H minor")


def test_the_tonic_chord_is_minor_in_minor() -> None:
    assert tonic_chord(Key(9, "minor")) == parse_chord("Am")
    assert tonic_chord(Key(10, "major")) == parse_chord("Bb")


def test_an_analysed_chord_keeps_its_tones() -> None:
    span = ChordSpan(0.0, 1.0, 7, "minor")
    assert frozenset(chord_of_span(span).pitch_classes) == span.pitch_classes
    assert chord_of_span(span).root == 7
    assert chord_of_span(ChordSpan(0.0, 1.0, None)).root is None
