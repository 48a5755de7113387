"""Drawing a voice towards a person: what strangers say in it is to sound like the person.

A loss on speaker embeddings of what is made, after the speaker consistency of YourTTS (Casanova et
al. 2022, arXiv:2112.02418): near the person, and nearer than to any of the strangers (the softmax
of Wan et al. 2018, arXiv:1710.10467). The first ends where a person's own sentences lie; beyond,
only the judge would be pleased. What was said has to stay: the content encoder must hear the same
phones. So has the colour, which is the person's already (`voice.conversion.colouring`): free to
change it, the tuning pleases this judge and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from vocoder.pitch import PitchCurve, hz_to_midi
from voice.acoustic.networks.prior import FrameTrack
from voice.conversion.features import envelope_of, pitch_classes, windows
from voice.conversion.listening import HeardMel
from voice.conversion.networks import ContentEncoder, Heard
from voice.conversion.sung import moved_pitch
from voice.conversion.training.heard_frames import frames_of, rows
from voice.conversion.training.mel_speaker import MelSpeakerEncoder

LIKE_ENOUGH = 0.94
"""Sentences of people lie at a cosine of about 0.93 to the mean of theirs, moments at 0.87-0.89."""
LIKENESS_WEIGHT, SAID_WEIGHT, SHAPE_WEIGHT, COLOUR_WEIGHT = 4.0, 1.0, 0.2, 1.0
APART_WEIGHT, SHARPNESS = 1.0, 20.0
CROP_FRAMES = 144
STRAY_SEMITONES = 2.0

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Aim:
    """Whom a voice is to sound like: their embedding `(256,)`, the middle of their pitch, MIDI."""

    embedding: Floats32
    midi: float


@dataclass(frozen=True)
class Saying:
    """What some strangers are to say in the new voice.

    `heard` is them, `frames` the voice's; `kind` (batch, frames) chooses the envelope's windows.
    """

    heard: Heard
    frames: FrameTrack
    kind: Tensor


class Strangers:
    """Draws what they say, at the pitch of the person to be."""

    def __init__(self, people: Sequence[HeardMel], aim: Aim, batch: int, seed: int) -> None:
        self._people = people
        self._middles = [float(np.median(hz_to_midi(p.pitch.hz[p.pitch.voiced]))) for p in people]
        self._usual = [envelope_of(p.mel, p.pitch)[:, p.sounding].mean(axis=1) for p in people]
        self._midi, self._batch = aim.midi, batch
        self._random = np.random.default_rng(seed)

    def draw(self) -> Saying:
        chosen = [int(self._random.integers(len(self._people))) for _ in range(self._batch)]
        crops = [self._crop(self._people[one]) for one in chosen]
        stray = self._random.uniform(-STRAY_SEMITONES, STRAY_SEMITONES, self._batch)
        shifts = self._midi - np.array(self._middles)[chosen] + stray
        pitches = [moved_pitch(crop.pitch, by) for crop, by in zip(crops, shifts, strict=True)]
        frames = frames_of([crop.mel for crop in crops], pitches)
        heard = Heard(
            rows([envelope_of(crop.mel, crop.pitch) for crop in crops]),
            rows([self._usual[one] for one in chosen]),
            torch.ones(self._batch, 1),
            rows([hz_to_midi(crop.pitch.hz) for crop in crops]),
            frames.voiced,
            rows([np.full(CROP_FRAMES, by) for by in shifts]),
        )
        kind = torch.from_numpy(np.stack([pitch_classes(pitch) for pitch in pitches]))
        return Saying(heard, frames, kind)

    def _crop(self, person: HeardMel) -> HeardMel:
        start = int(self._random.integers(0, person.mel.shape[1] - CROP_FRAMES + 1))
        span = slice(start, start + CROP_FRAMES)
        curve = PitchCurve(person.pitch.hz[span], person.pitch.voiced[span])
        return replace(person, mel=person.mel[:, span], pitch=curve)


class Likeness:
    """The loss; `first` (1, speaker_width) is the vector that the encoder listens for."""

    def __init__(
        self, encoder: ContentEncoder, first: Tensor, aim: Aim, others: Sequence[HeardMel]
    ) -> None:
        self._encoder, self._first = encoder, first
        self._speaker_of = MelSpeakerEncoder()
        wanted = torch.from_numpy(aim.embedding.astype(np.float32))
        self._people = torch.cat([wanted[None], _embedded(self._speaker_of, others)])
        self._windows = torch.from_numpy(windows(1.0))

    def __call__(self, made: Tensor, before: Tensor, saying: Saying) -> Tensor:
        """Of what the tuned voice made and what it made at first, (batch, mels, frames)."""
        like = self._speaker_of(made) @ self._people.T
        wanted = torch.zeros(len(made), dtype=torch.long)
        apart = made - before
        colour = apart.mean(dim=-1, keepdim=True)
        return (
            LIKENESS_WEIGHT * F.relu(LIKE_ENOUGH - like[:, 0]).mean()
            + APART_WEIGHT * F.cross_entropy(SHARPNESS * like, wanted)
            + SAID_WEIGHT * self._said_otherwise(made, saying)
            + SHAPE_WEIGHT * (apart - colour).abs().mean()
            + COLOUR_WEIGHT * colour.abs().mean()
        )

    def _said_otherwise(self, made: Tensor, saying: Saying) -> Tensor:
        """Cross-entropy of the phones that are heard now and those of the strangers."""
        speaker = self._first.expand(len(made), -1)
        with torch.no_grad():
            said = torch.softmax(self._encoder(saying.heard, speaker).phones.float(), dim=1)
        frames = saying.frames
        envelope = self._envelope(made, frames.comb, saying.kind)
        again = Heard(
            envelope,
            envelope.mean(dim=-1).detach(),
            saying.heard.trust,
            frames.midi,
            frames.voiced,
            torch.zeros_like(frames.midi),
        )
        heard = torch.log_softmax(self._encoder(again, speaker).phones.float(), dim=1)
        return -(said * heard).sum(dim=1).mean()

    def _envelope(self, mel: Tensor, comb: Tensor, kind: Tensor) -> Tensor:
        """`envelope_of` in torch, (batch, 40, frames)."""
        weight = torch.exp(comb)
        seen = self._windows[kind]
        above = torch.einsum("bfpm,bmf->bpf", seen, (mel - comb) * weight)
        return above / torch.einsum("bfpm,bmf->bpf", seen, weight)


def _embedded(speaker_of: MelSpeakerEncoder, people: Sequence[HeardMel]) -> Tensor:
    """The embeddings of strangers, of their beginnings and ends, `(people, 256)`."""
    begins = speaker_of(torch.from_numpy(np.stack([p.mel[:, :CROP_FRAMES] for p in people])))
    ends = speaker_of(torch.from_numpy(np.stack([p.mel[:, -CROP_FRAMES:] for p in people])))
    return F.normalize(begins + ends, dim=1)
