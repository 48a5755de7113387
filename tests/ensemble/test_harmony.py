"""A second voice: in the key, in the chords, and led like a voice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.singing_scores import fitted, sung
from voice.analysis.model import Key
from voice.composing.chords import ChordInBeats, parse_chord
from voice.ensemble.harmony import MAJOR_STEPS, MINOR_STEPS, SecondVoice, harmonised, key_of
from voice.errors import ScoreError
from voice.score.model import Score

C_MAJOR, A_MINOR = Key(0, "major"), Key(9, "minor")
ODE = (64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 62, 60, 60)


def melody(*midi: int, beats: float = 1.0) -> Score:
    return fitted([sung(midi=each, beats=beats) for each in midi]).score


def second(score: Score, wanted: SecondVoice) -> list[int]:
    return [note.midi for note in harmonised(score, wanted).notes]


def test_thirds_below_a_scale_are_thirds_of_the_key() -> None:
    below = second(melody(67, 65, 64, 65, 67), SecondVoice(key=C_MAJOR))
    assert below == [64, 62, 60, 62, 64]


def test_sixths_above_are_above() -> None:
    scale = (60, 62, 64, 65, 67, 64)
    above = second(melody(*scale), SecondVoice("sixths", "above", C_MAJOR))
    assert [high - low for high, low in zip(above, scale, strict=True)] == [9, 9, 8, 9, 9, 8]


def test_a_phrase_that_ends_at_home_ends_there_in_both_voices() -> None:
    below = second(melody(64, 62, 60), SecondVoice(key=C_MAJOR))
    assert below[-1] % 12 in {0, 4, 7}
    assert second(melody(64, 62, 60, 62), SecondVoice(key=C_MAJOR))[2] == 57


def test_where_a_chord_sounds_its_tones_are_sung() -> None:
    chords = tuple(
        ChordInBeats(Fraction(2 * i), Fraction(2 * i + 2), parse_chord(name))
        for i, name in enumerate(("C", "G", "C"))
    )
    score = melody(67, 67, 67, 67, 67, 67)
    below = second(score, SecondVoice(key=C_MAJOR, chords=chords))
    for midi, span in zip(below, (0, 0, 1, 1, 2, 2), strict=True):
        assert midi % 12 in chords[span].chord.pitch_classes
    outside = (ChordInBeats(Fraction(0), Fraction(2), parse_chord("E")),)
    assert second(melody(71, 71), SecondVoice(key=A_MINOR, chords=outside)) == [68, 68]


@pytest.mark.parametrize(
    ("midi", "key"),
    [
        (ODE, C_MAJOR),
        ((57, 60, 64, 62, 60, 59, 57), A_MINOR),
        ((62, 64, 66, 67, 69, 66, 62), Key(2, "major")),
    ],
)
def test_the_key_is_found(midi: tuple[int, ...], key: Key) -> None:
    assert key_of(melody(*midi)) == key


@pytest.mark.parametrize(
    ("midi", "fifths", "key"),
    [
        ((67, 66, 67, 62), 1, Key(7, "major")),
        ((64, 66, 67, 71, 64), 1, Key(4, "minor")),
        ((60, 63, 67), -3, Key(0, "minor")),
        ((70, 72, 74, 70), -2, Key(10, "major")),
    ],
)
def test_a_key_signature_decides_but_for_its_mode(
    midi: tuple[int, ...], fifths: int, key: Key
) -> None:
    assert key_of(replace(melody(*midi), key_fifths=fifths)) == key


MELODIES = st.lists(st.integers(0, 10), min_size=1, max_size=24)


@given(MELODIES, st.sampled_from(["major", "minor"]), st.sampled_from(["thirds", "sixths"]),
       st.sampled_from(["below", "above"]))  # fmt: skip
@settings(deadline=None, max_examples=40)
def test_a_melody_of_the_key_is_accompanied_within_it_and_on_its_side(
    degrees: list[int], mode: str, interval: str, side: str
) -> None:
    key = Key(7, mode)  # type: ignore[arg-type]
    steps = MAJOR_STEPS if mode == "major" else MINOR_STEPS
    tune = [55 + steps[degree % 7] + 12 * (degree // 7) for degree in degrees]
    row = second(melody(*tune), SecondVoice(interval, side, key))  # type: ignore[arg-type]
    sign = -1 if side == "below" else 1
    for high, low in zip(row, tune, strict=True):
        assert (high - 7) % 12 in steps
        assert 3 <= sign * (high - low) <= 10


def test_words_and_rhythm_stay_and_drawn_lines_do_not() -> None:
    score = melody(*ODE)
    other = harmonised(score, SecondVoice())
    assert [note.start_beats for note in other.notes] == [n.start_beats for n in score.notes]
    assert [note.lyrics for note in other.notes] == [note.lyrics for note in score.notes]
    assert other.pitch_lines == ()


def test_a_chromatic_note_is_accompanied_too() -> None:
    row = second(melody(60, 61, 62), SecondVoice(key=C_MAJOR))
    assert all(midi % 12 in {0, 2, 4, 5, 7, 9, 11} for midi in row)


def test_no_notes_no_harmony() -> None:
    score = melody(60)
    with pytest.raises(ScoreError, match="no notes"):
        harmonised(Score("empty", (), score.bars), SecondVoice())
