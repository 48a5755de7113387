"""Losses in the frequency domain and between discriminators."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vocoder.frames import FFT_SAMPLES, HOP_SAMPLES
from vocoder.mel import LOG_FLOOR, mel_filterbank

RESOLUTIONS = (256, 512, 1_024, 2_048, 4_096)
POWER_FLOOR = 1e-9


class LogMel(nn.Module):
    """`vocoder.mel.log_mel` in torch, for waves that already carry their margins."""

    window: Tensor
    bank: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(FFT_SAMPLES), persistent=False)
        self.register_buffer("bank", torch.from_numpy(mel_filterbank().copy()), persistent=False)

    def forward(self, framed: Tensor) -> Tensor:
        """`(batch, frames * hop + FFT - hop)` to `(batch, mels, frames)`."""
        spectra = torch.stft(
            framed, FFT_SAMPLES, HOP_SAMPLES, window=self.window, center=False, return_complex=True
        )
        power = spectra.real.square() + spectra.imag.square()
        magnitude = torch.sqrt(power.clamp(min=POWER_FLOOR**2))
        return torch.log(torch.matmul(self.bank, magnitude).clamp(min=LOG_FLOOR))


class SpectralLoss(nn.Module):
    """Spectral convergence and log-magnitude L1 at several resolutions (Yamamoto et al. 2020)."""

    def __init__(self, resolutions: Sequence[int] = RESOLUTIONS) -> None:
        super().__init__()
        self.resolutions = tuple(resolutions)
        for size in self.resolutions:
            self.register_buffer(f"window_{size}", torch.hann_window(size), persistent=False)

    def forward(self, made: Tensor, true: Tensor) -> Tensor:
        """Mean over resolutions for waves `(batch, samples)`."""
        total = made.new_zeros(())
        for size in self.resolutions:
            made_magnitude, true_magnitude = (
                self._magnitude(made, size),
                self._magnitude(true, size),
            )
            difference = torch.linalg.vector_norm(true_magnitude - made_magnitude, dim=(1, 2))
            scale = torch.linalg.vector_norm(true_magnitude, dim=(1, 2)).clamp(min=1e-3)
            logs = F.l1_loss(torch.log(made_magnitude), torch.log(true_magnitude))
            total = total + (difference / scale).mean() + logs
        return total / len(self.resolutions)

    def _magnitude(self, wave: Tensor, size: int) -> Tensor:
        window: Tensor = getattr(self, f"window_{size}")
        spectra = torch.stft(wave, size, size // 4, window=window, return_complex=True)
        power = spectra.real.square() + spectra.imag.square()
        return torch.sqrt(power.clamp(min=POWER_FLOOR * size))


def discriminator_loss(true_scores: Sequence[Tensor], made_scores: Sequence[Tensor]) -> Tensor:
    """Least squares (Mao et al. 2017): true towards 1, made towards 0."""
    terms = [
        (1.0 - true).square().mean() + made.square().mean()
        for true, made in zip(true_scores, made_scores, strict=True)
    ]
    return torch.stack(terms).sum()


def generator_loss(made_scores: Sequence[Tensor]) -> Tensor:
    """Least squares: made towards 1."""
    return torch.stack([(1.0 - made).square().mean() for made in made_scores]).sum()


def feature_loss(
    true_features: Sequence[Sequence[Tensor]], made_features: Sequence[Sequence[Tensor]]
) -> Tensor:
    """Mean absolute difference of the discriminators' hidden layers, summed over all layers."""
    terms = [
        F.l1_loss(made, true.detach())
        for true_layers, made_layers in zip(true_features, made_features, strict=True)
        for true, made in zip(true_layers, made_layers, strict=True)
    ]
    return torch.stack(terms).sum()
