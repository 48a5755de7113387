"""One training step of a vocoder: spectral losses, then discriminators beside them."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from pathlib import Path

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim import AdamW, Optimizer

from vocoder.networks.network import VocoderNetwork
from vocoder.training.checkpoints import Parts, Progress, restore_checkpoint, save_checkpoint
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

MEL_WEIGHT = 45.0
SPECTRAL_WEIGHT = 2.5
FEATURE_WEIGHT = 2.0
GRADIENT_CEILING = 10.0
SPECTRAL_BETAS = (0.9, 0.99)
ADVERSARIAL_BETAS = (0.8, 0.99)


class VocoderTraining(pl.LightningModule):
    """Generator, its running average and the discriminators, trained together.

    Spectral losses alone until the adversarial step, if there is one. `step` and `elapsed_s` go on
    where the run was left.
    """

    def __init__(
        self,
        network: VocoderNetwork,
        options: VocoderTrainingOptions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
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

    def on_fit_start(self) -> None:
        if self.restored_from is not None:
            progress = restore_checkpoint(self.restored_from, self._parts())
            self.step, self._elapsed_before_s = progress.step, progress.elapsed_s
        self._began = self._clock()

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
        generator_optimiser = self._optimisers()[0]
        generator_optimiser.zero_grad()
        self.manual_backward(total)
        losses["gradient"] = torch.nn.utils.clip_grad_norm_(
            self.generator.parameters(), GRADIENT_CEILING
        )
        generator_optimiser.step()
        self._follow()
        self.step += 1
        losses["step"] = torch.tensor(float(self.step))
        losses["elapsed_s"] = torch.tensor(self.elapsed_s)
        self.log_dict({name: value.detach() for name, value in losses.items()}, prog_bar=False)
        self.trainer.should_stop = self.trainer.strategy.reduce_boolean_decision(
            self.done >= 1.0, all=False
        )

    def save(self, run_folder: Path) -> Path:
        return save_checkpoint(run_folder, self._progress(), self._parts())

    def _progress(self) -> Progress:
        return Progress(self.options.model, self.step, self.elapsed_s)

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
        optimiser = self._optimisers()[1]
        optimiser.zero_grad()
        self.manual_backward(loss)
        optimiser.step()
        return loss

    def _judges(self) -> Discriminators:
        if self.discriminators is None:
            raise RuntimeError("adversarial training was not asked for in the options")
        return self.discriminators

    def _optimisers(self) -> list[Optimizer]:
        found = self.optimizers(use_pl_optimizer=False)
        return found if isinstance(found, list) else [found]

    def _parts(self) -> Parts:
        modules: dict[str, torch.nn.Module] = {"generator": self.generator, "average": self.average}
        optimisers = {"generator": self._optimisers()[0]}
        if self.discriminators is not None:
            modules["discriminators"] = self.discriminators
            optimisers["discriminators"] = self._optimisers()[1]
        return Parts(modules, optimisers)

    def _set_learning_rate(self) -> None:
        options = self.options
        shape = 0.5 + 0.5 * math.cos(math.pi * self.done)
        shape *= min(1.0, (self.step + 1) / max(1, options.warmup_steps))
        rate = options.adversarial_learning_rate if self.adversarial else options.learning_rate
        betas = ADVERSARIAL_BETAS if self.adversarial else SPECTRAL_BETAS
        for optimiser, full in zip(
            self._optimisers(), (rate, options.adversarial_learning_rate), strict=False
        ):
            for group in optimiser.param_groups:
                group["lr"] = full * shape
        self._optimisers()[0].param_groups[0]["betas"] = betas

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average towards the generator; quickly at first."""
        kept = min(self.options.weight_average, (1.0 + self.step) / (10.0 + self.step))
        for slow, fast in zip(self.average.parameters(), self.generator.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - kept)
