"""The command line in a home of its own, with one tiny voice in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from voice.cli.app import run

FIXTURES = Path(__file__).parents[1] / "fixtures"
SONG = "tempo=120 meter=4/4 C4 A- D4 ma- E4:2 zing G4 grace R E4 how D4:2 sweet"

Melisma = Callable[..., int]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's data folder that holds the voice `tiny`; its parent is a place to write."""
    home = tmp_path / "home"
    shutil.copytree(FIXTURES / "voices", home / "voices")
    monkeypatch.setenv("MELISMA_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def melisma(home: Path) -> Melisma:
    """Runs `melisma` with some arguments and returns its exit code."""

    def call(*arguments: object) -> int:
        return run([str(argument) for argument in arguments])

    return call


@pytest.fixture
def sing(melisma: Melisma) -> Melisma:
    """`melisma sing` with the tiny voice."""

    def call(*arguments: object) -> int:
        return melisma("sing", *arguments, "--voice", "tiny", "--threads", "1")

    return call
