"""What the decoder is told of recordings that nobody labelled: pitch, loudness and comb."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vocoder.pitch import PitchCurve, hz_to_midi
from voice.acoustic.comb import comb_of
from voice.acoustic.loudness import energy_of
from voice.acoustic.networks.prior import FrameTrack


def rows(values: Sequence[npt.NDArray[np.generic]]) -> Tensor:
    """Arrays of one shape as a batch."""
    return torch.from_numpy(np.stack(values).astype(np.float32))


def frames_of(mels: Sequence[npt.NDArray[np.float32]], pitches: Sequence[PitchCurve]) -> FrameTrack:
    """The frames of a batch: as loud as `mels` `(mels, frames)`, sung at `pitches`."""
    midi = rows([hz_to_midi(pitch.hz) for pitch in pitches])
    nothing = torch.zeros_like(midi)
    return FrameTrack(
        phone=nothing,
        since=nothing,
        until=nothing,
        note=midi,
        midi=midi,
        voiced=rows([pitch.voiced for pitch in pitches]),
        energy=rows([energy_of(mel) for mel in mels]),
        breathiness=nothing,
        tension=nothing,
        comb=rows([comb_of(pitch) for pitch in pitches]),
    )
