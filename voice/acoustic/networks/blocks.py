"""The bricks: ConvNeXt blocks and gated convolutions that listen to the singer."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SpeakerFilm(nn.Module):
    """Scales and shifts features by the singer (FiLM, Perez et al. 2018)."""

    def __init__(self, speaker_width: int, width: int) -> None:
        super().__init__()
        self.affine = nn.Linear(speaker_width, 2 * width)
        nn.init.zeros_(self.affine.weight)
        nn.init.zeros_(self.affine.bias)

    def forward(self, features: Tensor, speaker: Tensor) -> Tensor:
        """`features` (batch, time, width), `speaker` (batch, speaker_width)."""
        scale, shift = self.affine(speaker)[:, None, :].chunk(2, dim=-1)
        moved: Tensor = features * (1.0 + scale) + shift
        return moved


class ConvNextBlock(nn.Module):
    """Depthwise convolution, norm, singer, two linear layers (Liu et al. 2022), time-major."""

    def __init__(self, width: int, kernel: int, speaker_width: int, expansion: int = 3) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.film = SpeakerFilm(speaker_width, width)
        self.widen = nn.Linear(width, expansion * width)
        self.narrow = nn.Linear(expansion * width, width)
        self.scale = nn.Parameter(torch.full((width,), 0.3))

    def forward(self, features: Tensor, speaker: Tensor) -> Tensor:
        """`features` (batch, time, width) to the same shape."""
        mixed = self.depthwise(features.transpose(1, 2)).transpose(1, 2)
        mixed = self.film(self.norm(mixed), speaker)
        added: Tensor = self.scale * self.narrow(nn.functional.gelu(self.widen(mixed)))
        return features + added


class ConvNextStack(nn.Module):
    """Blocks one after the other and a last norm."""

    def __init__(self, width: int, blocks: int, kernel: int, speaker_width: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            ConvNextBlock(width, kernel, speaker_width) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, features: Tensor, speaker: Tensor) -> Tensor:
        """`features` (batch, time, width) to the same shape."""
        for block in self.blocks:
            features = block(features, speaker)
        normed: Tensor = self.norm(features)
        return normed


class GatedStack(nn.Module):
    """WaveNet's gated convolutions with skip connections (van den Oord et al. 2016), as in VITS."""

    def __init__(self, width: int, layers: int, kernel: int, speaker_width: int) -> None:
        super().__init__()
        self.gates = nn.ModuleList(
            nn.Conv1d(width, 2 * width, kernel, padding=kernel // 2) for _ in range(layers)
        )
        self.speakers = nn.ModuleList(nn.Linear(speaker_width, 2 * width) for _ in range(layers))
        self.outs = nn.ModuleList(nn.Conv1d(width, 2 * width, 1) for _ in range(layers))

    def forward(self, features: Tensor, speaker: Tensor) -> Tensor:
        """`features` (batch, width, time) to the same shape."""
        skipped = torch.zeros_like(features)
        for gate, voice, out in zip(self.gates, self.speakers, self.outs, strict=True):
            driven = gate(features) + voice(speaker)[:, :, None]
            tanh, sigmoid = driven.chunk(2, dim=1)
            residual, skip = out(torch.tanh(tanh) * torch.sigmoid(sigmoid)).chunk(2, dim=1)
            features = features + residual
            skipped = skipped + skip
        return skipped
