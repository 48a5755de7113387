"""A look-ahead limiter that keeps peaks between the samples under a ceiling.

It works on steps of a third of a millisecond: their true peaks are measured once, and the gain of
each sample is drawn between the gains of the steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from voice.mixing.loudness import gain_of, step_samples, true_peak_steps

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

LOOK_S = 0.004
RELEASE_DB_PER_S = 60.0
ROUNDS = 3
SAFE_DB = 0.01
BLOCK_SAMPLES = 1 << 18


@dataclass(frozen=True)
class Limited:
    """A sound under its ceiling.

    Attributes:
        gains: what every sample was multiplied by, `(samples,)`; None where none was touched.
        most_db: the most that was taken off.
        share: the share of the time in which anything was.
        true_peak: the highest that is left.
    """

    samples: Floats32
    gains: Floats32 | None
    most_db: float
    share: float
    true_peak: float


def limited(samples: Floats32, rate_hz: int, ceiling_dbtp: float) -> Limited:
    """The same sound with no true peak above the ceiling; the very same where it has none."""
    peaks = true_peak_steps(samples, rate_hz)
    return settled(pressed(samples, rate_hz, ceiling_dbtp, peaks), rate_hz, ceiling_dbtp)


def pressed(samples: Floats32, rate_hz: int, ceiling_dbtp: float, peaks: Floats) -> Limited:
    """Limited by peaks that are known; what the ramps of the gains add is not looked for yet."""
    steps = _limiting(peaks, rate_hz, ceiling_dbtp)
    if steps is None:
        return Limited(samples, None, 0.0, 0.0, float(peaks.max(initial=0.0)))
    gains = _drawn(steps, samples.shape[1], rate_hz)
    made = np.asarray(samples * gains, dtype=np.float32)
    most_db = -20.0 * float(np.log10(steps.min(initial=1.0)))
    highest = float((peaks * steps).max(initial=0.0))
    return Limited(made, gains, most_db, float(np.mean(steps < 0.999)), highest)


def settled(first: Limited, rate_hz: int, ceiling_dbtp: float) -> Limited:
    """Looked through for new peaks: another round takes them off, and a plain gain the rest."""
    if first.gains is None:
        return first
    gains, made = first.gains, first.samples
    for _ in range(ROUNDS):
        peaks = true_peak_steps(made, rate_hz)
        highest = float(peaks.max(initial=0.0))
        again = None
        if highest > gain_of(ceiling_dbtp):
            again = _limiting(peaks, rate_hz, ceiling_dbtp - SAFE_DB)
        if again is None:
            return replace(first, samples=made, gains=gains, true_peak=highest)
        more = _drawn(again, made.shape[1], rate_hz)
        gains, made = gains * more, made * more
    highest = float(true_peak_steps(made, rate_hz).max(initial=0.0))
    rest = np.float32(min(1.0, gain_of(ceiling_dbtp - SAFE_DB) / highest))
    return replace(first, samples=made * rest, gains=gains * rest, true_peak=highest * float(rest))


def _limiting(peaks: Floats, rate_hz: int, ceiling_dbtp: float) -> Floats | None:
    """The gain of each step that keeps true peaks under the ceiling; None where none reaches it.

    It falls along a ramp of a few milliseconds ahead of a peak and comes back by so many decibels
    a second.
    """
    import scipy.ndimage

    ceiling = gain_of(ceiling_dbtp)
    if peaks.max(initial=0.0) <= ceiling:
        return None
    step_s = step_samples(rate_hz) / rate_hz
    look = max(2, round(LOOK_S / step_s))
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, ceiling))
    released = _released(wanted, RELEASE_DB_PER_S * step_s)
    held = scipy.ndimage.minimum_filter1d(released, 2 * look + 1, mode="nearest")
    return np.asarray(scipy.ndimage.uniform_filter1d(held, 2 * look - 1, mode="nearest"))


def _drawn(gains: Floats, length: int, rate_hz: int) -> Floats32:
    """Gains of steps as gains of samples, `(samples,)`; nowhere above those of their step."""
    step = step_samples(rate_hz)
    middles = (np.arange(len(gains)) + 0.5) * step
    made = np.empty(length, dtype=np.float32)
    for first in range(0, length, BLOCK_SAMPLES):
        last = min(first + BLOCK_SAMPLES, length)
        made[first:last] = np.interp(np.arange(first, last), middles, gains)
    return made


def _released(gains: Floats, decibels_a_step: float) -> Floats:
    """After a low gain, slowly back to 1."""
    rise = np.arange(len(gains)) * decibels_a_step
    down_db = -20.0 * np.log10(gains)
    latest = np.maximum.accumulate(np.where(down_db > 0.0, down_db + rise, -np.inf))
    return np.asarray(10.0 ** (-np.maximum(latest - rise, 0.0) / 20.0))
