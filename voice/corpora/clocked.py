"""Sound that something else has made, and its pitch, on Melisma's clock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID
from vocoder.mel import log_mel
from vocoder.pitch import PitchCurve
from vocoder.store import Sound

LOUDEST = 0.98

Floats = npt.NDArray[np.float64]


def as_sound(
    made: npt.NDArray[np.floating],
    rate_hz: float,
    times_s: Floats,
    hz: Floats,
    voiced: npt.NDArray[np.bool_],
) -> Sound:
    """Whole frames at 44.1 kHz, nowhere clipped.

    Args:
        made: `(samples,)`, played `rate_hz` of them a second.
        times_s: the moments at which `hz`, positive everywhere, and `voiced` are known.
    """
    import soxr

    audio = soxr.resample(made, rate_hz, GRID.sample_rate_hz).astype(np.float32)
    frames = GRID.samples_to_frames(len(audio))
    audio = np.pad(audio, (0, GRID.frames_to_samples(frames) - len(audio)))
    audio /= max(1.0, float(np.abs(audio).max()) / LOUDEST)
    centres_s = GRID.centres_s(frames)
    curve = np.exp(np.interp(centres_s, times_s, np.log(hz)))
    heard = np.interp(centres_s, times_s, voiced.astype(np.float64)) > 0.5
    return Sound(audio, log_mel(audio), PitchCurve(curve, heard))
