"""`melisma melody`: files that are written, and mistakes in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Melisma
from voice.score.reading import read_score

WORDS = "[Verse]\nThe road is long and winding\nI hear the river sing\n"
MUSIC = ("--key", "A minor", "--bpm", "92", "--chords", "Am F C G")


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "road.txt"
    path.write_text(WORDS, "utf-8")
    return path


def test_a_melody_is_written_with_its_words(
    melisma: Melisma, words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "road.mid"
    assert melisma("melody", "write", words, *MUSIC, "-o", target) == 0
    score = read_score(target)
    assert len(score.notes) == 13
    assert score.notes[0].lyrics[0] is not None
    assert "13 notes in A minor" in capsys.readouterr().out


def test_alternatives_are_numbered_and_differ(
    melisma: Melisma, words: Path, tmp_path: Path
) -> None:
    target = tmp_path / "road.musicxml"
    assert melisma("melody", "write", words, *MUSIC, "--alternatives", "2", "-o", target) == 0
    one, two = read_score(target), read_score(tmp_path / "road-2.musicxml")
    assert one.notes != two.notes


def test_the_key_is_found_from_the_chords(
    melisma: Melisma, words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "road.ustx"
    arguments = ("--bpm", "80", "--chords", "G C D G", "--style", "folk", "-o", target)
    assert melisma("melody", "write", words, *arguments) == 0
    assert "in G major" in capsys.readouterr().out


def test_a_melody_is_written_for_a_voice(melisma: Melisma, words: Path, tmp_path: Path) -> None:
    target = tmp_path / "low.mid"
    assert melisma("melody", "write", words, *MUSIC, "--range", "tiny", "-o", target) == 0
    assert read_score(target).notes


def test_bars_are_varied_and_the_rest_is_kept(
    melisma: Melisma, words: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "one.mid", tmp_path / "two.mid"
    assert melisma("melody", "write", words, *MUSIC, "-o", first) == 0
    assert melisma("melody", "vary", first, "--bars", "2-3", "-o", second) == 0
    before, after = read_score(first), read_score(second)
    changed = [a.place.bar for a, b in zip(before.notes, after.notes, strict=True) if a != b]
    assert changed
    assert set(changed) <= {2, 3}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--bpm", "90", "--chords", "Am Q"), '"Q" is no chord'),
        (("--bpm", "90", "--key", "Q major"), "no key"),
        (("--key", "C"), "no tempo"),
        (("--bpm", "90"), "no key"),
        (("--bpm", "90", "--key", "C", "--meter", "4"), "no metre"),
        (("--bpm", "90", "--key", "C", "--style", "polka"), "no style"),
        (("--bpm", "90", "--key", "C", "--start", "0"), "bars are counted from 1"),
        (("--bpm", "90", "--key", "C", "--alternatives", "0"), "ask for 1 to 50"),
        (("--bpm", "90", "--key", "C", "--range", "nobody"), "nobody"),
        (("--analysis", "missing.json"), "missing.json"),
    ],
)
def test_mistakes_are_one_line_and_exit_2(
    melisma: Melisma,
    words: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    target = tmp_path / "none.mid"
    assert melisma("melody", "write", words, *arguments, "-o", target) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not target.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# theme: love\n", "no words"),
        ("", "is empty"),
        ("la " * 30, "more than one breath"),
        (None, "no such file"),
    ],
)
def test_words_that_cannot_be_sung(
    melisma: Melisma,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    said: str,
) -> None:
    words = tmp_path / "words.txt"
    if text is not None:
        words.write_text(text, "utf-8")
    assert melisma("melody", "write", words, *MUSIC, "-o", tmp_path / "none.mid") == 2
    assert said in capsys.readouterr().err.lower()


def test_a_format_that_nobody_writes_is_refused_before_any_work(
    melisma: Melisma, words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert melisma("melody", "write", words, *MUSIC, "-o", tmp_path / "melody.pdf") == 2
    assert ".musicxml" in capsys.readouterr().err


@pytest.mark.parametrize(("bars", "said"), [("9-4", "no span"), ("90-99", "no notes begin")])
def test_bars_that_are_not_there(
    melisma: Melisma,
    words: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    bars: str,
    said: str,
) -> None:
    first = tmp_path / "one.mid"
    assert melisma("melody", "write", words, *MUSIC, "-o", first) == 0
    assert melisma("melody", "vary", first, "--bars", bars, "-o", tmp_path / "two.mid") == 2
    assert said in capsys.readouterr().err
