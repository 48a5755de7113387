"""Multi-period and multi-resolution discriminators.

Periods after HiFi-GAN (Kong et al. 2020); resolutions after UnivNet (Jang et al. 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

PERIODS = (2, 3, 5, 7, 11)
RESOLUTIONS = ((1_024, 120, 600), (2_048, 240, 1_200), (512, 50, 240))
SLOPE = 0.1


class Verdict(NamedTuple):
    """Scores and hidden layers of every discriminator."""

    scores: list[Tensor]
    features: list[list[Tensor]]


class PeriodDiscriminator(nn.Module):
    """Looks at every `period`-th sample side by side."""

    def __init__(self, period: int, channels: Sequence[int]) -> None:
        super().__init__()
        self.period = period
        widths = [1, *channels]
        strides = [3] * (len(channels) - 1) + [1]
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(inner, outer, (5, 1), (stride, 1), padding=(2, 0)))
            for inner, outer, stride in zip(widths[:-1], widths[1:], strides, strict=True)
        )
        self.last = weight_norm(nn.Conv2d(widths[-1], 1, (3, 1), padding=(1, 0)))

    def forward(self, wave: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Score and hidden layers of `(batch, samples)`."""
        lacking = -wave.shape[1] % self.period
        padded = F.pad(wave[:, None], (0, lacking), mode="reflect")
        hidden = padded.view(padded.shape[0], 1, -1, self.period)
        return _judge(hidden, self.layers, self.last)


class ResolutionDiscriminator(nn.Module):
    """Looks at the magnitude spectrogram of one resolution."""

    window: Tensor

    def __init__(self, resolution: tuple[int, int, int], channels: int) -> None:
        super().__init__()
        self.size, self.hop, length = resolution
        self.length = length
        self.register_buffer("window", torch.hann_window(length), persistent=False)
        shapes = [(1, 1), *[(1, 2)] * 3, (1, 1)]
        kernels = [(3, 9)] * 4 + [(3, 3)]
        self.layers = nn.ModuleList(
            weight_norm(
                nn.Conv2d(
                    1 if index == 0 else channels,
                    channels,
                    kernel,
                    stride,
                    padding=(kernel[0] // 2, kernel[1] // 2),
                )
            )
            for index, (kernel, stride) in enumerate(zip(kernels, shapes, strict=True))
        )
        self.last = weight_norm(nn.Conv2d(channels, 1, (3, 3), padding=(1, 1)))

    def forward(self, wave: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Score and hidden layers of `(batch, samples)`."""
        spectra = torch.stft(
            wave, self.size, self.hop, self.length, window=self.window, return_complex=True
        )
        power = spectra.real.square() + spectra.imag.square()
        magnitude = torch.sqrt(power.clamp(min=1e-9)).transpose(1, 2)
        return _judge(magnitude[:, None], self.layers, self.last)


class Discriminators(nn.Module):
    """All periods and resolutions; `width` scales the published channel counts."""

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        periodic = [max(4, int(channels * width)) for channels in (32, 128, 512, 1_024, 1_024)]
        spectral = max(4, int(32 * width))
        self.members = nn.ModuleList(
            [PeriodDiscriminator(period, periodic) for period in PERIODS]
            + [ResolutionDiscriminator(resolution, spectral) for resolution in RESOLUTIONS]
        )

    def forward(self, wave: Tensor) -> Verdict:
        """Judge `(batch, samples)`."""
        verdict = Verdict([], [])
        for member in self.members:
            score, features = member(wave)
            verdict.scores.append(score)
            verdict.features.append(features)
        return verdict


def _judge(hidden: Tensor, layers: nn.ModuleList, last: nn.Module) -> tuple[Tensor, list[Tensor]]:
    features = []
    for layer in layers:
        hidden = F.leaky_relu(layer(hidden), SLOPE)
        features.append(hidden)
    score: Tensor = last(hidden)
    return score.flatten(1), features
