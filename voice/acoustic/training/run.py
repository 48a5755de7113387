"""An acoustic training run: from prepared corpora to a folder of checkpoints and logs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytorch_lightning as pl
import torch

from vocoder.store import SoundStore
from vocoder.training.checkpoints import latest_checkpoint, load_average
from vocoder.training.resuming import (
    Ends,
    Machine,
    RunResult,
    carry_on,
    finished,
    first_step,
    make_trainer,
)
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


def train_acoustic(
    stores: Sequence[SoundStore],
    options: AcousticTrainingOptions,
    run_folder: Path,
    renew: Callable[[], None],
) -> RunResult:
    """Train until the options' end; a folder that holds a checkpoint goes on from it.

    A run that has reached its end is left as it is.

    Args:
        renew: called before the first step and at every checkpoint; raises when the permission to
            train on these voices no longer holds, which ends the run with that error.
    """
    renew()
    ends = Ends(options.steps, options.minutes)
    earlier = finished(run_folder, ends)
    if earlier is not None:
        return earlier
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
    trainer = make_trainer(run_folder, _machine(options), renew)
    first = first_step(run_folder)
    crops = AcousticCrops(phrases, speakers, options, first, trainer.global_rank)
    return carry_on(trainer, module, crops, run_folder, renew)


def _machine(options: AcousticTrainingOptions) -> Machine:
    return Machine(
        accelerator=options.accelerator,
        devices=options.devices,
        strategy=options.strategy,
        precision=options.precision,
        log_every_steps=LOG_EVERY_STEPS,
        checkpoint_every_steps=options.checkpoint_every_steps,
    )


def _model(options: AcousticTrainingOptions, run_folder: Path) -> AcousticModel:
    model = AcousticModel(AcousticConfig())
    if options.start_from is not None and latest_checkpoint(run_folder) is None:
        load_average(options.start_from, model)
    return model
