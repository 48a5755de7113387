"""One training step of the acoustic model."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.optim import AdamW, Optimizer

from vocoder.training.checkpoints import Parts, Progress, restore_checkpoint, save_checkpoint
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.networks.prior import FrameTrack
from voice.acoustic.training.adversary import PatchDiscriminator
from voice.acoustic.training.crops import AcousticBatch
from voice.acoustic.training.losses import curve_losses, duration_loss, kl_loss, mel_loss
from voice.acoustic.training.options import AcousticTrainingOptions

GRADIENT_CEILING = 1.0
LAST_RATE_SHARE = 0.05
DURATION_WEIGHT = 0.05
CURVE_WEIGHT = 0.2
ADVERSARY_BETAS = (0.5, 0.9)
MODEL_NAME = "acoustic"


class AcousticTraining(pl.LightningModule):
    """The model, its running average and, when it joins, the discriminator."""

    def __init__(
        self,
        model: AcousticModel,
        options: AcousticTrainingOptions,
        fresh: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fresh` are prefixes of weights that begin anew and learn alone at first."""
        super().__init__()
        self.automatic_optimization = False
        self.fresh = tuple(fresh)
        self.options = options
        self.model = model
        self.average = copy.deepcopy(model).requires_grad_(False)
        self.adversary = None if options.adversarial_from_step is None else PatchDiscriminator()
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
        rate = self.options.learning_rate
        chosen: list[Optimizer] = [
            AdamW(self.model.parameters(), rate, (0.9, 0.98), weight_decay=0.01)
        ]
        if self.adversary is not None:
            chosen.append(AdamW(self.adversary.parameters(), 2e-4, ADVERSARY_BETAS))
        return chosen

    def on_fit_start(self) -> None:
        if self.restored_from is not None:
            progress = restore_checkpoint(self.restored_from, self._parts())
            self.step, self._elapsed_before_s = progress.step, progress.elapsed_s
        self._began = self._clock()

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
        optimiser = self._optimisers()[0]
        optimiser.zero_grad()
        self.manual_backward(total)
        losses["gradient"] = torch.nn.utils.clip_grad_norm_(
            self.model.parameters(), GRADIENT_CEILING
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

    def _progress(self) -> Progress:
        return Progress(MODEL_NAME, self.step, self.elapsed_s)

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
        optimiser = self._optimisers()[1]
        optimiser.zero_grad()
        self.manual_backward(loss)
        optimiser.step()
        return loss

    def _optimisers(self) -> list[Optimizer]:
        found = self.optimizers(use_pl_optimizer=False)
        return found if isinstance(found, list) else [found]

    def _parts(self) -> Parts:
        modules: dict[str, torch.nn.Module] = {"model": self.model, "average": self.average}
        optimisers = {"model": self._optimisers()[0]}
        if self.adversary is not None:
            modules["adversary"] = self.adversary
            optimisers["adversary"] = self._optimisers()[1]
        return Parts(modules, optimisers)

    def _set_learning_rate(self) -> None:
        options = self.options
        falling = LAST_RATE_SHARE + (1.0 - LAST_RATE_SHARE) * 0.5 * (
            1.0 + math.cos(math.pi * self.done)
        )
        rising = min(1.0, (self.step + 1) / max(1, options.warmup_steps))
        for group in self._optimisers()[0].param_groups:
            group["lr"] = options.learning_rate * falling * rising

    def _let_learn(self) -> None:
        """While fresh weights catch up, the others stand still."""
        alone = bool(self.fresh) and self.step < self.options.fresh_steps
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad_(not alone or name.startswith(self.fresh))

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average towards the model; quickly at first."""
        kept = min(self.options.weight_average, (1.0 + self.step) / (10.0 + self.step))
        for slow, fast in zip(self.average.parameters(), self.model.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - kept)
