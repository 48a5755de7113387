"""A FrameScore as the arrays that the exported networks take; NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY
from vocoder.frames import GRID
from voice.acoustic.config import language_id
from voice.expression import FramedPhone

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class PhoneInputs:
    """Phone by phone, each `(1, phones)`."""

    phoneme: npt.NDArray[np.int64]
    language: npt.NDArray[np.int64]
    stress: npt.NDArray[np.int64]
    seconds: npt.NDArray[np.float32]

    def named(self) -> dict[str, Array]:
        return {
            "phoneme": self.phoneme,
            "language": self.language,
            "stress": self.stress,
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class PositionInputs:
    """Frame by frame, each `(1, frames)`: which phone, and how far into it."""

    phone: npt.NDArray[np.int64]
    since: npt.NDArray[np.float32]
    until: npt.NDArray[np.float32]

    def named(self) -> dict[str, Array]:
        return {"phone": self.phone, "since": self.since, "until": self.until}


def phone_inputs(phones: tuple[FramedPhone, ...], language: str) -> PhoneInputs:
    """What the phone encoder is told."""
    return PhoneInputs(
        np.array([[INVENTORY.id_of(phone.symbol) for phone in phones]], dtype=np.int64),
        np.full((1, len(phones)), language_id(language), dtype=np.int64),
        np.array([[phone.stress for phone in phones]], dtype=np.int64),
        np.array([[GRID.frames_to_seconds(phone.frames) for phone in phones]], dtype=np.float32),
    )


def position_inputs(phones: tuple[FramedPhone, ...]) -> PositionInputs:
    """Where every frame lies in its phone, counted from the frame's middle."""
    lengths = np.array([phone.frames for phone in phones])
    starts = np.array([phone.first_frame for phone in phones])
    index = np.repeat(np.arange(len(phones)), lengths)
    at = np.arange(int(lengths.sum())) + 0.5
    since = at - starts[index]
    return PositionInputs(
        index[None].astype(np.int64),
        since[None].astype(np.float32),
        (lengths[index] - since)[None].astype(np.float32),
    )
