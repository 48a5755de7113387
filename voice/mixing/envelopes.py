"""Levels over time on a slow clock, and gains that follow them on the clock of the samples."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

SILENT_DB = -120.0
BLOCK_SAMPLES = 1 << 18


def level_db(samples: Floats32, rate_hz: int, step_s: float) -> Floats:
    """The level of each step in decibels of full scale, channels as one, `(steps,)`."""
    step = max(1, round(step_s * rate_hz))
    steps = -(-samples.shape[1] // step)
    power = np.zeros(steps)
    for channel in samples:
        whole = channel[: (steps - 1) * step].reshape(-1, step) if steps else channel[:0]
        power[: len(whole)] += np.einsum("ij,ij->i", whole, whole) / step
        rest = channel[max(0, steps - 1) * step :]
        if steps:
            power[-1] += float(rest @ rest) / max(1, rest.size)
    floor = 10.0 ** (SILENT_DB / 10.0)
    return np.asarray(10.0 * np.log10(np.maximum(power / samples.shape[0], floor)))


def smoothed(steps: Floats, width_steps: int) -> Floats:
    """Rounded corners, as long; what is zero for longer than the width stays exactly zero."""
    if width_steps < 2 or not steps.any():
        return steps
    window = np.hanning(width_steps + 2)[1:-1]
    around = np.pad(steps, (width_steps // 2, width_steps - 1 - width_steps // 2), mode="edge")
    round_ones = np.convolve(around, window / window.sum(), mode="valid")
    return np.asarray(np.where(round_ones < 1e-9, 0.0, round_ones))


def blended(
    plain: Floats32, shaped: Floats32, share: Floats, rate_hz: int, step_s: float
) -> Floats32:
    """From plain to shaped and back as `share` (0 to 1 for each step) says; plain where it is 0.

    For a peak or shelf filter this is the same filter with a moving depth, since such a filter is
    the plain sound plus a share of one band of it.
    """
    made = plain.copy()

    def blend(piece: slice, now: Floats32) -> None:
        made[:, piece] += now * (shaped[:, piece] - plain[:, piece])

    _over_time(share, plain.shape[1], rate_hz, step_s, blend)
    return made


def faded(samples: Floats32, lowered_db: Floats, rate_hz: int, step_s: float) -> Floats32:
    """Lowered by so many decibels at each step; the very same samples where it is 0."""
    made = samples.copy()

    def fade(piece: slice, now: Floats32) -> None:
        made[:, piece] *= np.float32(1.0) - now

    taken = 1.0 - 10.0 ** (-lowered_db / 20.0)
    _over_time(taken, samples.shape[1], rate_hz, step_s, fade)
    return made


def _over_time(
    steps: Floats,
    length: int,
    rate_hz: int,
    step_s: float,
    apply: Callable[[slice, Floats32], None],
) -> None:
    """Call `apply` with each block that is not all zero and its steps drawn to samples."""
    middles = (np.arange(len(steps)) + 0.5) * step_s * rate_hz
    for first in range(0, length, BLOCK_SAMPLES):
        last = min(first + BLOCK_SAMPLES, length)
        now = np.interp(np.arange(first, last), middles, steps) if len(steps) else np.zeros(1)
        if now.any():
            apply(slice(first, last), now.astype(np.float32))
