"""`melisma voices`: listing, showing, adding, removing and verifying."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import FIXTURES, Melisma


def test_a_voice_is_listed_with_what_one_chooses_by(
    melisma: Melisma, capsys: pytest.CaptureFixture[str]
) -> None:
    assert melisma("voices", "list") == 0
    line = next(row for row in capsys.readouterr().out.splitlines() if row.startswith("tiny"))
    assert "en,ja,zh" in line
    assert "D3–D5" in line


def test_the_list_reads_as_json(melisma: Melisma, capsys: pytest.CaptureFixture[str]) -> None:
    assert melisma("voices", "list", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    tiny = next(row for row in rows if row["name"] == "tiny")
    assert tiny["range"] == {"low_midi": 50, "high_midi": 74}
    assert tiny["bundled"] is False


def test_a_card_is_shown_with_its_consent(
    melisma: Melisma, capsys: pytest.CaptureFixture[str]
) -> None:
    assert melisma("voices", "show", "tiny") == 0
    shown = capsys.readouterr().out
    for part in ("CC0-1.0", "range      D3–D5", "grant voice-tiny-2026", "“A Work made available"):
        assert part in shown
    assert melisma("voices", "show", "tiny", "--json") == 0
    assert json.loads(capsys.readouterr().out)["consent"]["kind"] == "published"


def test_a_voice_is_removed_and_added_again(
    melisma: Melisma, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert melisma("voices", "remove", "tiny") == 0
    assert not (home / "voices" / "tiny").exists()
    assert melisma("voices", "show", "tiny") == 2
    assert melisma("voices", "add", FIXTURES / "voices" / "tiny") == 0
    assert melisma("voices", "verify", "tiny") == 0
    assert "files and models hold" in capsys.readouterr().out


def test_a_voice_is_not_added_twice(melisma: Melisma, capsys: pytest.CaptureFixture[str]) -> None:
    assert melisma("voices", "add", FIXTURES / "voices" / "tiny") == 2
    assert "there is a voice 'tiny' already" in capsys.readouterr().err


def test_a_folder_without_leave_is_not_added(
    melisma: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stolen").mkdir()
    (tmp_path / "stolen" / "card.json").write_text("{}")
    assert melisma("voices", "add", tmp_path / "stolen") == 2
    assert "grant" in capsys.readouterr().err
    assert melisma("voices", "add", tmp_path / "nothing") == 2


@pytest.mark.parametrize("file", ["card.json", "acoustic.onnx", "speaker.npy", "grant.json"])
def test_a_voice_changed_by_one_byte_is_found_and_does_not_sing(
    melisma: Melisma, home: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "voices" / "tiny" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    assert melisma("voices", "verify", "tiny") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert melisma("sing", "C4 la", "-o", "a.wav", "--voice", "tiny") == 2
    assert not Path("a.wav").exists()


def test_a_voice_under_another_name_is_refused(
    melisma: Melisma, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "voices" / "tiny").rename(home / "voices" / "mine")
    assert melisma("voices", "verify", "mine") == 2
    assert "name the folder tiny again" in capsys.readouterr().err
