"""What the acoustic model is asked to do, as numbers."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from voice.acoustic.networks.model import PosteriorPass, PriorPass
from voice.acoustic.training.crops import AcousticBatch

CHANGE_WEIGHT = 0.5
LEAST_VARIANCE = 1e-4
FEWEST_FRAMES = 24


class AcousticLosses(NamedTuple):
    mel_prior: Tensor
    mel_posterior: Tensor
    kl: Tensor
    duration: Tensor
    voicing: Tensor
    energy: Tensor
    deviation: Tensor


def masked_mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp_min(1.0)


def mel_loss(made: Tensor, true: Tensor, weight: Tensor) -> Tensor:
    """L1 on log-mels and on their change from frame to frame, all (batch, mels, frames)."""
    level = masked_mean((made - true).abs(), weight)
    change = masked_mean(
        ((made[..., 1:] - made[..., :-1]) - (true[..., 1:] - true[..., :-1])).abs(),
        weight[..., 1:] * weight[..., :-1],
    )
    return level + CHANGE_WEIGHT * change


def colour_loss(made: Tensor, true: Tensor, weight: Tensor) -> Tensor:
    """How far a crop's mean and spread lie from the recording's, band by band.

    All are (batch, mels, frames); `weight` chooses the frames. What is uncertain is averaged by
    `mel_loss` into something duller and smoother than any recording; the average over a crop and
    the spread about it are certain, and stay.
    """
    count = weight.sum(dim=-1).clamp_min(1.0)

    def moments(mel: Tensor) -> tuple[Tensor, Tensor]:
        mean = (mel * weight).sum(dim=-1) / count
        apart = ((mel - mean[..., None]) ** 2 * weight).sum(dim=-1) / count
        return mean, torch.sqrt(apart + LEAST_VARIANCE)

    (made_mean, made_spread), (true_mean, true_spread) = moments(made), moments(true)
    known = (weight.sum(dim=-1) >= FEWEST_FRAMES).float()
    differs = (made_mean - true_mean).abs() + (made_spread - true_spread).abs()
    return masked_mean(differs, known)


def kl_loss(prior: PriorPass, posterior: PosteriorPass, labelled: Tensor) -> Tensor:
    """KL(q || p) per latent and frame; the flow preserves volume (VITS, equation 4)."""
    variance = torch.exp(-2.0 * prior.log_std)
    divergence = (
        prior.log_std
        - posterior.log_std
        - 0.5
        + 0.5 * (posterior.shared - prior.mean) ** 2 * variance
    )
    return masked_mean(divergence, labelled[:, None, :].expand_as(divergence))


def curve_losses(prior: PriorPass, batch: AcousticBatch) -> tuple[Tensor, Tensor, Tensor]:
    """Voicing (cross-entropy), energy (L1) and pitch deviation (L1, semitones)."""
    targets, frames = batch.targets, batch.frames
    voicing = F.binary_cross_entropy_with_logits(
        prior.curves.voicing, frames.voiced, reduction="none"
    )
    return (
        masked_mean(voicing, targets.labelled),
        masked_mean((prior.curves.energy - frames.energy).abs(), targets.labelled),
        masked_mean((prior.curves.deviation - targets.deviation).abs(), targets.steady),
    )


def duration_loss(prior: PriorPass, batch: AcousticBatch) -> Tensor:
    difference = (prior.log_seconds - batch.targets.log_seconds) ** 2
    return masked_mean(difference, batch.targets.timed)
