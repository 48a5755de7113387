"""A training run from stores to a folder of checkpoints, logs, sounds and pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import CSVLogger
from torch.utils.data import DataLoader

from vocoder.networks.network import VocoderNetwork
from vocoder.store import SoundStore
from vocoder.training.build import build_network
from vocoder.training.checkpoints import latest_checkpoint, load_average, read_progress
from vocoder.training.crops import Crops
from vocoder.training.listening import Listening
from vocoder.training.module import VocoderTraining
from vocoder.training.options import VocoderTrainingOptions
from vocoder.training.resampling import make_resampler


@dataclass(frozen=True)
class VocoderTrainingResult:
    """Where the last checkpoint lies and how far it came."""

    checkpoint: Path
    steps: int
    elapsed_s: float


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
        outputs: Mapping[str, Any] | torch.Tensor | None,
        batch: Any,
        batch_idx: int,
    ) -> None:
        if _training(pl_module).step % self._every_steps == 0:
            self._save(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._save(trainer, pl_module)

    def _save(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._renew()
        if trainer.is_global_zero:
            _training(pl_module).save(self._run_folder)
        trainer.strategy.barrier()


def train_vocoder(
    stores: Sequence[SoundStore],
    options: VocoderTrainingOptions,
    run_folder: Path,
    renew: Callable[[], None],
) -> VocoderTrainingResult:
    """Train until the options' end; a folder that holds a checkpoint goes on from it.

    A run that has reached its end is left as it is.

    Args:
        renew: called before the first step and at every checkpoint; raises when the permission to
            train on these sounds no longer holds, which ends the run with that error.
    """
    renew()
    finished = _finished(options, run_folder)
    if finished is not None:
        return finished
    torch.set_num_threads(options.threads)
    pl.seed_everything(options.seed, verbose=False)
    trainer = _trainer(options, run_folder, stores, renew)
    resampler = make_resampler(options.resampler, trainer.strategy.root_device)
    run_folder.mkdir(parents=True, exist_ok=True)
    record = json.dumps(asdict(options), default=str, indent=1)
    (run_folder / "options.json").write_text(record, encoding="utf-8")
    module = VocoderTraining(_network(options, run_folder), options)
    module.restored_from = latest_checkpoint(run_folder)
    first_step = 0 if module.restored_from is None else read_progress(module.restored_from).step
    crops = Crops(stores, options, first_step, trainer.global_rank, resampler)
    trainer.fit(module, DataLoader(crops, batch_size=None, num_workers=0))
    checkpoint = latest_checkpoint(run_folder)
    if checkpoint is None:
        raise RuntimeError(f"{run_folder}: the run ended without a checkpoint")
    return VocoderTrainingResult(checkpoint, module.step, module.elapsed_s)


def _finished(options: VocoderTrainingOptions, run_folder: Path) -> VocoderTrainingResult | None:
    """What an earlier call made, where it already came to the options' end."""
    checkpoint = latest_checkpoint(run_folder)
    if checkpoint is None:
        return None
    progress = read_progress(checkpoint)
    if progress.part_of(options.steps, options.minutes) < 1.0:
        return None
    return VocoderTrainingResult(checkpoint, progress.step, progress.elapsed_s)


def _network(options: VocoderTrainingOptions, run_folder: Path) -> VocoderNetwork:
    network = build_network(options.model)
    if options.start_from is not None and latest_checkpoint(run_folder) is None:
        load_average(options.start_from, network)
    return network


def _trainer(
    options: VocoderTrainingOptions,
    run_folder: Path,
    stores: Sequence[SoundStore],
    renew: Callable[[], None],
) -> pl.Trainer:
    return pl.Trainer(
        accelerator=options.accelerator,
        devices=options.devices,
        strategy=options.strategy,
        max_epochs=1,
        logger=CSVLogger(run_folder, name="losses"),
        log_every_n_steps=options.log_every_steps,
        callbacks=[
            Checkpoints(run_folder, options.checkpoint_every_steps, renew),
            Listening(stores, run_folder / "listen", options.listen_every_steps),
        ],
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        default_root_dir=run_folder,
    )


def _training(module: pl.LightningModule) -> VocoderTraining:
    if not isinstance(module, VocoderTraining):
        raise TypeError(f"these callbacks belong to a vocoder run, not to {type(module).__name__}")
    return module
