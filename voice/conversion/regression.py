"""Ridge regression between envelopes that are in step, at the 40 points."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vocoder.frames import MEL_BANDS
from voice.conversion.config import BANDS

RIDGE, RIDGE_FRAMES = 0.3, 100.0
"""Variance, in square nepers, that the regression is held back by; more where frames are few."""

Floats32 = npt.NDArray[np.float32]


def slope_between(heard: Floats32, wanted: Floats32) -> Floats32:
    """What to add for each departure of `heard` from its mean, `(40, 40)`, to come to `wanted`.

    Args:
        heard: `(40, frames)`, natural log amplitude; `wanted` the same moments.
    """
    count = heard.shape[1]
    departs = heard.astype(np.float64) - heard.mean(axis=1, keepdims=True)
    lacks = wanted - wanted.mean(axis=1, keepdims=True) - departs
    spread = departs @ departs.T / count + (RIDGE + RIDGE_FRAMES / count) * np.eye(BANDS)
    return np.asarray(np.linalg.solve(spread, departs @ lacks.T / count).T, dtype=np.float32)


@lru_cache(maxsize=1)
def between_points() -> Floats32:
    """From 40 points to all bands by straight lines, `(mels, 40)`."""
    bands, places = np.arange(MEL_BANDS), np.linspace(1.0, MEL_BANDS - 2.0, BANDS)
    rows = [np.interp(bands, places, row) for row in np.eye(BANDS)]
    return np.stack(rows, axis=1).astype(np.float32)
