"""The quick look at words: what it is asked, and how it answers mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.command import run
from benchmarks.takes import studio_of
from benchmarks.words import parse, transposition


def test_transposition_is_a_name_or_semitones() -> None:
    assert [transposition(text) for text in ("octave", "auto", "-12")] == ["octave", "auto", -12]


def test_the_quick_look_sings_four_hymns_slowed() -> None:
    wanted = parse(["--voice", "wren"])
    assert (wanted.hymns, wanted.tempo_share, wanted.threads) == (4, 0.6, 1)


def test_the_voices_of_a_folder_are_used_alone(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "card.json").write_text("{}", encoding="utf-8")
    assert studio_of(tmp_path, 1).voices.names() == ("ann",)


def test_mistakes_end_in_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def sing_with_nobody(_: object) -> int:
        studio_of(tmp_path, 1).voices.card("nobody")
        return 0

    with pytest.raises(SystemExit) as left:
        run(sing_with_nobody)
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
