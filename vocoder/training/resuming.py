"""What every training run here does alike: it counts, saves, asks for leave, ends and goes on.

A run folder holds checkpoints (`checkpoints`) and a log of losses; a run that finds a checkpoint
goes on from it, and one that has come to its end is left as it is.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import CSVLogger
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.data import DataLoader, IterableDataset

from vocoder.training.checkpoints import (
    Parts,
    Progress,
    latest_checkpoint,
    read_progress,
    restore_checkpoint,
    save_checkpoint,
)

Clock = Callable[[], float]


@dataclass(frozen=True)
class Ends:
    """A run ends after so many steps or minutes, whichever comes first."""

    steps: int | None
    minutes: float | None


@dataclass(frozen=True)
class RunResult:
    """Where the last checkpoint lies and how far it came."""

    checkpoint: Path
    steps: int
    elapsed_s: float


@dataclass(frozen=True)
class Machine:
    """What a run computes on, in Lightning's words, and how often it logs and saves."""

    accelerator: str
    devices: int | str
    strategy: str
    precision: str
    log_every_steps: int
    checkpoint_every_steps: int


class ResumableTraining(pl.LightningModule, ABC):
    """A network and its running average; `step` and `elapsed_s` go on where a run was left."""

    def __init__(self, kind: str, ends: Ends, weight_average: float, clock: Clock | None) -> None:
        """`kind` names the network in checkpoints, `weight_average` how much its average keeps."""
        super().__init__()
        self.automatic_optimization = False
        self.step = 0
        self.restored_from: Path | None = None
        self._kind = kind
        self._ends = ends
        self._weight_average = weight_average
        self._clock = clock or time.monotonic
        self._began: float | None = None
        self._elapsed_before_s = 0.0

    @abstractmethod
    def parts(self) -> Parts:
        """Everything that a checkpoint holds."""

    @property
    def elapsed_s(self) -> float:
        running = 0.0 if self._began is None else self._clock() - self._began
        return self._elapsed_before_s + running

    @property
    def progress(self) -> Progress:
        return Progress(self._kind, self.step, self.elapsed_s)

    @property
    def done(self) -> float:
        """The part of the run that is behind, 0 to 1."""
        return self.progress.part_of(self._ends.steps, self._ends.minutes)

    def on_fit_start(self) -> None:
        if self.restored_from is not None:
            progress = restore_checkpoint(self.restored_from, self.parts())
            self.step, self._elapsed_before_s = progress.step, progress.elapsed_s
        self._began = self._clock()

    def save(self, run_folder: Path) -> Path:
        return save_checkpoint(run_folder, self.progress, self.parts())

    def optimisers(self) -> list[Optimizer]:
        found = self.optimizers(use_pl_optimizer=False)
        return found if isinstance(found, list) else [found]

    def improve(self, network: nn.Module, loss: Tensor, ceiling: float) -> Tensor:
        """One step of the first optimiser; returns the gradient's norm before it was clipped."""
        optimiser = self.optimisers()[0]
        optimiser.zero_grad()
        self.manual_backward(loss)
        gradient = torch.nn.utils.clip_grad_norm_(network.parameters(), ceiling)
        optimiser.step()
        return gradient

    def step_is_done(self, losses: Mapping[str, Tensor]) -> None:
        """Count the step, log it, and stop where the run ends."""
        self.step += 1
        told = {name: value.detach().float() for name, value in losses.items()}
        told["step"] = torch.tensor(float(self.step))
        told["elapsed_s"] = torch.tensor(self.elapsed_s)
        self.log_dict(told)
        self.trainer.should_stop = self.trainer.strategy.reduce_boolean_decision(
            self.done >= 1.0, all=False
        )

    def falling(self, last_share: float, warmup_steps: int) -> float:
        """The share of the full learning rate: a short rise, then a cosine to `last_share`."""
        cosine = 0.5 * (1.0 + math.cos(math.pi * self.done))
        rising = min(1.0, (self.step + 1) / max(1, warmup_steps))
        return (last_share + (1.0 - last_share) * cosine) * rising

    @torch.no_grad()
    def follow(self, average: nn.Module, network: nn.Module) -> None:
        """Move the average towards the network; quickly at first."""
        kept = min(self._weight_average, (1.0 + self.step) / (10.0 + self.step))
        for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - kept)


class Checkpoints(pl.Callback):
    """Asks for the permit anew and saves, every so many steps and at the end."""

    def __init__(self, run_folder: Path, every_steps: int, renew: Callable[[], None]) -> None:
        self._run_folder = run_folder
        self._every_steps = every_steps
        self._renew = renew

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Mapping[str, Any] | Tensor | None,
        batch: Any,
        batch_idx: int,
    ) -> None:
        if _resumable(pl_module).step % self._every_steps == 0:
            self._save(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._save(trainer, pl_module)

    def _save(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._renew()
        if trainer.is_global_zero:
            _resumable(pl_module).save(self._run_folder)
        trainer.strategy.barrier()


def finished(run_folder: Path, ends: Ends) -> RunResult | None:
    """What an earlier call made, where it already came to its end."""
    checkpoint = latest_checkpoint(run_folder)
    if checkpoint is None:
        return None
    progress = read_progress(checkpoint)
    if progress.part_of(ends.steps, ends.minutes) < 1.0:
        return None
    return RunResult(checkpoint, progress.step, progress.elapsed_s)


def first_step(run_folder: Path) -> int:
    """The step that a run in this folder goes on from."""
    checkpoint = latest_checkpoint(run_folder)
    return 0 if checkpoint is None else read_progress(checkpoint).step


def make_trainer(
    run_folder: Path,
    machine: Machine,
    renew: Callable[[], None],
    callbacks: Sequence[pl.Callback] = (),
) -> pl.Trainer:
    """Lightning's trainer: losses as CSV, our own checkpoints, nothing pickled."""
    return pl.Trainer(
        accelerator=machine.accelerator,
        devices=machine.devices,
        strategy=machine.strategy,
        precision=machine.precision,  # type: ignore[arg-type]
        max_epochs=1,
        logger=CSVLogger(run_folder, name="losses"),
        log_every_n_steps=machine.log_every_steps,
        callbacks=[Checkpoints(run_folder, machine.checkpoint_every_steps, renew), *callbacks],
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        default_root_dir=run_folder,
    )


def carry_on(
    trainer: pl.Trainer,
    module: ResumableTraining,
    batches: IterableDataset[Any],
    run_folder: Path,
    renew: Callable[[], None],
) -> RunResult:
    """Train from the folder's last checkpoint, if there is one, to the end of the run."""
    renew()
    module.restored_from = latest_checkpoint(run_folder)
    trainer.fit(module, DataLoader(batches, batch_size=None, num_workers=0))
    checkpoint = latest_checkpoint(run_folder)
    if checkpoint is None:
        raise RuntimeError(f"{run_folder}: the run ended without a checkpoint")
    return RunResult(checkpoint, module.step, module.elapsed_s)


def _resumable(module: pl.LightningModule) -> ResumableTraining:
    if not isinstance(module, ResumableTraining):
        raise TypeError(f"these callbacks belong to a run of ours, not {type(module).__name__}")
    return module
