"""What the score leaves open: lengths of consonants, what sounds, how loud, how pitch leans."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from voice.acoustic.config import AcousticConfig
from voice.acoustic.networks.blocks import ConvNextStack
from voice.acoustic.networks.prior import (
    PITCH_WIDTH,
    POSITION_WIDTH,
    FrameTrack,
    PhoneTrack,
    pitch_features,
    position_features,
)

MAX_DEVIATION_SEMITONES = 2.0


class DurationPredictor(nn.Module):
    """Natural log of the seconds a phone would last when spoken or sung short."""

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        width = config.predictor_width
        self.phoneme = nn.Embedding(config.phonemes, width)
        self.language = nn.Embedding(config.languages, width)
        self.stress = nn.Embedding(3, width)
        self.stack = ConvNextStack(width, 2, 5, config.speaker_width)
        self.leave = nn.Linear(width, 1)

    def forward(self, phones: PhoneTrack, speaker: Tensor) -> Tensor:
        """To (batch, phones)."""
        embedded = (
            self.phoneme(phones.phoneme)
            + self.language(phones.language)
            + self.stress(phones.stress)
        )
        seconds: Tensor = self.leave(self.stack(embedded, speaker))[..., 0]
        return seconds - 2.5


class Curves(NamedTuple):
    """Predicted frame curves, each (batch, frames).

    `voicing` is a logit; `deviation` in semitones, within two of the note; `energy` as in the
    FrameTrack.
    """

    voicing: Tensor
    energy: Tensor
    deviation: Tensor


class CurvePredictor(nn.Module):
    """Frame curves from the phones and the written pitch alone."""

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        width = config.predictor_width
        self.enter = nn.Linear(config.phone_width + POSITION_WIDTH + PITCH_WIDTH + 2, width)
        self.stack = ConvNextStack(width, config.predictor_blocks, 9, config.speaker_width)
        self.leave = nn.Linear(width, 3)

    def forward(self, encoded: Tensor, frames: FrameTrack, speaker: Tensor) -> Curves:
        """`encoded` (batch, frames, phone_width)."""
        styles = torch.stack([frames.breathiness, frames.tension], dim=-1)
        told = torch.cat(
            [encoded, position_features(frames), pitch_features(frames.note), styles], dim=-1
        )
        voicing, energy, deviation = self.leave(self.stack(self.enter(told), speaker)).unbind(-1)
        return Curves(voicing, energy, MAX_DEVIATION_SEMITONES * torch.tanh(deviation))
