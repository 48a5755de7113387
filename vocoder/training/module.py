"""One training step of a vocoder: spectral losses, then discriminators beside them."""

from __future__ import annotations

import copy

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim import AdamW, Optimizer

from vocoder.networks.network import VocoderNetwork
from vocoder.training.checkpoints import Parts
from vocoder.training.crops import CropBatch
from vocoder.training.discriminators import Discriminators
from vocoder.training.losses import (
    LogMel,
    SpectralLoss,
    discriminator_loss,
    feature_loss,
    generator_loss,
)
from vocoder.training.options import VocoderTrainingOptions
from vocoder.training.resuming import Clock, Ends, ResumableTraining

MEL_WEIGHT = 45.0
SPECTRAL_WEIGHT = 2.5
FEATURE_WEIGHT = 2.0
GRADIENT_CEILING = 10.0
SPECTRAL_BETAS = (0.9, 0.99)
ADVERSARIAL_BETAS = (0.8, 0.99)


class VocoderTraining(ResumableTraining):
    """Generator, its running average and the discriminators, trained together.

    Spectral losses alone until the adversarial step, if there is one.
    """

    def __init__(
        self,
        network: VocoderNetwork,
        options: VocoderTrainingOptions,
        clock: Clock | None = None,
    ) -> None:
        ends = Ends(options.steps, options.minutes)
        super().__init__(options.model, ends, options.weight_average, clock)
        self.options = options
        self.generator = network
        self.average = copy.deepcopy(network).requires_grad_(False)
        self.discriminators = (
            None
            if options.adversarial_from_step is None
            else Discriminators(options.discriminator_width)
        )
        self.log_mel = LogMel()
        self.spectral = SpectralLoss()

    @property
    def adversarial(self) -> bool:
        first = self.options.adversarial_from_step
        return first is not None and self.step >= first

    def configure_optimizers(self) -> list[Optimizer]:
        options = self.options
        first = AdamW(self.generator.parameters(), options.learning_rate, SPECTRAL_BETAS)
        if self.discriminators is None:
            return [first]
        rate = options.adversarial_learning_rate
        return [first, AdamW(self.discriminators.parameters(), rate, ADVERSARIAL_BETAS)]

    def training_step(self, batch: CropBatch, batch_index: int) -> None:
        self._set_learning_rate()
        mel = self.log_mel(batch.framed) if batch.mel is None else batch.mel
        made = self.generator.render(mel, batch.log2_hz, batch.voiced, batch.harmonics, batch.noise)
        true = batch.wave
        spectral = self.spectral(made, true)
        losses = {"spectral": spectral}
        total = spectral
        if self.adversarial:
            losses["discriminator"] = self._train_discriminators(made.detach(), true)
            total = SPECTRAL_WEIGHT * spectral + self._adversarial_losses(made, batch, losses)
        losses["gradient"] = self.improve(self.generator, total, GRADIENT_CEILING)
        self.follow(self.average, self.generator)
        self.step_is_done(losses)

    def parts(self) -> Parts:
        """Generator, average, and the discriminators once there are any."""
        modules: dict[str, torch.nn.Module] = {"generator": self.generator, "average": self.average}
        optimisers = {"generator": self.optimisers()[0]}
        if self.discriminators is not None:
            modules["discriminators"] = self.discriminators
            optimisers["discriminators"] = self.optimisers()[1]
        return Parts(modules, optimisers)

    def _adversarial_losses(
        self, made: Tensor, batch: CropBatch, losses: dict[str, Tensor]
    ) -> Tensor:
        discriminators = self._judges()
        discriminators.requires_grad_(False)
        true_verdict, made_verdict = discriminators(batch.wave), discriminators(made)
        discriminators.requires_grad_(True)
        losses["adversary"] = generator_loss(made_verdict.scores)
        losses["feature"] = feature_loss(true_verdict.features, made_verdict.features)
        margin = (batch.framed.shape[1] - made.shape[1]) // 2
        framed = torch.cat([batch.framed[:, :margin], made, batch.framed[:, -margin:]], dim=1)
        losses["mel"] = F.l1_loss(self.log_mel(framed), self.log_mel(batch.framed))
        return losses["adversary"] + FEATURE_WEIGHT * losses["feature"] + MEL_WEIGHT * losses["mel"]

    def _train_discriminators(self, made: Tensor, true: Tensor) -> Tensor:
        discriminators = self._judges()
        loss = discriminator_loss(discriminators(true).scores, discriminators(made).scores)
        optimiser = self.optimisers()[1]
        optimiser.zero_grad()
        self.manual_backward(loss)
        optimiser.step()
        return loss

    def _judges(self) -> Discriminators:
        if self.discriminators is None:
            raise RuntimeError("adversarial training was not asked for in the options")
        return self.discriminators

    def _set_learning_rate(self) -> None:
        options = self.options
        shape = self.falling(0.0, options.warmup_steps)
        rate = options.adversarial_learning_rate if self.adversarial else options.learning_rate
        betas = ADVERSARIAL_BETAS if self.adversarial else SPECTRAL_BETAS
        for optimiser, full in zip(
            self.optimisers(), (rate, options.adversarial_learning_rate), strict=False
        ):
            for group in optimiser.param_groups:
                group["lr"] = full * shape
        self.optimisers()[0].param_groups[0]["betas"] = betas
