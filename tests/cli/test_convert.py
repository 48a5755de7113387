"""`melisma convert`: the user's word, one line for every mistake, and what it says when done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conversion.sounds import save, sung
from voice.card import USUAL_LIKENESS
from voice.cli import converting
from voice.cli.converting import parse_shift
from voice.conversion.options import usual_in_words
from voice.errors import OutputError

Melisma = Callable[..., int]


@pytest.fixture
def vocal(tmp_path: Path) -> Path:
    return save(tmp_path / "vocal.wav", sung())


@pytest.fixture
def convert(melisma: Melisma, vocal: Path) -> Melisma:
    def call(*arguments: object) -> int:
        return melisma("convert", vocal, "--voice", "tiny", "--threads", "1", *arguments)

    return call


def test_it_converts_and_says_so(
    convert: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert("-o", "out.wav", "--i-may-use-this-recording") == 0
    told = capsys.readouterr().out
    assert "out.wav: 1.6 s" in told
    assert f"converted into tiny, +0 semitones, likeness {USUAL_LIKENESS:g}" in told
    assert soundfile.info(tmp_path / "out.wav").frames == 70_560


def test_json_holds_the_statement_and_the_shift(
    convert: Melisma, capsys: pytest.CaptureFixture[str]
) -> None:
    wishes = ("--transpose", "-3", "--formant", "1.5", "--follow-dynamics", "--json")
    assert convert("-o", "out.flac", "--i-may-use-this-recording", *wishes) == 0
    table = json.loads(capsys.readouterr().out)
    assert table["transposed_semitones"] == -3.0
    assert table["samples"] == 70_560
    assert table["likeness"] == USUAL_LIKENESS
    assert len(table["source_sha256"]) == 64
    assert table["source_sha256"] in table["statement"]


def test_likeness_changes_what_is_heard_and_lies_between_nothing_and_all(
    convert: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sounds = []
    for likeness in ("0", "1"):
        name = f"like-{likeness}.wav"
        wishes = ("--i-may-use-this-recording", "--likeness", likeness)
        assert convert("-o", name, *wishes) == 0
        sounds.append(soundfile.read(tmp_path / name)[0])
    assert abs(sounds[0] - sounds[1]).max() > 1e-3
    capsys.readouterr()
    assert convert("-o", "no.wav", "--i-may-use-this-recording", "--likeness", "1.5") == 2
    assert "--likeness" in capsys.readouterr().err
    assert not (tmp_path / "no.wav").exists()


def test_the_help_says_what_is_usual(melisma: Melisma, capsys: pytest.CaptureFixture[str]) -> None:
    assert melisma("convert", "--help") == 0
    told = " ".join(capsys.readouterr().out.split())
    usual = usual_in_words()
    assert f"Usual: {usual}." in told
    guide = Path(__file__).parents[2] / "docs" / "CONVERSION.md"
    assert f"usual: {usual}," in guide.read_text("utf-8")


def test_without_the_users_word_nothing_is_made(
    convert: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert("-o", "out.wav") == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "--i-may-use-this-recording" in told
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("\n", 2)])
def test_who_sits_at_the_terminal_is_asked(
    convert: Melisma, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stderr", Terminal())
    asked = []
    monkeypatch.setattr(
        converting.typer,
        "confirm",
        lambda text, **options: asked.append(text) or answer.startswith("y"),
    )
    assert convert("-o", "out.wav") == code
    assert "may use this recording" in asked[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "nowhere/out.wav"), "there is no folder nowhere"),
        (("-o", "out.xyz"), "choose"),
        (("-o", "vocal.wav"), "is the recording"),
        (("-o", "out.wav", "--transpose", "much"), "--transpose much: give semitones"),
        (("-o", "out.wav", "--transpose", "nan"), "--transpose nan: give semitones"),
        (("-o", "out.wav", "--voice", "nobody"), "no voice 'nobody'"),
    ],
)
def test_mistakes_are_one_line(
    convert: Melisma, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert convert(*arguments, "--i-may-use-this-recording") == 2
    told = capsys.readouterr().err.strip()
    assert said in told
    assert "\n" not in told


def test_bad_recordings_are_one_line(
    melisma: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = save(tmp_path / "silent.wav", np.zeros(8_000))
    order = ("--voice", "tiny", "-o", "out.wav", "--i-may-use-this-recording")
    for path, said in ((silent, "is silent"), (tmp_path / "none.wav", "no such file")):
        assert melisma("convert", path, *order) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "out.wav").exists()


def test_shifts_are_semitones_or_auto() -> None:
    assert parse_shift("auto") == "auto"
    assert parse_shift("-12") == -12.0
    assert parse_shift("+0.5") == 0.5
    for wrong in ("37", "inf", "", "octave"):
        with pytest.raises(OutputError, match="give semitones between -36 and 36, auto or spoken"):
            parse_shift(wrong)
