"""A content encoder's training run: from prepared corpora to a folder of checkpoints and logs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import CSVLogger
from torch.utils.data import DataLoader

from vocoder.store import SoundStore
from vocoder.training.checkpoints import latest_checkpoint, load_average, read_progress
from voice.acoustic.config import ABOUT_FILE, AcousticConfig
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training.fullness import filled_bands
from voice.acoustic.training.phrases import read_phrases
from voice.conversion.config import ContentConfig
from voice.conversion.networks import ContentEncoder, SpeakerProjection
from voice.conversion.training.crops import ContentCrops, Singer, meet_singers
from voice.conversion.training.module import ContentTraining, Listener
from voice.conversion.training.options import ContentTrainingOptions
from voice.corpora.label_files import read_labels
from voice.errors import CorpusError

LOG_EVERY_STEPS = 50
Embeddings = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class ContentTrainingResult:
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


def train_content(
    stores: Sequence[SoundStore],
    embeddings: Embeddings,
    options: ContentTrainingOptions,
    run_folder: Path,
    renew: Callable[[], None],
) -> ContentTrainingResult:
    """Train until the options' end; a folder that holds a checkpoint goes on from it.

    Args:
        embeddings: GE2E embeddings `(clips, 256)` of the speakers of the base model.
        renew: called before the first step and at every checkpoint; raises when the permission to
            train on these voices no longer holds, which ends the run with that error.
    """
    renew()
    torch.set_num_threads(options.threads)
    pl.seed_everything(options.seed, verbose=False)
    run_folder.mkdir(parents=True, exist_ok=True)
    model = AcousticModel(AcousticConfig())
    load_average(options.base, model)
    rows = _rows(options.base)
    phrases = filled_bands({s.folder.name: read_phrases(s, read_labels(s.folder)) for s in stores})
    strangers = {p.speaker for pool in phrases.values() for p in pool} - set(rows)
    if strangers:
        raise CorpusError(
            f"{options.base}: this model never sang as {', '.join(sorted(strangers))}; train it on "
            "the same corpora first"
        )
    singers = meet_singers(phrases, rows, embeddings)
    (run_folder / "options.json").write_text(
        json.dumps(asdict(options), default=str, indent=1), encoding="utf-8"
    )
    module = ContentTraining(_listener(options, run_folder, model, singers), model, options)
    module.restored_from = latest_checkpoint(run_folder)
    first_step = 0 if module.restored_from is None else read_progress(module.restored_from).step
    crops = ContentCrops(phrases, singers, model.config.speakers, options, first_step)
    trainer = _trainer(options, run_folder, renew)
    trainer.fit(module, DataLoader(crops, batch_size=None, num_workers=0))
    checkpoint = latest_checkpoint(run_folder)
    if checkpoint is None:
        raise RuntimeError(f"{run_folder}: the run ended without a checkpoint")
    return ContentTrainingResult(checkpoint, module.step, module.elapsed_s)


def load_listener(checkpoint: Path) -> Listener:
    """The averaged encoder and projection of a run."""
    config = ContentConfig()
    listener = Listener(ContentEncoder(config), SpeakerProjection(config))
    load_average(checkpoint, listener)
    return listener.eval()


def _listener(
    options: ContentTrainingOptions,
    run_folder: Path,
    model: AcousticModel,
    singers: Mapping[str, Singer],
) -> Listener:
    if options.content_from is not None and latest_checkpoint(run_folder) is None:
        return load_listener(options.content_from).train()
    config = ContentConfig()
    listener = Listener(ContentEncoder(config), SpeakerProjection(config))
    usual = np.mean([singer.usual for singer in singers.values()], axis=0)
    listener.encoder.usual_envelope.copy_(torch.from_numpy(usual))
    known = [singer for singer in singers.values() if len(singer.embeddings)]
    if known:
        centres = torch.from_numpy(np.stack([one.embeddings.mean(axis=0) for one in known]))
        rows = model.speakers.weight.detach()[[one.row for one in known]]
        listener.projection.fit(centres, rows)
    return listener


def _rows(base: Path) -> Mapping[str, int]:
    about_file = base.with_name(ABOUT_FILE)
    if not about_file.is_file():
        raise CorpusError(
            f"{about_file}: missing; give --start-from a checkpoint in its run folder"
        )
    rows: Mapping[str, int] = json.loads(about_file.read_text(encoding="utf-8"))["speakers"]
    return rows


def _trainer(
    options: ContentTrainingOptions, run_folder: Path, renew: Callable[[], None]
) -> pl.Trainer:
    return pl.Trainer(
        accelerator=options.accelerator,
        devices=options.devices,
        precision=options.precision,  # type: ignore[arg-type]
        max_epochs=1,
        logger=CSVLogger(run_folder, name="losses"),
        log_every_n_steps=LOG_EVERY_STEPS,
        callbacks=[Checkpoints(run_folder, options.checkpoint_every_steps, renew)],
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=run_folder,
    )


def _training(module: pl.LightningModule) -> ContentTraining:
    if not isinstance(module, ContentTraining):
        raise TypeError(f"these callbacks belong to a content run, not {type(module).__name__}")
    return module
