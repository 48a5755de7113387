"""An acoustic training run: from prepared corpora to a folder of checkpoints and logs."""

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

from vocoder.store import SoundStore
from vocoder.training.checkpoints import latest_checkpoint, load_average, read_progress
from voice.acoustic.config import AcousticConfig
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training.about import fresh_parts, settle_speakers
from voice.acoustic.training.crops import AcousticCrops
from voice.acoustic.training.fullness import filled_bands
from voice.acoustic.training.module import AcousticTraining
from voice.acoustic.training.options import AcousticTrainingOptions
from voice.acoustic.training.phrases import read_phrases
from voice.corpora.label_files import read_labels
from voice.errors import CorpusError

LOG_EVERY_STEPS = 50


@dataclass(frozen=True)
class AcousticTrainingResult:
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


def train_acoustic(
    stores: Sequence[SoundStore],
    options: AcousticTrainingOptions,
    run_folder: Path,
    renew: Callable[[], None],
) -> AcousticTrainingResult:
    """Train until the options' end; a folder that holds a checkpoint goes on from it.

    A run that has reached its end is left as it is.

    Args:
        renew: called before the first step and at every checkpoint; raises when the permission to
            train on these voices no longer holds, which ends the run with that error.
    """
    renew()
    finished = _finished(options, run_folder)
    if finished is not None:
        return finished
    torch.set_num_threads(options.threads)
    pl.seed_everything(options.seed, verbose=False)
    run_folder.mkdir(parents=True, exist_ok=True)
    phrases = filled_bands({s.folder.name: read_phrases(s, read_labels(s.folder)) for s in stores})
    speakers = settle_speakers(phrases, run_folder, options)
    (run_folder / "options.json").write_text(
        json.dumps(asdict(options), default=str, indent=1), encoding="utf-8"
    )
    model = _model(options, run_folder)
    if len(speakers) > model.config.speakers:
        raise CorpusError(
            f"{len(speakers)} speakers, but the model has room for {model.config.speakers}; "
            "train on fewer"
        )
    module = AcousticTraining(model, options, fresh_parts(run_folder))
    module.restored_from = latest_checkpoint(run_folder)
    first_step = 0 if module.restored_from is None else read_progress(module.restored_from).step
    trainer = _trainer(options, run_folder, renew)
    crops = AcousticCrops(phrases, speakers, options, first_step, trainer.global_rank)
    trainer.fit(module, DataLoader(crops, batch_size=None, num_workers=0))
    checkpoint = latest_checkpoint(run_folder)
    if checkpoint is None:
        raise RuntimeError(f"{run_folder}: the run ended without a checkpoint")
    return AcousticTrainingResult(checkpoint, module.step, module.elapsed_s)


def _finished(options: AcousticTrainingOptions, run_folder: Path) -> AcousticTrainingResult | None:
    """What an earlier call made, where it already came to the options' end."""
    checkpoint = latest_checkpoint(run_folder)
    if checkpoint is None:
        return None
    progress = read_progress(checkpoint)
    if progress.part_of(options.steps, options.minutes) < 1.0:
        return None
    return AcousticTrainingResult(checkpoint, progress.step, progress.elapsed_s)


def _trainer(
    options: AcousticTrainingOptions, run_folder: Path, renew: Callable[[], None]
) -> pl.Trainer:
    return pl.Trainer(
        accelerator=options.accelerator,
        devices=options.devices,
        strategy=options.strategy,
        precision=options.precision,  # type: ignore[arg-type]
        max_epochs=1,
        logger=CSVLogger(run_folder, name="losses"),
        log_every_n_steps=LOG_EVERY_STEPS,
        callbacks=[Checkpoints(run_folder, options.checkpoint_every_steps, renew)],
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        default_root_dir=run_folder,
    )


def _model(options: AcousticTrainingOptions, run_folder: Path) -> AcousticModel:
    model = AcousticModel(AcousticConfig())
    if options.start_from is not None and latest_checkpoint(run_folder) is None:
        load_average(options.start_from, model)
    return model


def _training(module: pl.LightningModule) -> AcousticTraining:
    if not isinstance(module, AcousticTraining):
        raise TypeError(f"these callbacks belong to an acoustic run, not {type(module).__name__}")
    return module
