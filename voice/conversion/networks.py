"""The content encoder: what is sung, from the sound alone, in the space that all singers share.

It is told whose voice the sounds are for and never whose they were: in training its input is
disguised (`voice.conversion.training.disguise`), so that it forgets the singer it hears.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from voice.acoustic.config import MEL_MEAN, MEL_SCALE
from voice.acoustic.networks.blocks import ConvNextStack
from voice.acoustic.networks.prior import PITCH_WIDTH, pitch_features
from voice.conversion.config import ContentConfig


class Heard(NamedTuple):
    """A recording as the encoder hears it.

    `envelope` (batch, bands, frames); `usual` (batch, bands), the recording's own mean envelope,
    and `trust` (batch, 1), how far it is to be believed, 0-1; `midi` and `voiced` of the recording
    and `shift`, the semitones by which it will be transposed, (batch, frames).
    """

    envelope: Tensor
    usual: Tensor
    trust: Tensor
    midi: Tensor
    voiced: Tensor
    shift: Tensor


class Content(NamedTuple):
    """`shared` (batch, latent, frames); `phones` (batch, phonemes, frames), unnormalised."""

    shared: Tensor
    phones: Tensor


class ContentEncoder(nn.Module):
    """Envelope, pitch and the voice to be to the shared latents of the acoustic model."""

    usual_envelope: Tensor

    def __init__(self, config: ContentConfig) -> None:
        super().__init__()
        self.config = config
        self.voice = nn.Linear(config.speaker_width, config.voice_width)
        self.enter = nn.Linear(config.bands + PITCH_WIDTH + 2, config.width)
        self.stack = ConvNextStack(config.width, config.blocks, config.kernel, config.voice_width)
        self.leave = nn.Linear(config.width, config.latent)
        self.phones = nn.Linear(config.width, config.phonemes)
        self.register_buffer("usual_envelope", torch.full((config.bands,), MEL_MEAN))

    def forward(self, heard: Heard, speaker: Tensor) -> Content:
        """`speaker` (batch, speaker_width)."""
        channel = heard.trust * (heard.usual - self.usual_envelope)
        envelope = (heard.envelope - channel[..., None] - MEL_MEAN) / MEL_SCALE
        pitch = pitch_features(heard.midi) * heard.voiced[..., None]
        told = torch.cat(
            [
                envelope.transpose(1, 2),
                pitch,
                heard.voiced[..., None],
                heard.shift[..., None] / 12.0,
            ],
            dim=-1,
        )
        features = self.stack(self.enter(told), self.voice(speaker))
        return Content(self.leave(features).transpose(1, 2), self.phones(features).transpose(1, 2))


class SpeakerProjection(nn.Module):
    """From a GE2E embedding of length 1 to a row of the acoustic model's speakers."""

    def __init__(self, config: ContentConfig) -> None:
        super().__init__()
        self.linear = nn.Linear(config.embedding, config.speaker_width)

    def forward(self, embedding: Tensor) -> Tensor:
        """`embedding` (batch, 256) to (batch, speaker_width)."""
        speaker: Tensor = self.linear(embedding)
        return speaker

    @torch.no_grad()
    def fit(self, embeddings: Tensor, rows: Tensor, ridge: float = 0.1) -> None:
        """Start from the ridge regression of speaker rows on embeddings, one row for each."""
        middle, centre = embeddings.mean(0), rows.mean(0)
        moved = embeddings - middle
        gram = moved @ moved.T + ridge * torch.eye(len(moved))
        weight = (rows - centre).T @ torch.linalg.solve(gram, moved)
        self.linear.weight.copy_(weight)
        self.linear.bias.copy_(centre - weight @ middle)
