"""One training step of the content encoder; the acoustic model behind it stays as it is."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from pathlib import Path

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.optim import AdamW, Optimizer

from vocoder.training.checkpoints import Parts, Progress, restore_checkpoint, save_checkpoint
from voice.acoustic.networks.model import AcousticModel
from voice.conversion.networks import ContentEncoder, SpeakerProjection
from voice.conversion.training.crops import ContentBatch
from voice.conversion.training.losses import WEIGHTS, lesson_of, losses_of
from voice.conversion.training.options import ContentTrainingOptions

GRADIENT_CEILING = 1.0
LAST_RATE_SHARE = 0.05
MODEL_NAME = "content"


class Listener(torch.nn.Module):
    """All that is trained: the encoder, and the way from an embedding to a singer."""

    def __init__(self, encoder: ContentEncoder, projection: SpeakerProjection) -> None:
        super().__init__()
        self.encoder = encoder
        self.projection = projection


class ContentTraining(pl.LightningModule):
    """The listener, its running average, and the frozen acoustic model."""

    def __init__(
        self,
        listener: Listener,
        model: AcousticModel,
        options: ContentTrainingOptions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.options = options
        self.listener = listener
        self.average = copy.deepcopy(listener).requires_grad_(False)
        self.model = model.eval().requires_grad_(False)
        self.step = 0
        self.restored_from: Path | None = None
        self._clock = clock
        self._began: float | None = None
        self._elapsed_before_s = 0.0

    @property
    def elapsed_s(self) -> float:
        running = 0.0 if self._began is None else self._clock() - self._began
        return self._elapsed_before_s + running

    @property
    def done(self) -> float:
        """The part of the run that is behind, 0 to 1."""
        return self._progress().part_of(self.options.steps, self.options.minutes)

    def configure_optimizers(self) -> Optimizer:
        return AdamW(
            self.listener.parameters(), self.options.learning_rate, (0.9, 0.98), weight_decay=0.01
        )

    def on_fit_start(self) -> None:
        if self.restored_from is not None:
            progress = restore_checkpoint(self.restored_from, self._parts())
            self.step, self._elapsed_before_s = progress.step, progress.elapsed_s
        self._began = self._clock()

    def training_step(self, batch: ContentBatch, batch_index: int) -> None:
        self._set_learning_rate()
        losses = self._losses(batch)
        total = torch.stack(
            [losses[name] * weight for name, weight in WEIGHTS.items() if name in losses]
        ).sum()
        optimiser = self._optimiser()
        optimiser.zero_grad()
        self.manual_backward(total)
        losses["gradient"] = torch.nn.utils.clip_grad_norm_(
            self.listener.parameters(), GRADIENT_CEILING
        )
        optimiser.step()
        self._follow()
        self.step += 1
        losses["step"] = torch.tensor(float(self.step))
        losses["elapsed_s"] = torch.tensor(self.elapsed_s)
        self.log_dict({name: value.detach().float() for name, value in losses.items()})
        self.trainer.should_stop = self.trainer.strategy.reduce_boolean_decision(
            self.done >= 1.0, all=False
        )

    def save(self, run_folder: Path) -> Path:
        return save_checkpoint(run_folder, self._progress(), self._parts())

    def _losses(self, batch: ContentBatch) -> dict[str, Tensor]:
        rows = (batch.blend @ self.model.speakers.weight).float()
        projected = self.listener.projection(batch.embedding)
        speaker = torch.lerp(rows, projected.float(), batch.by_embedding)
        own = len(speaker) - batch.crossing
        speaker = torch.cat([speaker[:own], speaker[own:].detach()])
        content = self.listener.encoder(batch.heard, speaker)
        latent = self.model.flow.inverse(content.shared, speaker)
        mel = self.model.decoder(latent, batch.frames, speaker)
        return losses_of(content, mel, lesson_of(self.model, batch, speaker), batch)

    def _progress(self) -> Progress:
        return Progress(MODEL_NAME, self.step, self.elapsed_s)

    def _optimiser(self) -> Optimizer:
        found = self.optimizers(use_pl_optimizer=False)
        return found[0] if isinstance(found, list) else found

    def _parts(self) -> Parts:
        return Parts(
            {"listener": self.listener, "average": self.average}, {"listener": self._optimiser()}
        )

    def _set_learning_rate(self) -> None:
        options = self.options
        falling = LAST_RATE_SHARE + (1.0 - LAST_RATE_SHARE) * 0.5 * (
            1.0 + math.cos(math.pi * self.done)
        )
        rising = min(1.0, (self.step + 1) / max(1, options.warmup_steps))
        for group in self._optimiser().param_groups:
            group["lr"] = options.learning_rate * falling * rising

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average towards what is trained; quickly at first."""
        kept = min(self.options.weight_average, (1.0 + self.step) / (10.0 + self.step))
        for slow, fast in zip(self.average.parameters(), self.listener.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - kept)
