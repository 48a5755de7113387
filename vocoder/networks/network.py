"""What training asks of any vocoder network."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn


class VocoderNetwork(nn.Module, ABC):
    """A network that makes a wave from a mel spectrogram, its pitch and a source."""

    @abstractmethod
    def render(
        self, mel: Tensor, log2_hz: Tensor, voiced: Tensor, harmonics: Tensor, noise: Tensor
    ) -> Tensor:
        """Make a wave `(batch, samples)` with `samples = frames * hop`.

        Args:
            mel: `(batch, mels, frames)`, natural log.
            log2_hz: `(batch, frames)`.
            voiced: `(batch, frames)`, 1.0 or 0.0.
            harmonics: `(batch, samples)`, the pulse train of `vocoder.source`.
            noise: `(batch, samples)`, white, of unit variance.
        """
