"""The counts of the melody benchmark, on melodies whose counts are known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from benchmarks.melodies import measure, read_songs
from benchmarks.melody_measures import (
    Heard,
    Kept,
    chord_tones,
    in_key,
    in_range,
    shape,
    stress_kept,
)
from voice.card import VoiceRange
from voice.composing.plan import plan_from
from voice.composing.words import words_from
from voice.score.inline import read_inline

PLAN = plan_from("C major", 120, "C G", voice=VoiceRange(60, 72))


def heard(*pitches: int) -> list[Heard]:
    return [Heard(midi, Fraction(at), Fraction(1)) for at, midi in enumerate(pitches)]


def test_moves_are_counted_by_size() -> None:
    found = shape(heard(60, 62, 62, 69, 67, 65, 72, 74))
    assert found.steps == pytest.approx(4 / 7)
    assert found.repeats == pytest.approx(1 / 7)
    assert found.leaps == pytest.approx(2 / 7)
    assert found.answered == pytest.approx(1 / 2)
    assert found.range == 14


def test_what_is_always_the_same_has_no_entropy_and_is_all_motif() -> None:
    found = shape(heard(*[60, 62] * 8))
    assert found.entropy == pytest.approx(0.0)
    assert found.motifs == pytest.approx(1.0)


def test_nothing_returns_in_a_row_of_growing_intervals() -> None:
    assert shape(heard(50, 51, 53, 56, 60, 65, 71, 78)).motifs == 0.0


def test_strong_beats_are_held_against_their_chords() -> None:
    score = read_inline("tempo=120 meter=4/4 C4 a D4 a E4 a F4 a | F4 a G4 a B4 a A4 a")
    assert chord_tones(score, PLAN) == Kept(3, 4)


def test_key_and_range() -> None:
    score = read_inline("tempo=120 meter=4/4 C4 a C#4 a B3 a F4 a")
    assert in_key(score, PLAN) == Kept(3, 4)
    assert in_range(score, PLAN) == Kept(3, 4)


def test_stress_on_strong_and_weak_beats() -> None:
    words = words_from("the river the river")
    good = read_inline("tempo=120 meter=4/4 R:3 C4:1 the C4 ri- C4 ver R:1 C4 the C4 ri- C4 ver")
    weak = read_inline("tempo=120 meter=4/4 C4:1 the C4 ri- C4:2 ver C4:1 the C4 ri- C4:2 ver")
    assert stress_kept(good, words).share == 1.0
    assert stress_kept(weak, words).share == 0.0


def test_a_song_of_the_set_is_measured_and_told() -> None:
    songs = read_songs()
    assert len(songs) >= 60
    assert {song.plan.style for song in songs} == {"ballad", "pop", "folk", "rap"}
    assert {song.plan.meter.numerator for song in songs} >= {3, 4, 6}
    assert {song.plan.key.mode for song in songs} == {"major", "minor"}
    row = measure(songs[0])
    assert row.range.percent == 100
    assert row.fitted.percent == 100
    assert row.alike.percent == 100
