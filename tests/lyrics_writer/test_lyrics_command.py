"""`melisma lyrics` from the command line to the file, with a model behind an address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_remote_models import Server, _said, _serve

from lyrics.writer.song_file import read_song
from lyrics.writer.task import LineTask
from lyrics.writer.writer import SongWriter
from voice.cli.app import run
from voice.songwriting import numbered_path

LINES = [
    "I walk along the river", "The water knows my name",
    "And every stone will shiver", "And nothing is the same",
    "A river in the morning", "The morning has no shame",
]  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    running: list[Server] = []
    yield _serve(running, _said("\n".join(LINES)))
    for each in running:
        each.shutdown()
        each.server_close()


def _write(server: Server, *more: str) -> int:
    return run([
        "lyrics", "write", "--theme", "the river", "--genre", "folk", "--syllables", "7,6,7,6",
        "--rhyme", "XAXA", "--model-url", server.url, "--model-name", "big", *more,
    ])  # fmt: skip


def test_a_song_is_shown_and_written(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "song.txt"
    assert _write(server, "-o", str(path)) == 0
    shown = capsys.readouterr().out
    assert "[Verse: XAXA]" in shown
    assert re.search(r"1 .* 7  .*ɹɪ\.vɝ", shown), "syllables and stresses stand beside the line"
    assert "words by big" in shown
    song = read_song(path)
    assert [len(line.syllables) for line in song.lines] == [7, 6, 7, 6]
    assert "every" not in path.read_text("utf-8"), "words that are counted differently are refused"


def test_json(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert _write(server, "--json") == 0
    value = json.loads(capsys.readouterr().out)
    assert value["model"] == "big"
    assert len(value["sections"][0]["lines"]) == 4


def test_one_line_is_edited(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, new = tmp_path / "song.txt", tmp_path / "new.txt"
    path.write_text(
        "# theme: the river\n# genre: folk\n# model: small\n# licence: MIT\n\n"
        "[Verse: XAXA]\nI walk along the river\n"
        "The water knows my name\nI sing about tomorrow\nAnd nothing is the same\n",
        "utf-8",
    )
    done = run([
        "lyrics", "edit", str(path), "--line", "3", "-o", str(new),
        "--model-url", server.url, "--model-name", "big",
    ])  # fmt: skip
    assert done == 0
    before, after = read_song(path).lines, read_song(new).lines
    assert after[2].text == "A river in the morning"
    assert [line.text for line in after[:2]] == [line.text for line in before[:2]]
    assert after[3].text == before[3].text
    assert "# model: small and big" in new.read_text("utf-8")
    assert "# licence: MIT and as whoever runs 127.0.0.1" in new.read_text("utf-8")


def test_a_stop_keeps_the_lines_so_far(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "song.txt"
    line = SongWriter._line

    def stopped(self: SongWriter, task: LineTask) -> object:
        if task.context.count("\n") == 3:
            raise KeyboardInterrupt
        return line(self, task)

    monkeypatch.setattr(SongWriter, "_line", stopped)
    assert _write(server, "-o", str(path)) == 130
    assert len(read_song(path).lines) == 2
    assert "stopped after 2 of 4 lines" in capsys.readouterr().err


def test_a_model_that_fails_in_the_middle_loses_no_line(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """No answer of the server has nine syllables; the three lines before are shown."""
    assert _write(server, "--syllables", "7,6,7,9", "--rhyme", "XXXX") == 2
    shown = capsys.readouterr()
    assert "stopped after 3 of 4 lines" in shown.err
    assert "The water knows my name" in shown.out
    assert "# model: big" in shown.out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--syllables", "0,4"), "0 syllables"),
        (("--structure", "verse,chorus,bride"), "no section 'bride'"),
        (("--rhyme", "ABC"), "nearest scheme is ABCA"),
        (("--include", "fire"), "'fire' is sung with"),
        (("--alternatives", "0"), "ask for 1 to 50"),
        (("--melody", "C4 D4 E4"), "drop --syllables or --melody"),
    ],
)
def test_wishes_that_cannot_be_are_one_line_and_exit_two(
    server: Server, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: str
) -> None:
    assert _write(server, *more) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_an_unreachable_model_names_address_and_cause(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["lyrics", "write", "--theme", "x", "--model-url", "http://127.0.0.1:9/v1"]
    assert run([*arguments, "--model-name", "big"]) == 2
    assert "http://127.0.0.1:9/v1/chat/completions cannot be reached" in capsys.readouterr().err
    assert run(arguments) == 2
    assert "go together" in capsys.readouterr().err


def test_names_of_alternatives() -> None:
    assert numbered_path(Path("a/song.txt"), 1) == Path("a/song.txt")
    assert numbered_path(Path("a/song.txt"), 3) == Path("a/song-3.txt")
