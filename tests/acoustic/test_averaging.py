"""The mean of two runs: half way between their weights, in a run folder that goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.acoustic.tiny import TINY, tiny_model
from vocoder.training.checkpoints import Parts, Progress, load_average, save_checkpoint
from voice.acoustic.config import ABOUT_FILE
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training.averaging import average_runs
from voice.acoustic.training.module import MODEL_NAME
from voice.errors import CorpusError


def run_of(folder: Path, seed: int, step: int, speakers: dict[str, int]) -> Path:
    """A run folder whose averaged model is the tiny one of `seed`."""
    folder.mkdir()
    about = {"speakers": speakers, "phones_by_speaker": {}}
    (folder / ABOUT_FILE).write_text(json.dumps(about), encoding="utf-8")
    model = tiny_model(seed)
    save_checkpoint(folder, Progress(MODEL_NAME, step, 60.0 * step), Parts({"average": model}, {}))
    return folder


def test_the_mean_lies_half_way(tmp_path: Path) -> None:
    first = run_of(tmp_path / "a", 1, 10, {"one": 0})
    second = run_of(tmp_path / "b", 2, 30, {"one": 0})
    made = AcousticModel(TINY)
    progress = load_average(average_runs(first, second, tmp_path / "c", TINY), made)
    assert (progress.step, progress.elapsed_s) == (30, 1800.0)
    ends = zip(tiny_model(1).parameters(), tiny_model(2).parameters(), strict=True)
    for mean, (here, there) in zip(made.parameters(), ends, strict=True):
        torch.testing.assert_close(mean, (here + there) / 2)
    assert json.loads((tmp_path / "c" / ABOUT_FILE).read_text())["speakers"] == {"one": 0}


def test_runs_of_other_speakers_are_refused(tmp_path: Path) -> None:
    first = run_of(tmp_path / "a", 1, 10, {"one": 0})
    second = run_of(tmp_path / "b", 2, 10, {"two": 0})
    with pytest.raises(CorpusError, match="other speakers"):
        average_runs(first, second, tmp_path / "c", TINY)


def test_a_folder_in_use_and_a_folder_of_no_run_are_refused(tmp_path: Path) -> None:
    first = run_of(tmp_path / "a", 1, 10, {"one": 0})
    with pytest.raises(CorpusError, match="holds files already"):
        average_runs(first, first, first, TINY)
    with pytest.raises(CorpusError, match="cannot be read"):
        average_runs(first, tmp_path / "nothing", tmp_path / "c", TINY)
