"""Formants moved without the pitch: a mel sung lower, then stretched along its bands.

The decoder sings the tone as many semitones lower as the formants are to rise; stretching the
spectrum by that much brings the harmonics back to where they belong and the formants above it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vocoder.frames import MEL_BANDS
from voice.conversion.features import band_of_hz, hz_of_band

Floats32 = npt.NDArray[np.float32]


def with_formants(mel: Floats32, semitones: float) -> Floats32:
    """A mel `(mels, frames)` whose spectrum lies so many semitones higher."""
    if semitones == 0.0:
        return mel
    bands = np.arange(MEL_BANDS, dtype=np.float64)
    position = np.clip(band_of_hz(hz_of_band(bands) * 2.0 ** (-semitones / 12.0)), 0, MEL_BANDS - 1)
    below = np.minimum(position.astype(np.int64), MEL_BANDS - 2)
    share = (position - below).astype(np.float32)[:, None]
    return np.asarray((1.0 - share) * mel[below] + share * mel[below + 1], dtype=np.float32)
