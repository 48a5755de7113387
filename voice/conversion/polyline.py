"""A curve known at many moments, as the straight lines from frame to frame that lie nearest to it.

Whoever sings a curve joins its frames by straight lines. Read off at the frames alone, the lines
cut every bend short; a fit by least squares (a spline of first degree) does not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.linalg

STIFFNESS = 0.01
"""Weight of the value read off at each frame, beside 1 of a moment that counts."""

Floats = npt.NDArray[np.float64]


def frame_values(values: Floats, weight: Floats, per_frame: int, most_moved: float) -> Floats:
    """What the curve is to be at the middle of every frame, `(frames,)`.

    Args:
        values: `(frames * per_frame,)`, at moments spread evenly over the frames.
        weight: how much each of them counts, 0-1.
        most_moved: a frame further than this from its own moment holds a leap, which no line
            fits, and keeps what it was.
    """
    frames = len(values) // per_frame
    at = (np.arange(frames * per_frame) + 0.5) / per_frame - 0.5
    read_off = np.interp(np.arange(frames), at, values)
    if frames < 2:
        return np.asarray(read_off)
    below = np.clip(np.floor(at).astype(np.int64), 0, frames - 2)
    above_share = np.clip(at - below, 0.0, 1.0)
    below_share = 1.0 - above_share

    def summed(index: npt.NDArray[np.int64], terms: Floats) -> Floats:
        return np.asarray(np.bincount(index, weight * terms, frames), dtype=np.float64)

    bands = np.zeros((2, frames))
    bands[1] = summed(below, below_share**2) + summed(below + 1, above_share**2) + STIFFNESS
    bands[0, 1:] = summed(below, below_share * above_share)[:-1]
    wanted = summed(below, below_share * values) + summed(below + 1, above_share * values)
    fitted = scipy.linalg.solveh_banded(bands, wanted + STIFFNESS * read_off)
    return np.where(np.abs(fitted - read_off) < most_moved, fitted, read_off)
