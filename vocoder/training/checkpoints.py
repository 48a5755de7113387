"""Checkpoints as safetensors: weights, their average, optimisers, and where the run stands.

One file holds it all (the plain values as JSON in its header), written under a temporary name and
renamed, so a checkpoint is whole or absent. Nothing is ever pickled.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from vocoder.errors import SoundError

SUFFIX = ".safetensors"
PREFIX = "step-"
KEPT = 3
HEADER_KEY = "melisma"


@dataclass(frozen=True)
class Progress:
    """Where a run stands; `elapsed_s` counts training time of all resumed parts."""

    model: str
    step: int
    elapsed_s: float

    def part_of(self, steps: int | None, minutes: float | None) -> float:
        """The part behind, 0 to 1, of a run that ends after `steps` or `minutes`."""
        by_steps = 0.0 if steps is None else self.step / steps
        by_time = 0.0 if minutes is None else self.elapsed_s / (60.0 * minutes)
        return min(1.0, max(by_steps, by_time))


@dataclass(frozen=True)
class Parts:
    """Everything that a checkpoint saves and restores, by name."""

    modules: dict[str, nn.Module]
    optimisers: dict[str, Optimizer]


def checkpoint_path(run_folder: Path, step: int) -> Path:
    return run_folder / f"{PREFIX}{step:08d}{SUFFIX}"


def latest_checkpoint(run_folder: Path) -> Path | None:
    """The checkpoint with the most steps, or None in a fresh folder."""
    found = sorted(run_folder.glob(f"{PREFIX}*{SUFFIX}"))
    return found[-1] if found else None


def save_checkpoint(run_folder: Path, progress: Progress, parts: Parts) -> Path:
    """Write a checkpoint and drop all but the newest few."""
    tensors: dict[str, Tensor] = {}
    for name, module in parts.modules.items():
        for key, value in module.state_dict().items():
            tensors[f"{name}/{key}"] = value.detach().cpu().contiguous().clone()
    groups: dict[str, list[dict[str, Any]]] = {}
    for name, optimiser in parts.optimisers.items():
        state = optimiser.state_dict()
        for index, entries in state["state"].items():
            for key, value in entries.items():
                tensors[f"optimiser/{name}/{index}/{key}"] = torch.as_tensor(value).cpu().clone()
        groups[name] = state["param_groups"]
    header = {
        "model": progress.model,
        "step": progress.step,
        "elapsed_s": progress.elapsed_s,
        "groups": groups,
    }
    path = checkpoint_path(run_folder, progress.step)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={HEADER_KEY: json.dumps(header)})
    os.replace(partial, path)
    for old in sorted(run_folder.glob(f"{PREFIX}*{SUFFIX}"))[:-KEPT]:
        old.unlink()
    return path


def read_progress(path: Path) -> Progress:
    header = _read_header(path)
    return Progress(header["model"], header["step"], header["elapsed_s"])


def restore_checkpoint(path: Path, parts: Parts) -> Progress:
    """Load modules and optimisers in place; parts that the file does not know stay as they are."""
    header = _read_header(path)
    with safe_open(path, framework="pt") as file:
        keys = list(file.keys())
        for name, module in parts.modules.items():
            saved = {
                key.removeprefix(f"{name}/"): file.get_tensor(key)
                for key in keys
                if key.startswith(f"{name}/")
            }
            if saved:
                _load(module, saved, path, name)
        for name, optimiser in parts.optimisers.items():
            if name not in header["groups"]:
                continue
            state: dict[int, dict[str, Tensor]] = {}
            prefix = f"optimiser/{name}/"
            for key in keys:
                if key.startswith(prefix):
                    index, entry = key.removeprefix(prefix).split("/")
                    state.setdefault(int(index), {})[entry] = file.get_tensor(key)
            optimiser.load_state_dict({"state": state, "param_groups": header["groups"][name]})
    return Progress(header["model"], header["step"], header["elapsed_s"])


def load_average(path: Path, network: nn.Module) -> Progress:
    """Load only the averaged weights, as for export or to start another run from."""
    return restore_checkpoint(path, Parts({"average": network}, {}))


def _load(module: nn.Module, saved: dict[str, Tensor], path: Path, name: str) -> None:
    try:
        module.load_state_dict(saved)
    except RuntimeError as error:
        raise SoundError(
            f"{path}: the weights of {name!r} are of another network; choose the model that this "
            f"run was started with ({str(error).splitlines()[0]})"
        ) from error


def _read_header(path: Path) -> dict[str, Any]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise SoundError(f"{path}: not a readable checkpoint ({error})") from error
    if HEADER_KEY not in metadata:
        raise SoundError(f"{path}: not a checkpoint of a vocoder run; give one named {PREFIX}*")
    header: dict[str, Any] = json.loads(metadata[HEADER_KEY])
    return header
