"""Melodies read from scores with their words and harmony."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from voice.analysis.model import Key
from voice.composing.corpus import read_corpus, read_melody
from voice.composing.harmony import best_triad, harmony_window, key_from, scale, triad
from voice.errors import ScoreFormatError
from voice.score.model import Meter

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0"><part-list>'
    '<score-part id="P1"><part-name>Voice</part-name></score-part>'
    '<score-part id="P2"><part-name>Piano</part-name></score-part></part-list>'
)
TIME = "<attributes><divisions>2</divisions>{}</attributes>"
FOUR = "<time><beats>4</beats><beat-type>4</beat-type></time>"
THREE = "<time><beats>3</beats><beat-type>4</beat-type></time>"


def sound(step: str, octave: int, length: int, word: str = "", chord: bool = False) -> str:
    lyric = f"<lyric><syllabic>single</syllabic><text>{word}</text></lyric>" if word else ""
    return (
        f"<note>{'<chord/>' if chord else ''}<pitch><step>{step}</step><octave>{octave}</octave>"
        f"</pitch><duration>{length}</duration><voice>1</voice>{lyric}</note>"
    )


def song(second_time: str = "") -> str:
    """Two bars of 4/4: C, then F and G by halves; a quarter rest ends the first line."""
    rest = "<note><rest/><duration>2</duration><voice>1</voice></note>"
    voice = (
        f'<part id="P1"><measure number="1">{TIME.format(FOUR)}'
        + sound("C", 5, 2, "sing") + sound("D", 5, 2, "the") + sound("E", 5, 2, "song") + rest
        + f'</measure><measure number="2">{second_time}'
        + sound("C", 5, 4, "the") + sound("B", 4, 4, "land") + "</measure></part>"
    )  # fmt: skip
    piano = (
        f'<part id="P2"><measure number="1">{TIME.format(FOUR)}'
        + sound("C", 3, 8) + sound("E", 3, 8, chord=True) + sound("G", 3, 8, chord=True)
        + f'</measure><measure number="2">{second_time}'
        + sound("F", 3, 4) + sound("A", 3, 4, chord=True)
        + sound("G", 3, 4) + sound("B", 3, 4, chord=True) + sound("D", 4, 4, chord=True)
        + "</measure></part>"
    )  # fmt: skip
    return HEAD + voice + piano + "</score-partwise>"


def test_a_melody_comes_with_its_harmony_and_its_words(tmp_path: Path) -> None:
    path = tmp_path / "river.musicxml"
    path.write_text(song(), "utf-8")
    melody = read_melody(path)
    assert melody.key == Key(0, "major")
    assert [note.midi for note in melody.notes] == [72, 74, 76, 72, 71]
    assert [note.chord for note in melody.notes] == [
        *[(0, "major")] * 3, (5, "major"), (7, "major"),
    ]  # fmt: skip
    assert [note.stress for note in melody.notes] == [1, 0, 1, 0, 1]
    assert [note.line_end for note in melody.notes] == [False, False, True, False, True]
    assert melody.notes[-1].bar == 4


def test_a_score_that_changes_its_metre_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "changing.musicxml"
    path.write_text(song(TIME.format(THREE)), "utf-8")
    with pytest.raises(ScoreFormatError, match="metre changes"):
        read_melody(path)


def test_a_folder_gives_what_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty.mxl").write_bytes(b"")
    (tmp_path / "broken.abc").write_text("X:1\n", "utf-8")
    assert list(read_corpus(tmp_path)) == []


def test_the_triad_that_sounds_is_found() -> None:
    weights = np.zeros(12)
    for pitch, share in ((9, 2.0), (0, 1.0), (4, 1.0), (2, 0.5)):
        weights[pitch] = share
    assert best_triad(weights, 9, Key(0, "major")) == (9, "minor")
    assert triad(9, "minor") == {9, 0, 4}


def test_keys_are_found_by_their_tones() -> None:
    weights = np.full(12, 0.01)
    for pitch, share in ((2, 3.0), (4, 1.0), (6, 2.0), (7, 1.0), (9, 2.5), (11, 1.0), (1, 0.8)):
        weights[pitch] = share
    assert key_from(weights, 2) == Key(2, "major")


def test_minor_has_its_leading_note() -> None:
    assert scale(Key(9, "minor")) == {9, 11, 0, 2, 4, 5, 7, 8}


def test_a_chord_sounds_half_a_bar_where_bars_have_halves() -> None:
    assert harmony_window(Meter(Fraction(0), 4, 4)) == 2
    assert harmony_window(Meter(Fraction(0), 3, 4)) == 3
    assert harmony_window(Meter(Fraction(0), 6, 8)) == Fraction(3, 2)
