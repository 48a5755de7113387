"""Surveyed recordings as mels at the trained level, for what learns a voice from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.mel import log_mel
from vocoder.pitch import PitchCurve
from voice.conversion.config import NEPERS_PER_DB
from voice.conversion.recording import read_blocks
from voice.conversion.survey import Survey
from voice.errors import ConversionError

LONGEST_S = 1_200.0
SOUNDING_NEPERS = 3.5

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class HeardMel:
    """One recording: `mel` `(mels, frames)` at the trained level, and its pitch."""

    mel: Floats32
    pitch: PitchCurve

    @property
    def sounding(self) -> npt.NDArray[np.bool_]:
        """Frames within 30 dB of the loud ones, `(frames,)`."""
        level = self.mel.mean(axis=0)
        return np.asarray(level > np.percentile(level, 95) - SOUNDING_NEPERS)


def heard_mels(surveys: Sequence[Survey]) -> tuple[HeardMel, ...]:
    """The mels of recordings that are short enough to be held at once."""
    total_s = sum(one.recording.duration_s for one in surveys)
    if total_s > LONGEST_S:
        raise ConversionError(
            f"{total_s / 60:.0f} minutes of recordings; {LONGEST_S / 60:g} are enough to learn a "
            "voice from, leave some out"
        )
    return tuple(
        HeardMel(
            log_mel(np.concatenate(list(read_blocks(one.recording))))
            + np.float32(one.gain_db * NEPERS_PER_DB),
            one.pitch,
        )
        for one in surveys
    )
