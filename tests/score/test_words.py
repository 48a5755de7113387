"""Text files of words under melodies, and the languages that words are in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_scores import line, saved, spelled

from lyrics.pronounce import pronouncer_for
from voice.errors import ScoreWordsError
from voice.score.languages import guess_language, language_of
from voice.score.model import Score
from voice.score.words import read_words, with_words

ENGLISH = pronouncer_for("en")


def tune(count: int, slurred: tuple[int, ...] = ()) -> Score:
    score = line("C4 _ " + "D4 _ " * (count - 1))
    notes = tuple(replace(note, slur=index in slurred) for index, note in enumerate(score.notes))
    return replace(score, notes=notes)


def laid(text: str, count: int, slurred: tuple[int, ...] = ()) -> str:
    return spelled(with_words(tune(count, slurred), text, ENGLISH))


def test_divided_words() -> None:
    assert laid("A-maz-ing grace", 4) == "A-maz-ing grace"


def test_undivided_words_are_counted_by_their_sound() -> None:
    assert laid("Amazing grace, how", 5) == "Amazing-+-+ grace, how"


def test_slurred_notes_hold() -> None:
    assert laid("sweet sound", 3, slurred=(1,)) == "sweet ~sound"


def test_underscores_hold() -> None:
    assert laid("sweet _ sound", 3) == "sweet ~sound"


def test_verses_are_parted_by_empty_lines() -> None:
    score = with_words(tune(3), "one to three\n\nfour to six\n", ENGLISH)
    assert score.verses == 2
    assert spelled(score, 2) == "four to six"


def test_stanzas_of_one_verse() -> None:
    assert with_words(tune(4), "one to\n\nthree four", ENGLISH).verses == 1


def test_japanese_goes_mora_by_mora() -> None:
    score = with_words(tune(4), "さくら きゃ", pronouncer_for("ja"))
    assert spelled(score) == "さ く ら きゃ"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("one to three", r"line 1 \(bar 1, beat 3\): 3 syllables for 4 notes; hold"),
        ("a b c\nd e f", r"line 2 \(bar 1, beat 4\): 6 syllables for 4 notes; take"),
        ("  \n \n", "hold no words"),
    ],
)
def test_words_that_do_not_fit(text: str, message: str) -> None:
    with pytest.raises(ScoreWordsError, match=message):
        with_words(tune(4), text, ENGLISH)


def test_latin_1_files(tmp_path: Path) -> None:
    path = saved(tmp_path, "w.txt", "blessèd".encode("latin-1"))
    assert read_words(path) == "blessèd"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the rose is red and the sky is blue", "en"),
        ("Sah ein Knab ein Röslein stehn, war so jung und ich bin nicht der", "de"),
        ("Je crois entendre les oiseaux dans la nuit et le vent", "fr"),
        ("さくら さくら", "ja"),
        ("月亮 代表 我的 心", "zh"),
        ("la la la", "en"),
        ("Gloria Patri et filio", "en"),
    ],
)
def test_languages_are_guessed(text: str, language: str) -> None:
    assert guess_language(text.split()) == language


def test_a_stated_language_is_believed() -> None:
    assert language_of(line("language=de C4 the D4 the E4 the"), 1) == "de"
