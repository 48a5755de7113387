"""A training run from stores to a folder of checkpoints, logs, sounds and pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytorch_lightning as pl
import torch

from vocoder.networks.network import VocoderNetwork
from vocoder.store import SoundStore
from vocoder.training.build import build_network
from vocoder.training.checkpoints import latest_checkpoint, load_average
from vocoder.training.crops import Crops
from vocoder.training.listening import Listening
from vocoder.training.module import VocoderTraining
from vocoder.training.options import VocoderTrainingOptions
from vocoder.training.resampling import make_resampler
from vocoder.training.resuming import (
    Ends,
    Machine,
    RunResult,
    carry_on,
    finished,
    first_step,
    make_trainer,
)


def train_vocoder(
    stores: Sequence[SoundStore],
    options: VocoderTrainingOptions,
    run_folder: Path,
    renew: Callable[[], None],
) -> RunResult:
    """Train until the options' end; a folder that holds a checkpoint goes on from it.

    A run that has reached its end is left as it is.

    Args:
        renew: called before the first step and at every checkpoint; raises when the permission to
            train on these sounds no longer holds, which ends the run with that error.
    """
    renew()
    ends = Ends(options.steps, options.minutes)
    earlier = finished(run_folder, ends)
    if earlier is not None:
        return earlier
    torch.set_num_threads(options.threads)
    pl.seed_everything(options.seed, verbose=False)
    listening = Listening(stores, run_folder / "listen", options.listen_every_steps)
    trainer = make_trainer(run_folder, _machine(options), renew, [listening])
    resampler = make_resampler(options.resampler, trainer.strategy.root_device)
    run_folder.mkdir(parents=True, exist_ok=True)
    record = json.dumps(asdict(options), default=str, indent=1)
    (run_folder / "options.json").write_text(record, encoding="utf-8")
    module = VocoderTraining(_network(options, run_folder), options)
    crops = Crops(stores, options, first_step(run_folder), trainer.global_rank, resampler)
    return carry_on(trainer, module, crops, run_folder, renew)


def _machine(options: VocoderTrainingOptions) -> Machine:
    return Machine(
        accelerator=options.accelerator,
        devices=options.devices,
        strategy=options.strategy,
        precision="32-true",
        log_every_steps=options.log_every_steps,
        checkpoint_every_steps=options.checkpoint_every_steps,
    )


def _network(options: VocoderTrainingOptions, run_folder: Path) -> VocoderNetwork:
    network = build_network(options.model)
    if options.start_from is not None and latest_checkpoint(run_folder) is None:
        load_average(options.start_from, network)
    return network
