"""Musical time: tempo maps, bars, rests, places."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_scores import line, one_bar, plain_note

from voice.errors import ScoreLimitError
from voice.score.model import Bar, Meter, Score, TempoMap, TempoPoint, place_in


def test_seconds_add_up_over_tempo_changes() -> None:
    tempo = TempoMap((TempoPoint(Fraction(0), 60.0), TempoPoint(Fraction(4), 120.0)))
    assert tempo.seconds_at(4) == pytest.approx(4.0)
    assert tempo.seconds_at(6) == pytest.approx(5.0)
    assert tempo.seconds_at(-1) == pytest.approx(-1.0)
    assert tempo.quarters_per_minute_at(3.99) == 60.0
    assert tempo.quarters_per_minute_at(4) == 120.0


@given(
    st.lists(st.tuples(st.integers(1, 20), st.floats(20, 400)), max_size=6),
    st.floats(0, 200),
)
def test_beats_and_seconds_are_inverse_and_grow(
    steps: list[tuple[int, float]], beats: float
) -> None:
    points, beat = [TempoPoint(Fraction(0), 90.0)], 0
    for gap, qpm in steps:
        beat += gap
        points.append(TempoPoint(Fraction(beat), qpm))
    tempo = TempoMap(tuple(points))
    seconds = tempo.seconds_at(beats)
    assert tempo.beats_at(seconds) == pytest.approx(beats, abs=1e-6)
    assert tempo.seconds_at(beats + 1) > seconds


def test_absurd_tempo_is_refused_with_the_beat() -> None:
    with pytest.raises(ScoreLimitError, match=r"beat 8: a tempo of 9000 .* --tempo"):
        TempoPoint(Fraction(8), 9000.0)


def test_pickup_beats_count_back_from_the_bar_line() -> None:
    bars = [Bar(Fraction(0), Fraction(1), 0), Bar(Fraction(1), Fraction(4), 1)]
    assert str(place_in(bars, Meter(), Fraction(0))) == "bar 0, beat 4"
    assert str(place_in(bars, Meter(), Fraction(1))) == "bar 1, beat 1"
    assert str(place_in(bars, Meter(), Fraction(5, 2))) == "bar 1, beat 2.5"


def test_beats_follow_the_lower_number() -> None:
    bars = [Bar(Fraction(0), Fraction(3), 1)]
    assert place_in(bars, Meter(numerator=6, denominator=8), Fraction(3, 2)).beat == 4.0


def test_rests_and_notes_cover_the_score() -> None:
    score = line("R:1 C4:1 a D4:1 R:1 E4:2 b")
    rests = [(float(r.start_beats), float(r.end_beats)) for r in score.rests]
    assert rests == [(0, 1), (3, 4), (6, 8)]
    assert score.length_beats == 8


def test_length_runs_to_the_last_bar_line_or_beyond() -> None:
    assert one_bar([plain_note(0, 1, 60, "a")]).length_beats == 4
    assert one_bar([plain_note(0, 6, 60, "a")]).length_beats == 6


def test_overlapping_notes_are_no_score() -> None:
    with pytest.raises(ValueError, match="two notes sound at once"):
        one_bar([plain_note(0, 2, 60, "a"), plain_note(1, 1, 62, "b")])


def test_each_note_has_one_lyric_per_verse() -> None:
    note = plain_note(0, 1, 60, "a")
    with pytest.raises(ValueError, match="1 lyrics in a score of 2 verses"):
        Score("x", (note,), (Bar(Fraction(0), Fraction(4), 1),), verses=2)


def test_notes_nobody_sings_are_refused() -> None:
    with pytest.raises(ScoreLimitError, match="MIDI note 3 is outside"):
        plain_note(0, 1, 3, "a")
