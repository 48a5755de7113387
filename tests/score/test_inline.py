"""The one-line form."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_scores import line, pitches, spelled

from voice.errors import ScoreError, ScoreFormatError
from voice.score.inline import is_inline


def test_pitches_lengths_and_words() -> None:
    score = line("tempo=80 meter=3/4 G4 A- | C5:2 ma- E5:1/2 zing C5 _ | E5:2 grace")
    assert pitches(score) == [67, 72, 76, 72, 76]
    assert [n.duration_beats for n in score.notes] == [1, 2, Fraction(1, 2), Fraction(1, 2), 2]
    assert spelled(score) == "A-ma-zing ~grace"
    assert score.tempo.points[0].quarters_per_minute == 80
    assert score.meters[0].bar_beats == 3


def test_accidentals_and_rests() -> None:
    score = line("C#4 a Bb3 b R:2 F♯5:1 c")
    assert pitches(score) == [61, 58, 78]
    assert score.notes[2].start_beats == 4


def test_headers() -> None:
    score = line("language=de title=Mein_Lied C4 Lied D4 ja")
    assert (score.language, score.title) == ("de", "Mein Lied")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C4:0 a", "'0' is no length"),
        ("C4:x a", "'x' is no length"),
        ("speed=3 C4 a", "no header 'speed'; there are tempo"),
        ("hello C4 a", "'hello' stands before the first note"),
        ("tempo=fast C4 a", "tempo=fast is no number"),
        ("tempo=5 C4 a", "tempo of 5 quarters"),
        ("meter=3/5 C4 a", "meter=3/5"),
        ("tempo=90", "no notes"),
    ],
)
def test_mistakes_say_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ScoreError, match=message):
        line(text)


def test_what_is_a_line_and_what_a_file() -> None:
    assert is_inline("C4 la")
    assert is_inline("tempo=90 C4:2 la | D4 li")
    assert not is_inline("song.musicxml")
    assert not is_inline("my songs/C4.mid")


@given(st.lists(st.tuples(st.integers(36, 84), st.fractions(Fraction(1, 8), 4)), min_size=1))
def test_any_line_of_notes_is_read_back(notes: list[tuple[int, Fraction]]) -> None:
    names = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
    text = " ".join(f"{names[m % 12]}{m // 12 - 1}:{length} la" for m, length in notes)
    score = line(text + " ")
    assert pitches(score) == [midi for midi, _ in notes]
    assert [n.duration_beats for n in score.notes] == [length for _, length in notes]


def test_garbage_is_refused_in_one_line() -> None:
    with pytest.raises(ScoreFormatError) as caught:
        line("| | |")
    assert "\n" not in str(caught.value)
