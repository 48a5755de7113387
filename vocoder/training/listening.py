"""Sounds and pictures of a run: one held-back recording, made anew from its mel every so often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import soundfile
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vocoder.frames import SAMPLE_RATE_HZ
from vocoder.mel import log_mel
from vocoder.networks.network import VocoderNetwork
from vocoder.source import Excitation
from vocoder.store import Sound, SoundStore
from vocoder.training.module import VocoderTraining

LONGEST_FRAMES = 430


class Listening(pl.Callback):
    """Writes `step-N.wav` and `step-N.png` (recorded above, made below) for each store."""

    def __init__(self, stores: Sequence[SoundStore], folder: Path, every_steps: int) -> None:
        self._examples = [sound for store in stores for sound in _first_held_back(store)]
        self._folder = folder
        self._every_steps = every_steps

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Mapping[str, Any] | torch.Tensor | None,
        batch: Any,
        batch_idx: int,
    ) -> None:
        if not isinstance(pl_module, VocoderTraining) or not trainer.is_global_zero:
            return
        if pl_module.step % self._every_steps == 0:
            self._folder.mkdir(parents=True, exist_ok=True)
            for number, sound in enumerate(self._examples):
                made = resynthesise(pl_module.average, sound)
                stem = self._folder / f"step-{pl_module.step:08d}-{number}"
                soundfile.write(stem.with_suffix(".wav"), made, SAMPLE_RATE_HZ)
                _picture(sound.mel, log_mel(made), stem.with_suffix(".png"))


@torch.no_grad()
def resynthesise(network: VocoderNetwork, sound: Sound, seed: int = 0) -> np.ndarray:
    """The wave that a network makes of a recording's mel and pitch, shape `(samples,)`."""
    device = next(network.parameters()).device
    frames = sound.mel.shape[1]
    source = Excitation(sound.pitch, seed)
    arrays = (
        sound.mel,
        np.log2(sound.pitch.hz).astype(np.float32),
        sound.pitch.voiced.astype(np.float32),
        source.harmonics(0, frames),
        source.noise(0, frames),
    )
    wave = network.render(*(torch.from_numpy(array)[None].to(device) for array in arrays))
    return np.asarray(wave[0].cpu().numpy())


def _first_held_back(store: SoundStore) -> list[Sound]:
    for row in store.recordings:
        if row.held_back:
            return [store.read(row, 0, min(row.frames, LONGEST_FRAMES))]
    return []


def _picture(recorded: np.ndarray, made: np.ndarray, path: Path) -> None:
    figure = Figure(figsize=(10, 6), layout="constrained")
    FigureCanvasAgg(figure)
    for place, (title, mel) in enumerate((("recorded", recorded), ("made", made)), start=1):
        axes = figure.add_subplot(2, 1, place)
        axes.imshow(mel, origin="lower", aspect="auto", vmin=-10.0, vmax=1.0)
        axes.set_title(title)
        axes.set_ylabel("mel band")
    axes.set_xlabel("frame")
    figure.savefig(path)
