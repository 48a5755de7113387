"""Samples as whole numbers: with dither, or exactly where the steps hold them exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats32 = npt.NDArray[np.float32]


def quantised(block: Floats32, bits: int, random: np.random.Generator) -> npt.NDArray[np.int32]:
    """Whole numbers in the upper bits of int32, with triangular dither of ±1 step.

    A block that holds nothing but whole steps is left alone: dither would only harm it.
    """
    full_scale = 2.0 ** (bits - 1)
    steps = block.astype(np.float64) * full_scale
    whole = np.rint(steps)
    if bool((steps != whole).any()):
        noise = random.random(block.shape) - random.random(block.shape)
        whole = np.round(steps + noise)
    return np.asarray(np.clip(whole, -full_scale, full_scale - 1).astype(np.int32) << (32 - bits))
