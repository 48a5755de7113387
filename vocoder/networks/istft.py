"""A vocoder that filters a harmonic source and noise in the short-time Fourier domain.

ConvNeXt blocks (Liu et al. 2022) at the mel frame rate and an inverse STFT at the end, as in Vocos
(Siuzdak 2023), but the spectra are those of a pulse train of the wanted pitch and of white noise,
which the network only weighs and turns. So the pitch is exact by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vocoder.frames import MEL_BANDS, MEL_CEILING_HZ, MEL_FLOOR_HZ, SAMPLE_RATE_HZ
from vocoder.networks.network import VocoderNetwork
from vocoder.overlap import (
    BINS,
    MARGIN_SAMPLES,
    SUBFRAMES,
    SUBHOP_SAMPLES,
    WEIGHT_FLOOR,
    WINDOW_SAMPLES,
    hann_window,
)

MEL_CENTRE = -5.0
MEL_SPREAD = 3.0
MIDDLE_LOG2_HZ = float(np.log2(220.0))
LOG_GAIN_CEILING = 6.0
ABOVE_MEL_SLOPE_PER_HZ = -3.0 / 6_000.0


@dataclass(frozen=True)
class IstftConfig:
    """Size of the network: `channels` wide, `blocks` deep, blocks widened `expansion` times."""

    channels: int = 256
    blocks: int = 6
    kernel: int = 7
    expansion: int = 3

    def __post_init__(self) -> None:
        if min(self.channels, self.blocks, self.expansion) < 1 or self.kernel % 2 == 0:
            raise ValueError(f"sizes must be positive and the kernel odd, not {self}")


class Filters(NamedTuple):
    """What the network says of each sub-frame; all `(batch, bins, subframes)`."""

    harmonic_log_gain: Tensor
    phase_offset: Tensor
    noise_log_gain: Tensor


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution, normalisation and a widened pointwise pair, added to the input."""

    def __init__(self, channels: int, kernel: int, expansion: int, scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(channels, channels, kernel, padding=kernel // 2, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, channels * expansion)
        self.narrow = nn.Linear(channels * expansion, channels)
        self.scale = nn.Parameter(torch.full((channels,), scale))

    def forward(self, hidden: Tensor) -> Tensor:
        """`(batch, channels, frames)` in and out."""
        inner = self.norm(self.depthwise(hidden).transpose(1, 2))
        inner = self.narrow(F.gelu(self.widen(inner)))
        added: Tensor = hidden + (self.scale * inner).transpose(1, 2)
        return added


class IstftVocoder(VocoderNetwork):
    """Mel and pitch to filters; `wave` applies them to a source."""

    mel_to_bins: Tensor
    window: Tensor

    def __init__(self, config: IstftConfig) -> None:
        super().__init__()
        self.config = config
        width = config.channels
        self.inlet = nn.Conv1d(MEL_BANDS + 2, width, config.kernel, padding=config.kernel // 2)
        self.inlet_norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(width, config.kernel, config.expansion, 1.0 / config.blocks)
            for _ in range(config.blocks)
        )
        self.outlet_norm = nn.LayerNorm(width)
        self.outlet = nn.Linear(width, SUBFRAMES * 3 * BINS)
        nn.init.normal_(self.outlet.weight, std=0.01)
        nn.init.zeros_(self.outlet.bias)
        self.register_buffer("mel_to_bins", _mel_to_bins(), persistent=False)
        self.register_buffer("window", torch.from_numpy(hann_window().copy()), persistent=False)

    def forward(self, mel: Tensor, log2_hz: Tensor, voiced: Tensor) -> Filters:
        """Filters for a mel spectrogram and its pitch.

        Args:
            mel: `(batch, mels, frames)`, natural log.
            log2_hz: `(batch, frames)`.
            voiced: `(batch, frames)`, 1.0 where voiced and else 0.0.
        """
        pitch = torch.stack([(log2_hz - MIDDLE_LOG2_HZ) * voiced, voiced], dim=1)
        hidden = self.inlet(torch.cat([(mel - MEL_CENTRE) / MEL_SPREAD, pitch], dim=1))
        hidden = self.inlet_norm(hidden.transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            hidden = block(hidden)
        out = self.outlet(self.outlet_norm(hidden.transpose(1, 2)))
        filters = out.unflatten(-1, (SUBFRAMES, 3, BINS)).flatten(1, 2).permute(2, 0, 3, 1)
        level = torch.matmul(self.mel_to_bins[:, :-1], mel) + self.mel_to_bins[:, -1:]
        level = level.repeat_interleave(SUBFRAMES, dim=2)
        return Filters(
            harmonic_log_gain=(level + filters[0]).clamp(max=LOG_GAIN_CEILING),
            phase_offset=filters[1],
            noise_log_gain=(level + filters[2]).clamp(max=LOG_GAIN_CEILING),
        )

    def render(
        self, mel: Tensor, log2_hz: Tensor, voiced: Tensor, harmonics: Tensor, noise: Tensor
    ) -> Tensor:
        """Mel, pitch and source to a wave, see `VocoderNetwork.render`."""
        return self.wave(self(mel, log2_hz, voiced), harmonics, noise)

    def wave(self, filters: Filters, harmonics: Tensor, noise: Tensor) -> Tensor:
        """Filter a source; all waves `(batch, samples)` with `samples = subframes * 256`."""
        gain = torch.exp(filters.harmonic_log_gain)
        turned = torch.polar(gain, filters.phase_offset)
        hiss = torch.exp(filters.noise_log_gain)
        spectra = stft(harmonics, self.window) * turned + stft(noise, self.window) * hiss
        return istft(spectra, self.window)


def stft(samples: Tensor, window: Tensor) -> Tensor:
    """`vocoder.overlap.stft` over a batch: `(batch, samples)` to `(batch, bins, subframes)`."""
    padded = F.pad(samples, (MARGIN_SAMPLES, MARGIN_SAMPLES))
    return torch.stft(
        padded, WINDOW_SAMPLES, SUBHOP_SAMPLES, window=window, center=False, return_complex=True
    )


def istft(spectra: Tensor, window: Tensor) -> Tensor:
    """`vocoder.overlap.istft` over a batch: `(batch, bins, subframes)` to `(batch, samples)`."""
    frames = torch.fft.irfft(spectra, n=WINDOW_SAMPLES, dim=1) * window[None, :, None]
    weights = (window**2)[None, :, None].expand(1, -1, spectra.shape[2])
    length = (spectra.shape[2] - 1) * SUBHOP_SAMPLES + WINDOW_SAMPLES
    summed = _overlap_add(frames, length) / _overlap_add(weights, length).clamp(min=WEIGHT_FLOOR)
    return summed[:, MARGIN_SAMPLES : length - MARGIN_SAMPLES]


def _overlap_add(frames: Tensor, length: int) -> Tensor:
    folded = F.fold(frames, (1, length), (1, WINDOW_SAMPLES), stride=(1, SUBHOP_SAMPLES))
    return folded[:, 0, 0]


def _mel_to_bins() -> Tensor:
    """Linear map from a log-mel frame (and 1) to log gains per bin, `(bins, mels + 1)`.

    White noise of unit variance has a log-mel near 0 in every band, so the level of a band is at
    once the log gain that white noise wants there; above the bands the gain falls off gently.
    """
    import librosa

    centres = librosa.mel_frequencies(n_mels=MEL_BANDS + 2, fmin=MEL_FLOOR_HZ, fmax=MEL_CEILING_HZ)[
        1:-1
    ]
    bins_hz = np.linspace(0.0, SAMPLE_RATE_HZ / 2, BINS)
    weights = np.stack([np.interp(bins_hz, centres, unit) for unit in np.eye(MEL_BANDS)], axis=1)
    slope = ABOVE_MEL_SLOPE_PER_HZ * np.maximum(bins_hz - MEL_CEILING_HZ, 0.0)
    return torch.from_numpy(np.concatenate([weights, slope[:, None]], axis=1).astype(np.float32))
