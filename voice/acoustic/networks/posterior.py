"""Posterior encoder and flow: the two halves that let one singer's sound become another's."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from voice.acoustic.config import AcousticConfig
from voice.acoustic.networks.blocks import GatedStack


class PosteriorEncoder(nn.Module):
    """q(z | mel): WaveNet stack over the mel (Kim et al. 2021, VITS, section 2.4)."""

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        self.enter = nn.Conv1d(config.mels, config.posterior_width, 1)
        self.stack = GatedStack(
            config.posterior_width, config.posterior_layers, 5, config.speaker_width
        )
        self.leave = nn.Conv1d(config.posterior_width, 2 * config.latent, 1)

    def forward(self, mel: Tensor, speaker: Tensor) -> tuple[Tensor, Tensor]:
        """`mel` (batch, mels, frames) to mean and log deviation, each (batch, latent, frames)."""
        statistics = self.leave(self.stack(self.enter(mel), speaker))
        mean, log_std = statistics.chunk(2, dim=1)
        return mean, log_std.clamp(-6.0, 2.0)


class Coupling(nn.Module):
    """Volume-preserving affine coupling: one half is shifted by what the other half says."""

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        half = config.latent // 2
        self.enter = nn.Conv1d(half, config.flow_width, 1)
        self.stack = GatedStack(config.flow_width, config.flow_layers, 5, config.speaker_width)
        self.leave = nn.Conv1d(config.flow_width, half, 1)
        for parameter in self.leave.parameters():
            nn.init.zeros_(parameter)

    def forward(self, kept: Tensor, speaker: Tensor) -> Tensor:
        moved: Tensor = self.leave(self.stack(self.enter(kept), speaker))
        return moved


class SpeakerFlow(nn.Module):
    """Invertible map between what was sung and what any singer would share of it.

    Volume-preserving couplings with channel flips (Dinh et al. 2015; VITS section 2.3).
    """

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        self.couplings = nn.ModuleList(Coupling(config) for _ in range(config.flow_couplings))

    def forward(self, latent: Tensor, speaker: Tensor) -> Tensor:
        """From the singer's space to the shared one, (batch, latent, frames)."""
        for coupling in self.couplings:
            kept, moved = latent.chunk(2, dim=1)
            moved = moved + coupling(kept, speaker)
            latent = torch.cat([moved, kept], dim=1)
        return latent

    def inverse(self, shared: Tensor, speaker: Tensor) -> Tensor:
        """From the shared space to the singer's; undoes `forward` exactly."""
        for coupling in reversed(self.couplings):
            moved, kept = shared.chunk(2, dim=1)
            moved = moved - coupling(kept, speaker)
            shared = torch.cat([kept, moved], dim=1)
        return shared
