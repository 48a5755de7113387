"""A content encoder's training run: from prepared corpora to a folder of checkpoints and logs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
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
from voice.acoustic.config import ABOUT_FILE, AcousticConfig
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training.fullness import filled_bands
from voice.acoustic.training.phrases import read_phrases
from voice.conversion.config import ContentConfig
from voice.conversion.networks import ContentEncoder, SpeakerProjection
from voice.conversion.training.crops import ContentCrops, Singer, meet_singers
from voice.conversion.training.module import ContentTraining, Listener
from voice.conversion.training.options import ContentTrainingOptions
from voice.conversion.training.rebuilding import fill_encoder
from voice.corpora.label_files import read_labels
from voice.errors import CorpusError

LOG_EVERY_STEPS = 50
EXPORTED = ".onnx"
Embeddings = Mapping[str, npt.NDArray[np.float32]]


def train_content(
    stores: Sequence[SoundStore],
    embeddings: Embeddings,
    options: ContentTrainingOptions,
    run_folder: Path,
    renew: Callable[[], None],
) -> RunResult:
    """Train until the options' end; a folder that holds a checkpoint goes on from it.

    A run that has reached its end is left as it is.

    Args:
        embeddings: GE2E embeddings `(clips, 256)` of the speakers of the base model.
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
    trainer = make_trainer(run_folder, _machine(options), renew)
    rows_of_model = model.config.speakers
    crops = ContentCrops(phrases, singers, rows_of_model, options, first_step(run_folder))
    return carry_on(trainer, module, crops, run_folder, renew)


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
    """A new listener, that of an earlier run, or the encoder of an exported file.

    The way from an embedding to a singer begins as the regression of this very model's singers.
    """
    first = options.content_from
    if first is not None and first.suffix != EXPORTED and latest_checkpoint(run_folder) is None:
        return load_listener(first).train()
    config = ContentConfig()
    listener = Listener(ContentEncoder(config), SpeakerProjection(config))
    if first is not None and first.suffix == EXPORTED:
        fill_encoder(listener.encoder, onnx.load(first))
    else:
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


def _machine(options: ContentTrainingOptions) -> Machine:
    return Machine(
        accelerator=options.accelerator,
        devices=options.devices,
        strategy="auto",
        precision=options.precision,
        log_every_steps=LOG_EVERY_STEPS,
        checkpoint_every_steps=options.checkpoint_every_steps,
    )
