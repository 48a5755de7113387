"""A patch discriminator on mels, against the blur that L1 alone leaves behind."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from voice.acoustic.config import MEL_MEAN, MEL_SCALE


class PatchDiscriminator(nn.Module):
    """Judges overlapping patches of a mel (Isola et al. 2017), with least squares (LSGAN)."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        normed = nn.utils.parametrizations.weight_norm
        self.layers = nn.Sequential(
            normed(nn.Conv2d(1, width, (5, 3), (2, 1), (2, 1))),
            nn.LeakyReLU(0.2),
            normed(nn.Conv2d(width, 2 * width, (5, 5), (2, 2), (2, 2))),
            nn.LeakyReLU(0.2),
            normed(nn.Conv2d(2 * width, 4 * width, (5, 5), (2, 2), (2, 2))),
            nn.LeakyReLU(0.2),
            normed(nn.Conv2d(4 * width, 1, 3, 1, 1)),
        )

    def forward(self, mel: Tensor) -> Tensor:
        """`mel` (batch, mels, frames) to one verdict per patch, 1 for true."""
        verdict: Tensor = self.layers(((mel - MEL_MEAN) / MEL_SCALE)[:, None])
        return verdict.float()

    def judged(self, true: Tensor, made: Tensor) -> Tensor:
        """The discriminator's own loss."""
        loss: Tensor = ((self(true) - 1.0) ** 2).mean() + (self(made) ** 2).mean()
        return loss

    def fooled(self, made: Tensor) -> Tensor:
        """The generator's loss; the discriminator itself is left alone."""
        self.requires_grad_(False)
        loss = torch.mean((self(made) - 1.0) ** 2)
        self.requires_grad_(True)
        return loss
