"""Decoder: from the singer's latent and the comb of harmonics to the mel."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from voice.acoustic.config import MEL_MEAN, MEL_SCALE, AcousticConfig
from voice.acoustic.networks.blocks import ConvNextStack
from voice.acoustic.networks.prior import PITCH_WIDTH, FrameTrack, pitch_features


class MelDecoder(nn.Module):
    """A smooth envelope plus as much of the comb as the voice has harmonics in each band."""

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        width = config.decoder_width
        self.enter = nn.Linear(config.latent + config.mels + PITCH_WIDTH + 2, width)
        self.stack = ConvNextStack(width, config.decoder_blocks, 7, config.speaker_width)
        self.envelope = nn.Linear(width, config.mels)
        self.depth = nn.Linear(width, config.mels)

    def forward(self, latent: Tensor, frames: FrameTrack, speaker: Tensor) -> Tensor:
        """`latent` (batch, latent, frames) to the mel (batch, mels, frames), natural log."""
        comb = frames.comb.transpose(1, 2)
        told = torch.cat(
            [
                latent.transpose(1, 2),
                comb / MEL_SCALE,
                pitch_features(frames.midi),
                frames.voiced[..., None],
                frames.energy[..., None],
            ],
            dim=-1,
        )
        features = self.stack(self.enter(told), speaker)
        envelope = MEL_MEAN + MEL_SCALE * self.envelope(features)
        mel: Tensor = envelope + torch.sigmoid(self.depth(features)) * comb
        return mel.transpose(1, 2)
