"""`melisma score check` and `convert` as a user meets them, and the document that explains them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from small_scores import saved

from voice.cli.app import run
from voice.score.reading import read_score
from voice.score.tempo_marks import TEMPO_WORDS

Captured = pytest.CaptureFixture[str]
DOCUMENT = Path(__file__).parents[2] / "docs" / "SCORES.md"


def test_check_shows_every_note(capsys: Captured) -> None:
    assert run(["score", "check", "tempo=60 C4 A- D4:2 men"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"1 │\s+2 │\s+1\.00 │\s+D4 │ men\s+│ m ɛ n", shown)
    assert "2 notes" in shown


def test_check_in_json(capsys: Captured) -> None:
    assert run(["score", "check", "--json", "--tempo", "120", "tempo=60 C4 A- D4:2 men"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [note["start_s"] for note in found["notes"]] == [0, 0.5]
    assert found["notes"][1]["phonemes"] == ["m", "ɛ", "n"]
    assert found["length_s"] == 2
    assert found["language"] == "en"


def test_check_lists_all_problems_and_exits_2(capsys: Captured) -> None:
    line = "C4 unbelievably D4 love E4 internationally"
    assert run(["score", "check", line]) == 2
    problems = capsys.readouterr().err
    assert "bar 1, beat 1: word" in problems
    assert "bar 1, beat 3: word" in problems
    assert run(["score", "check", "--json", line]) == 2
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.mid"], "nothing.mid: there is no such file"),
        (["C4 la D4 la", "--verse", "3"], "the score has 1 verse"),
        (["C4 la D4 la", "--verse", "x"], "write a number from 1, or all"),
        (["C4 la D4 la", "--language", "xx"], "xx"),
        (["C4 la D4 la", "--tempo", "5000"], "5000 quarters"),
        (["C4 _ D4 _"], "no words"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], message: str, capsys: Captured) -> None:
    assert run(["score", "check", *arguments]) == 2
    said = capsys.readouterr().err.strip()
    assert message in said
    assert "\n" not in said


def test_convert_writes_and_reports(tmp_path: Path, capsys: Captured) -> None:
    words = saved(tmp_path, "words.txt", b"Ho-san-na")
    target = tmp_path / "x.mid"
    source = "C4 la D4 la E4 la"
    assert run(["score", "convert", source, str(target), "--lyrics", str(words)]) == 0
    assert "3 notes" in capsys.readouterr().out
    assert [note.lyrics[0].text for note in read_score(target).notes if note.lyrics[0]] == [
        "Ho", "san", "na",
    ]  # fmt: skip


def test_the_documented_tempo_table_is_the_one_in_force() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    documented = {word: float(qpm) for qpm, words in rows for word in words.split(", ")}
    assert documented == TEMPO_WORDS


def test_the_documented_line_is_read(capsys: Captured) -> None:
    lines = re.findall(
        r'^    melisma score check "(.+)"$', DOCUMENT.read_text("utf-8"), re.MULTILINE
    )
    assert lines
    for line in lines:
        assert run(["score", "check", line]) == 0
    assert "zing" in capsys.readouterr().out
