"""Guesses the highest mel bands of recordings that stop at 12 kHz, from those that do not.

A ridge regression from the bands below to those above, learned on full-band recordings: rough, but
steadier than leaving a network to make up what it never hears.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats32 = npt.NDArray[np.float32]

FEATURE_BANDS = 48
RIDGE = 50.0
LOWEST = float(np.log(1e-5))


@dataclass(frozen=True)
class BandExtension:
    """`upper = weights @ [lower bands, 1]`; `first_upper` is the first band that is guessed."""

    first_upper: int
    weights: Floats32

    def fill(self, mel: Floats32) -> Floats32:
        """The same mel, `(mels, frames)`, with its upper bands guessed."""
        filled = mel.copy()
        guess = self.weights @ _features(mel, self.first_upper)
        ceiling = mel[self.first_upper - 4 : self.first_upper].max(axis=0)
        filled[self.first_upper :] = np.clip(guess, LOWEST, ceiling)
        return filled


def learn_extension(full_band: Iterable[Floats32], first_upper: int) -> BandExtension:
    """Learn from full-band mels, each `(mels, frames)`."""
    size = FEATURE_BANDS + 1
    gram = np.zeros((size, size))
    cross: npt.NDArray[np.float64] | None = None
    for mel in full_band:
        told = _features(mel, first_upper).astype(np.float64)
        gram += told @ told.T
        product = mel[first_upper:].astype(np.float64) @ told.T
        cross = product if cross is None else cross + product
    if cross is None:
        raise ValueError("no full-band recordings to learn the upper bands from")
    weights = np.linalg.solve(gram + RIDGE * np.eye(size), cross.T).T
    return BandExtension(first_upper, weights.astype(np.float32))


def _features(mel: Floats32, first_upper: int) -> Floats32:
    lower = mel[first_upper - FEATURE_BANDS : first_upper]
    return np.concatenate([lower, np.ones((1, mel.shape[1]), dtype=np.float32)])
