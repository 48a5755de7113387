"""One model between two runs of one line: the mean of their weights.

Weights along one line of training can be averaged, and the mean is often better than either end
(Izmailov et al. 2018, Averaging weights leads to wider optima; Wortsman et al. 2022, Model soups).
No recording is heard.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from vocoder.training.checkpoints import (
    Parts,
    Progress,
    latest_checkpoint,
    load_average,
    save_checkpoint,
)
from voice.acoustic.config import ABOUT_FILE, AcousticConfig
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training.module import MODEL_NAME
from voice.errors import CorpusError


def average_runs(
    first: Path, second: Path, into: Path, config: AcousticConfig | None = None
) -> Path:
    """Write the mean of two runs' newest models as a checkpoint of a new run folder.

    Raises:
        CorpusError: a run without a checkpoint, runs of other speakers, or `into` in use.
    """
    if into.exists() and any(into.iterdir()):
        raise CorpusError(f"{into}: holds files already; choose an empty folder for the average")
    about = _about(first)
    if _about(second)["speakers"] != about["speakers"]:
        raise CorpusError(
            f"{first} and {second} have other speakers; average two runs of one line, where the "
            "second started from the first"
        )
    models, steps, elapsed_s = [], 0, 0.0
    for run in (first, second):
        model = AcousticModel(config or AcousticConfig())
        progress = load_average(_newest(run), model)
        models.append(model)
        steps, elapsed_s = max(steps, progress.step), max(elapsed_s, progress.elapsed_s)
    mean, other = models
    with torch.no_grad():
        for ours, theirs in zip(mean.parameters(), other.parameters(), strict=True):
            ours.lerp_(theirs, 0.5)
    into.mkdir(parents=True, exist_ok=True)
    (into / ABOUT_FILE).write_text(
        json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return save_checkpoint(
        into, Progress(MODEL_NAME, steps, elapsed_s), Parts({"model": mean, "average": mean}, {})
    )


def _newest(run: Path) -> Path:
    checkpoint = latest_checkpoint(run)
    if checkpoint is None:
        raise CorpusError(f"{run}: no checkpoint; give the folder of a run that has begun")
    return checkpoint


def _about(run: Path) -> dict[str, dict[str, int]]:
    try:
        about: dict[str, dict[str, int]] = json.loads((run / ABOUT_FILE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(
            f"{run / ABOUT_FILE}: cannot be read; give the folder of an acoustic run"
        ) from error
    return about
