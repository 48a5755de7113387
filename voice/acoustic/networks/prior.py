"""Prior encoder: from phones, notes and expression to what is about to be sung."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from voice.acoustic.config import AcousticConfig
from voice.acoustic.networks.blocks import ConvNextStack

PITCH_CENTRE_MIDI = 60.0
PITCH_WAVES = 6


class PhoneTrack(NamedTuple):
    """What stands in the score, phone by phone; every tensor is (batch, phones)."""

    phoneme: Tensor
    language: Tensor
    stress: Tensor
    seconds: Tensor


class FrameTrack(NamedTuple):
    """What is wanted frame by frame; (batch, frames) but for `comb`, (batch, mels, frames).

    `phone` indexes into the phone track; `since` and `until` are frames from the phone's start
    and to its end; `note` is the written pitch and `midi` the sung one; `energy`, `breathiness`
    and `tension` are the FrameScore's curves.
    """

    phone: Tensor
    since: Tensor
    until: Tensor
    note: Tensor
    midi: Tensor
    voiced: Tensor
    energy: Tensor
    breathiness: Tensor
    tension: Tensor
    comb: Tensor


class PhoneEncoder(nn.Module):
    """Embeds phones with their neighbours: what comes before and after colours each sound."""

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        width = config.phone_width
        self.phoneme = nn.Embedding(config.phonemes, width)
        self.language = nn.Embedding(config.languages, width)
        self.stress = nn.Embedding(3, width)
        self.length = nn.Linear(1, width)
        self.stack = ConvNextStack(width, config.phone_blocks, 5, config.speaker_width)

    def forward(self, phones: PhoneTrack, speaker: Tensor) -> Tensor:
        """To (batch, phones, phone_width)."""
        lengths = torch.log(phones.seconds.clamp_min(0.01))[..., None] + 2.5
        embedded = (
            self.phoneme(phones.phoneme)
            + self.language(phones.language)
            + self.stress(phones.stress)
            + self.length(lengths)
        )
        encoded: Tensor = self.stack(embedded, speaker)
        return encoded


def position_features(frames: FrameTrack) -> Tensor:
    """How far into its phone each frame lies, near and far, (batch, frames, 7)."""
    since, until = frames.since, frames.until
    total = (since + until).clamp_min(1.0)
    return torch.stack(
        [
            since / total,
            torch.exp(-since / 2.0),
            torch.exp(-since / 8.0),
            torch.exp(-until / 2.0),
            torch.exp(-until / 8.0),
            torch.log1p(since) / 4.0,
            torch.log1p(until) / 4.0,
        ],
        dim=-1,
    )


def pitch_features(midi: Tensor) -> Tensor:
    """Pitch as a level and as waves of two octaves down to a semitone, (batch, frames, 13)."""
    octaves = (midi - PITCH_CENTRE_MIDI) / 12.0
    waves = [octaves]
    for power in range(PITCH_WAVES):
        angle = math.pi * octaves * 2.0 ** (power - 1)
        waves += [torch.sin(angle), torch.cos(angle)]
    return torch.stack(waves, dim=-1)


POSITION_WIDTH = 7
PITCH_WIDTH = 1 + 2 * PITCH_WAVES
CURVES_WIDTH = 4


def gather_phones(encoded: Tensor, phone: Tensor) -> Tensor:
    """The length regulator: each frame takes its phone's encoding, (batch, frames, width)."""
    return torch.gather(encoded, 1, phone[..., None].expand(-1, -1, encoded.shape[-1]))


class FramePrior(nn.Module):
    """p(shared latent | score): mean and log deviation for every frame."""

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        width = config.prior_width
        inputs = config.phone_width + POSITION_WIDTH + PITCH_WIDTH + CURVES_WIDTH
        self.enter = nn.Linear(inputs, width)
        self.stack = ConvNextStack(width, config.prior_blocks, 9, config.speaker_width)
        self.leave = nn.Linear(width, 2 * config.latent)

    def forward(
        self, encoded: Tensor, frames: FrameTrack, speaker: Tensor
    ) -> tuple[Tensor, Tensor]:
        """`encoded` (batch, frames, phone_width) to two tensors (batch, latent, frames)."""
        curves = torch.stack(
            [frames.voiced, frames.energy, frames.breathiness, frames.tension], dim=-1
        )
        told = torch.cat(
            [encoded, position_features(frames), pitch_features(frames.midi), curves], dim=-1
        )
        statistics = self.leave(self.stack(self.enter(told), speaker)).transpose(1, 2)
        mean, log_std = statistics.chunk(2, dim=1)
        return mean, log_std.clamp(-6.0, 2.0)
