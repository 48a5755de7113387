"""`melisma train` asks for an end and for leave before it touches a recording."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Melisma
from vocoder.audio import Audio, write_audio


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two recordings with their words, of someone who never gave leave."""
    folder = tmp_path / "somebody"
    folder.mkdir()
    random = np.random.default_rng(0)
    for name in ("a", "b"):
        samples = (0.1 * random.standard_normal((1, 22_050))).astype(np.float32)
        write_audio(folder / f"{name}.wav", Audio(samples, 44_100))
        (folder / f"{name}.txt").write_text("so it is")
    return folder


@pytest.mark.parametrize("kind", ["vocoder", "acoustic"])
def test_a_run_without_an_end_is_refused(
    melisma: Melisma, corpus: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert melisma("train", kind, corpus, "--run", "run") == 2
    assert "give --minutes, --steps or both" in capsys.readouterr().err
    assert not Path("run").exists()


@pytest.mark.parametrize("kind", ["vocoder", "acoustic"])
def test_nobody_is_trained_on_without_leave(
    melisma: Melisma, corpus: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in corpus.iterdir()}
    assert melisma("train", kind, corpus, "--run", "run", "--steps", 1) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "consent" in told
    assert not Path("run").exists()
    assert {path: path.read_bytes() for path in corpus.iterdir()} == before


def test_a_folder_that_is_none_is_refused(
    melisma: Melisma, capsys: pytest.CaptureFixture[str]
) -> None:
    assert melisma("train", "vocoder", "nowhere", "--run", "run", "--steps", 1) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_missing_torchaudio_is_told_before_anything_else(
    melisma: Melisma,
    corpus: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "torchaudio", None)
    order = ("--run", "run", "--steps", 1, "--resampler", "torchaudio")
    assert melisma("train", "vocoder", corpus, *order) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "melisma[train-cuda]" in told
    assert not Path("run").exists()
