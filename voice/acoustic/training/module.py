"""One training step of the acoustic model."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.optim import AdamW, Optimizer

from vocoder.training.checkpoints import Parts
from vocoder.training.resuming import Clock, Ends, ResumableTraining
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.networks.prior import FrameTrack
from voice.acoustic.training.adversary import PatchDiscriminator
from voice.acoustic.training.crops import AcousticBatch
from voice.acoustic.training.losses import (
    colour_loss,
    curve_losses,
    duration_loss,
    kl_loss,
    mel_loss,
)
from voice.acoustic.training.options import AcousticTrainingOptions

GRADIENT_CEILING = 1.0
LAST_RATE_SHARE = 0.05
DURATION_WEIGHT = 0.05
CURVE_WEIGHT = 0.2
ADVERSARY_BETAS = (0.5, 0.9)
MODEL_NAME = "acoustic"


class AcousticTraining(ResumableTraining):
    """The model, its running average and, when it joins, the discriminator."""

    def __init__(
        self,
        model: AcousticModel,
        options: AcousticTrainingOptions,
        fresh: Sequence[str] = (),
        clock: Clock | None = None,
    ) -> None:
        """`fresh` are prefixes of weights that begin anew and learn alone at first."""
        ends = Ends(options.steps, options.minutes)
        super().__init__(MODEL_NAME, ends, options.weight_average, clock)
        self.fresh = tuple(fresh)
        self.options = options
        self.model = model
        self.average = copy.deepcopy(model).requires_grad_(False)
        self.adversary = None if options.adversarial_from_step is None else PatchDiscriminator()

    @property
    def adversarial(self) -> bool:
        first = self.options.adversarial_from_step
        return first is not None and self.step >= first

    def configure_optimizers(self) -> list[Optimizer]:
        rate = self.options.learning_rate
        chosen: list[Optimizer] = [
            AdamW(self.model.parameters(), rate, (0.9, 0.98), weight_decay=0.01)
        ]
        if self.adversary is not None:
            chosen.append(AdamW(self.adversary.parameters(), 2e-4, ADVERSARY_BETAS))
        return chosen

    def training_step(self, batch: AcousticBatch, batch_index: int) -> None:
        self._set_learning_rate()
        self._let_learn()
        speaker = self.model.speakers(batch.speaker)
        losses, made = self._generator_losses(batch, speaker)
        total = torch.stack(
            [losses[name] * weight for name, weight in self._weights().items()]
        ).sum()
        if self.adversary is not None and self.adversarial:
            losses["discriminator"] = self._train_adversary(made.detach(), batch)
            losses["adversary"] = self.adversary.fooled(made)
            total = total + self.options.adversarial_weight * losses["adversary"]
        losses["gradient"] = self.improve(self.model, total, GRADIENT_CEILING)
        self.follow(self.average, self.model)
        self.step_is_done(losses)

    def parts(self) -> Parts:
        """Model, average, and the discriminator once there is one."""
        modules: dict[str, torch.nn.Module] = {"model": self.model, "average": self.average}
        optimisers = {"model": self.optimisers()[0]}
        if self.adversary is not None:
            modules["adversary"] = self.adversary
            optimisers["adversary"] = self.optimisers()[1]
        return Parts(modules, optimisers)

    def _generator_losses(
        self, batch: AcousticBatch, speaker: Tensor
    ) -> tuple[dict[str, Tensor], Tensor]:
        """Losses of the prior's pass over all crops and the posterior's over some of them."""
        targets = batch.targets
        silent = torch.zeros(
            len(speaker), self.model.config.latent, targets.mel.shape[-1], device=speaker.device
        )
        prior = self.model.from_score(batch.phones, batch.frames, speaker, silent)
        some = max(1, round(self.options.posterior_share * len(speaker)))
        posterior = self.model.from_sound(
            targets.mel[:some],
            FrameTrack(*(track[:some] for track in batch.frames)),
            speaker[:some],
            torch.randn_like(silent[:some]),
        )
        heard = prior._replace(mean=prior.mean[:some], log_std=prior.log_std[:some])
        voicing, energy, deviation = curve_losses(prior, batch)
        losses = {
            "mel_prior": mel_loss(prior.mel.float(), targets.mel, targets.weight),
            "colour": colour_loss(
                prior.mel.float(), targets.mel, targets.weight * batch.frames.voiced[:, None]
            ),
            "mel_posterior": mel_loss(
                posterior.mel.float(), targets.mel[:some], targets.weight[:some]
            ),
            "kl": kl_loss(heard, posterior, targets.labelled[:some]),
            "duration": duration_loss(prior, batch),
            "voicing": voicing,
            "energy": energy,
            "deviation": deviation,
        }
        return losses, prior.mel.float()

    def _weights(self) -> dict[str, float]:
        options = self.options
        known = 1.0 if self.fresh else self.step / max(1, options.kl_warmup_steps)
        kl = options.kl_weight * min(1.0, known)
        return {
            "mel_prior": 1.0,
            "colour": options.colour_weight,
            "mel_posterior": 0.5,
            "kl": kl,
            "duration": DURATION_WEIGHT,
            "voicing": CURVE_WEIGHT,
            "energy": CURVE_WEIGHT,
            "deviation": CURVE_WEIGHT,
        }

    def _train_adversary(self, made: Tensor, batch: AcousticBatch) -> Tensor:
        if self.adversary is None:
            raise RuntimeError("adversarial training was not asked for in the options")
        loss = self.adversary.judged(batch.targets.mel, made)
        optimiser = self.optimisers()[1]
        optimiser.zero_grad()
        self.manual_backward(loss)
        optimiser.step()
        return loss

    def _set_learning_rate(self) -> None:
        options = self.options
        rate = options.learning_rate * self.falling(LAST_RATE_SHARE, options.warmup_steps)
        for group in self.optimisers()[0].param_groups:
            group["lr"] = rate

    def _let_learn(self) -> None:
        """While fresh weights catch up, the others stand still."""
        alone = bool(self.fresh) and self.step < self.options.fresh_steps
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad_(not alone or name.startswith(self.fresh))
