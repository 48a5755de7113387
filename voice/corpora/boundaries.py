"""Finds where one sound becomes another inside a known window of a mel spectrogram."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Mel = npt.NDArray[np.float32]

TEMPLATE_FRAMES = 6
DURATION_PULL = 0.15


def change_point(mel: Mel, first: int, last: int, expected: float | None = None) -> int:
    """The frame that splits `[first, last)` into two stretches, each most like itself.

    Minimises the squared distance of every frame to the mean of its side (a two-segment
    segmentation by dynamic programming); `expected`, in frames after `first`, pulls gently.

    Args:
        mel: `(mels, frames)`, natural log.
    """
    length = last - first
    if length < 2:
        return first
    window = mel[:, first:last].astype(np.float64)
    sums = np.cumsum(window, axis=1)
    squares = np.cumsum((window**2).sum(axis=0))
    counts = np.arange(1, length)
    left = squares[:-1] - (sums[:, :-1] ** 2).sum(axis=0) / counts
    right_sum = sums[:, -1:] - sums[:, :-1]
    right = squares[-1] - squares[:-1] - (right_sum**2).sum(axis=0) / (length - counts)
    cost = (left + right) / length
    if expected is not None:
        cost = cost + DURATION_PULL * cost.mean() * np.log(counts / max(expected, 1.0)) ** 2
    return first + 1 + int(np.argmin(cost))


def leaves_template(mel: Mel, first: int, last: int, template_from: int) -> int:
    """The frame in `[first, last)` at which a sound stops being like the one before.

    The template is the mean of `TEMPLATE_FRAMES` frames from `template_from`; the best split has
    frames near the template on its left and near the window's own remainder on its right.
    """
    begin = max(0, template_from)
    template = mel[:, begin : begin + TEMPLATE_FRAMES].astype(np.float64).mean(axis=1)
    window = mel[:, first:last].astype(np.float64)
    length = window.shape[1]
    if length < 2:
        return first
    near = ((window - template[:, None]) ** 2).sum(axis=0)
    left = np.concatenate([[0.0], np.cumsum(near)])
    costs = [left[split] + _scatter(window[:, split:]) for split in range(length)]
    return first + int(np.argmin(costs))


def _scatter(part: npt.NDArray[np.float64]) -> float:
    return float(((part - part.mean(axis=1, keepdims=True)) ** 2).sum())


def loudness_db(mel: Mel) -> npt.NDArray[np.float64]:
    """Level of each frame in decibels, `(frames,)`: the mean power over the mel bands."""
    return np.asarray(
        10.0 * np.log10(np.mean(np.exp(2.0 * mel.astype(np.float64)), axis=0) + 1e-12)
    )


def quiet(mel: Mel, below_peak_db: float) -> npt.NDArray[np.bool_]:
    """Frames more than `below_peak_db` under the recording's loud parts (its 95th percentile)."""
    level = loudness_db(mel)
    return np.asarray(level < np.percentile(level, 95) - below_peak_db)
