"""The energy curve: how loud each moment is, as the acoustic model counts it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.corpora.boundaries import loudness_db

SMOOTHING_FRAMES = 9
CENTRE_DB = -35.0
SCALE_DB = 12.0
REFERENCE_DB = -22.0
REFERENCE_PERCENTILE = 90

Floats = npt.NDArray[np.float64]


def energy_of(mel: npt.NDArray[np.float32]) -> Floats:
    """Smoothed level of every frame in units of 12 dB around -35 dB, `(frames,)`."""
    import scipy

    window = scipy.signal.get_window("hann", SMOOTHING_FRAMES + 2)[1:-1]
    smooth = scipy.ndimage.convolve1d(
        np.maximum(loudness_db(mel), -80.0), window / window.sum(), mode="nearest"
    )
    return np.asarray((smooth - CENTRE_DB) / SCALE_DB)


def gain_to_reference_db(mel: npt.NDArray[np.float32]) -> float:
    """What brings a recording's loud parts to the level all voices are trained at."""
    level = loudness_db(mel)
    return REFERENCE_DB - float(np.percentile(level, REFERENCE_PERCENTILE)) if len(level) else 0.0
