"""One training step of the content encoder; the acoustic model behind it stays as it is."""

from __future__ import annotations

import copy

import torch
from torch import Tensor
from torch.optim import AdamW, Optimizer

from vocoder.training.checkpoints import Parts
from vocoder.training.resuming import Clock, Ends, ResumableTraining
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


class ContentTraining(ResumableTraining):
    """The listener, its running average, and the frozen acoustic model."""

    def __init__(
        self,
        listener: Listener,
        model: AcousticModel,
        options: ContentTrainingOptions,
        clock: Clock | None = None,
    ) -> None:
        ends = Ends(options.steps, options.minutes)
        super().__init__(MODEL_NAME, ends, options.weight_average, clock)
        self.options = options
        self.listener = listener
        self.average = copy.deepcopy(listener).requires_grad_(False)
        self.model = model.eval().requires_grad_(False)

    def configure_optimizers(self) -> Optimizer:
        return AdamW(
            self.listener.parameters(), self.options.learning_rate, (0.9, 0.98), weight_decay=0.01
        )

    def training_step(self, batch: ContentBatch, batch_index: int) -> None:
        self._set_learning_rate()
        losses = self._losses(batch)
        total = torch.stack(
            [losses[name] * weight for name, weight in WEIGHTS.items() if name in losses]
        ).sum()
        losses["gradient"] = self.improve(self.listener, total, GRADIENT_CEILING)
        self.follow(self.average, self.listener)
        self.step_is_done(losses)

    def parts(self) -> Parts:
        """The listener and its average; the acoustic model does not change."""
        modules: dict[str, torch.nn.Module] = {"listener": self.listener, "average": self.average}
        return Parts(modules, {"listener": self.optimisers()[0]})

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

    def _set_learning_rate(self) -> None:
        options = self.options
        rate = options.learning_rate * self.falling(LAST_RATE_SHARE, options.warmup_steps)
        for group in self.optimisers()[0].param_groups:
            group["lr"] = rate
