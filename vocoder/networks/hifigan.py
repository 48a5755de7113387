"""HiFi-GAN's generator (Kong et al. 2020) with a harmonic source at every upsampling stage.

Sizes V1, V2 and V3 as published, with upsampling to hop 512 instead of 256. The source enters as
in neural source-filter models (Wang et al. 2019): a strided convolution brings pulse train and
noise down to the rate of each stage and adds them to its hidden layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import weight_norm

from vocoder.frames import MEL_BANDS
from vocoder.networks.network import VocoderNetwork

SLOPE = 0.1
LAST_SLOPE = 0.01
SOURCE_CHANNELS = 2


@dataclass(frozen=True)
class HifiGanConfig:
    """A generator's size.

    `rates` upsample one after the other and multiply to the hop. Residual blocks of each kernel
    size run side by side; `paired` blocks follow each dilated convolution by a plain one.
    """

    channels: int
    rates: tuple[int, ...]
    kernels: tuple[int, ...]
    block_kernels: tuple[int, ...]
    block_dilations: tuple[tuple[int, ...], ...]
    paired: bool
    mel_bands: int = MEL_BANDS

    def __post_init__(self) -> None:
        if len(self.rates) != len(self.kernels):
            raise ValueError(
                f"each upsampling rate needs a kernel, found {self.rates} and {self.kernels}"
            )
        if any((kernel - rate) % 2 for rate, kernel in zip(self.rates, self.kernels, strict=True)):
            raise ValueError(f"kernels must exceed rates by even numbers: {self}")
        if len(self.block_kernels) != len(self.block_dilations):
            raise ValueError(
                f"each block kernel needs dilations, found {self.block_kernels} and "
                f"{self.block_dilations}"
            )


THREE_DILATIONS = ((1, 3, 5),) * 3
CONFIGS: dict[str, HifiGanConfig] = {
    "v1": HifiGanConfig(
        512, (8, 8, 2, 2, 2), (16, 16, 4, 4, 4), (3, 7, 11), THREE_DILATIONS, paired=True
    ),
    "v2": HifiGanConfig(
        128, (8, 8, 2, 2, 2), (16, 16, 4, 4, 4), (3, 7, 11), THREE_DILATIONS, paired=True
    ),
    "v3": HifiGanConfig(
        256, (8, 8, 8), (16, 16, 16), (3, 5, 7), ((1, 2), (2, 6), (3, 12)), paired=False
    ),
}


class ResidualBlock(nn.Module):
    """Dilated convolutions, each added to its input."""

    def __init__(
        self, channels: int, kernel: int, dilations: tuple[int, ...], paired: bool
    ) -> None:
        super().__init__()
        self.dilated = nn.ModuleList(
            _convolution(channels, channels, kernel, dilation) for dilation in dilations
        )
        self.plain = nn.ModuleList(
            _convolution(channels, channels, kernel) for _ in dilations if paired
        )

    def forward(self, hidden: Tensor) -> Tensor:
        """`(batch, channels, time)` in and out."""
        for index, dilated in enumerate(self.dilated):
            inner = dilated(F.leaky_relu(hidden, SLOPE))
            if self.plain:
                inner = self.plain[index](F.leaky_relu(inner, SLOPE))
            hidden = hidden + inner
        return hidden


class HifiGanVocoder(VocoderNetwork):
    """Mel and source to a wave by transposed convolutions."""

    def __init__(self, config: HifiGanConfig) -> None:
        super().__init__()
        self.config = config
        self.inlet = _convolution(config.mel_bands, config.channels, 7)
        self.upsamplers = nn.ModuleList()
        self.sources = nn.ModuleList()
        self.stages = nn.ModuleList()
        width = config.channels
        remaining = int(torch.tensor(config.rates).prod())
        for rate, kernel in zip(config.rates, config.kernels, strict=True):
            narrower = width // 2
            remaining //= rate
            self.upsamplers.append(
                weight_norm(
                    nn.ConvTranspose1d(width, narrower, kernel, rate, padding=(kernel - rate) // 2)
                )
            )
            self.sources.append(_source_convolution(narrower, remaining))
            self.stages.append(
                nn.ModuleList(
                    ResidualBlock(narrower, block_kernel, dilations, config.paired)
                    for block_kernel, dilations in zip(
                        config.block_kernels, config.block_dilations, strict=True
                    )
                )
            )
            width = narrower
        self.outlet = _convolution(width, 1, 7)

    def forward(self, mel: Tensor, harmonics: Tensor, noise: Tensor) -> Tensor:
        """`(batch, mels, frames)` and sources `(batch, samples)` to `(batch, samples)`."""
        source = torch.stack([harmonics, noise], dim=1)
        hidden = self.inlet(mel)
        for upsample, inject, blocks in zip(
            self.upsamplers, self.sources, self.stages, strict=True
        ):
            hidden = upsample(F.leaky_relu(hidden, SLOPE)) + inject(source)
            hidden = torch.stack([block(hidden) for block in _modules(blocks)]).mean(dim=0)
        return torch.tanh(self.outlet(F.leaky_relu(hidden, LAST_SLOPE))).squeeze(1)

    def render(
        self, mel: Tensor, log2_hz: Tensor, voiced: Tensor, harmonics: Tensor, noise: Tensor
    ) -> Tensor:
        """See `VocoderNetwork.render`; pitch and voicing are read from the source alone."""
        wave: Tensor = self(mel, harmonics, noise)
        return wave

    def fold_weight_norm(self) -> None:
        """Replace each normalised weight by its value, as export wants it."""
        for module in self.modules():
            if parametrize.is_parametrized(module, "weight"):
                parametrize.remove_parametrizations(module, "weight")


def _modules(modules: nn.Module) -> list[nn.Module]:
    return list(modules.children())


def _convolution(inner: int, outer: int, kernel: int, dilation: int = 1) -> nn.Module:
    convolution = nn.Conv1d(
        inner, outer, kernel, dilation=dilation, padding=dilation * (kernel - 1) // 2
    )
    if inner == outer:
        nn.init.normal_(convolution.weight, std=0.01)
    normalised: nn.Module = weight_norm(convolution)
    return normalised


def _source_convolution(channels: int, stride: int) -> nn.Module:
    """From samples to a stage whose steps are `stride` samples long."""
    if stride == 1:
        return nn.Conv1d(SOURCE_CHANNELS, channels, 1)
    return nn.Conv1d(SOURCE_CHANNELS, channels, 2 * stride, stride, padding=stride // 2)
