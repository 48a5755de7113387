"""Loudness from moment to moment: silence that stays silence, and dynamics that are followed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.ndimage

from voice.corpora.boundaries import loudness_db

SILENT_DB, AUDIBLE_DB = -75.0, -65.0
"""At the trained level, where loud parts lie near -22 dB."""
GATED_DB = -120.0
FOLLOWED_FRAMES = 9
MOST_FOLLOWED_DB = 12.0

Floats32 = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


def silence_gate_db(heard: Floats32) -> Floats:
    """0 where there is sound, falling away below -65 dB; `heard` `(mels, frames)`."""
    level = scipy.ndimage.maximum_filter1d(loudness_db(heard), 3, mode="nearest")
    share = np.clip((AUDIBLE_DB - level) / (AUDIBLE_DB - SILENT_DB), 0.0, 1.0)
    return np.asarray(np.where(share >= 1.0, GATED_DB * 2.0, share * -40.0))


def followed_db(heard: Floats32, made: Floats32) -> Floats:
    """What brings the loudness of a made mel to that of the heard one, within 12 dB."""
    difference = _smooth(loudness_db(heard)) - _smooth(loudness_db(made))
    return np.clip(difference, -MOST_FOLLOWED_DB, MOST_FOLLOWED_DB)


def _smooth(level: Floats) -> Floats:
    return np.asarray(scipy.ndimage.uniform_filter1d(level, FOLLOWED_FRAMES, mode="nearest"))
