"""The acoustic model: a conditional VAE with a normalising flow, after VITS (Kim et al. 2021).

Unlike VITS the decoder makes a mel, and it is trained on samples of the prior as well as of the
posterior from the first step, so that little data suffices to be understood.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from voice.acoustic.config import AcousticConfig
from voice.acoustic.networks.decoder import MelDecoder
from voice.acoustic.networks.posterior import PosteriorEncoder, SpeakerFlow
from voice.acoustic.networks.predictors import CurvePredictor, Curves, DurationPredictor
from voice.acoustic.networks.prior import (
    FramePrior,
    FrameTrack,
    PhoneEncoder,
    PhoneTrack,
    gather_phones,
)


class PriorPass(NamedTuple):
    """Everything that follows from the score: prior statistics, mel and predicted curves."""

    mean: Tensor
    log_std: Tensor
    mel: Tensor
    curves: Curves
    log_seconds: Tensor


class PosteriorPass(NamedTuple):
    """Everything that follows from the sound: its reconstruction and its place in shared space."""

    mel: Tensor
    shared: Tensor
    log_std: Tensor


class AcousticModel(nn.Module):
    """Score to mel (`from_score`), mel to mel (`from_sound`), one singer to another (`convert`)."""

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        self.config = config
        self.speakers = nn.Embedding(config.speakers, config.speaker_width)
        nn.init.normal_(self.speakers.weight, std=0.3)
        self.phones = PhoneEncoder(config)
        self.prior = FramePrior(config)
        self.posterior = PosteriorEncoder(config)
        self.flow = SpeakerFlow(config)
        self.decoder = MelDecoder(config)
        self.durations = DurationPredictor(config)
        self.curves = CurvePredictor(config)

    def from_score(
        self, phones: PhoneTrack, frames: FrameTrack, speaker: Tensor, noise: Tensor
    ) -> PriorPass:
        """Sing. `noise` (batch, latent, frames) is standard normal times a temperature."""
        encoded = gather_phones(self.phones(phones, speaker), frames.phone)
        mean, log_std = self.prior(encoded, frames, speaker)
        shared = mean + noise * torch.exp(log_std)
        mel = self.decoder(self.flow.inverse(shared, speaker), frames, speaker)
        curves = self.curves(encoded.detach(), frames, speaker)
        return PriorPass(mean, log_std, mel, curves, self.durations(phones, speaker))

    def from_sound(
        self, mel: Tensor, frames: FrameTrack, speaker: Tensor, noise: Tensor
    ) -> PosteriorPass:
        """Encode a mel and decode it again; `noise` as above."""
        mean, log_std = self.posterior(mel, speaker)
        latent = mean + noise * torch.exp(log_std)
        shared = self.flow(latent, speaker)
        return PosteriorPass(self.decoder(latent, frames, speaker), shared, log_std)

    def convert(self, mel: Tensor, frames: FrameTrack, source: Tensor, target: Tensor) -> Tensor:
        """The same sounds by another singer; `frames` carries the target's pitch and comb."""
        mean, _ = self.posterior(mel, source)
        latent = self.flow.inverse(self.flow(mean, source), target)
        decoded: Tensor = self.decoder(latent, frames, target)
        return decoded
