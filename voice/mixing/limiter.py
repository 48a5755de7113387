"""A look-ahead limiter that keeps peaks between the samples under a ceiling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.ndimage

from voice.mixing.loudness import gain_of, true_peaks

Floats32 = npt.NDArray[np.float32]

LOOK_S = 0.004
ROUNDS = 3


def limited(samples: Floats32, rate_hz: int, ceiling_dbtp: float) -> Floats32:
    """The same sound with no true peak above the ceiling; untouched where it has none.

    The gain falls ahead of a peak and rises after it along smooth ramps of a few milliseconds;
    what the ramps themselves add is taken off by another round, and the rest by a plain gain.
    """
    ceiling = gain_of(ceiling_dbtp)
    for _ in range(ROUNDS):
        peaks = true_peaks(samples)
        if peaks.max(initial=0.0) <= ceiling:
            return samples
        samples = np.asarray(samples * _gains(peaks, rate_hz, ceiling), dtype=np.float32)
    highest = float(true_peaks(samples).max(initial=0.0))
    return np.asarray(samples * min(1.0, 0.999 * ceiling / highest), dtype=np.float32)


def _gains(peaks: Floats32, rate_hz: int, ceiling: float) -> npt.NDArray[np.float64]:
    """At or below what every peak asks for, without steps, `(samples,)`."""
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks.astype(np.float64), ceiling))
    width = 2 * round(LOOK_S * rate_hz) + 1
    held = scipy.ndimage.minimum_filter1d(wanted, width, mode="nearest")
    return np.asarray(scipy.ndimage.uniform_filter1d(held, width, mode="nearest"))
