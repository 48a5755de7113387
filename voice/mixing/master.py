"""The whole mix at its loudness and under its ceiling, by a gain for each sample."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.mixing.decisions import Master
from voice.mixing.limiter import limited
from voice.mixing.loudness import SILENCE_LUFS, gain_of, integrated_lufs, true_peak_steps

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

MOST_LIMITING_LU = 6.0
ROUNDS = 4
CLOSE_LU = 0.1
DECIMALS = 3


@dataclass(frozen=True)
class Mastered:
    """A finished mix.

    Attributes:
        gains: what every sample was multiplied by; None where nothing was done to any.
        limited_db: the most the limiter took off.
        limited_share: the share of the time in which it took off anything.
    """

    samples: Floats32
    master: Master
    gains: Floats32 | None
    limited_db: float
    limited_share: float
    loudness_lufs: float
    true_peak: float


@dataclass(frozen=True)
class _Premaster:
    """The sum before anything is done to it, and what was measured of it."""

    samples: Floats32
    rate_hz: int
    peaks: Floats
    level: float


def mastered(samples: Floats32, rate_hz: int, wanted: Master) -> Mastered:
    """At the loudness and under the ceiling that were asked for.

    Where the ceiling would cost more than `MOST_LIMITING_LU`, the mix stays softer instead.
    """
    level = integrated_lufs(Audio(samples, rate_hz))
    before = _Premaster(samples, rate_hz, true_peak_steps(samples, rate_hz), level)
    gain_db, target = wanted.gain_db, wanted.loudness_lufs
    if gain_db is not None or target is None or level <= SILENCE_LUFS:
        return _at_gain(before, replace(wanted, gain_db=gain_db or 0.0))
    gain_db = round(target - level, DECIMALS)
    most_db = gain_db + MOST_LIMITING_LU
    for _ in range(ROUNDS):
        made = _at_gain(before, replace(wanted, gain_db=gain_db))
        missing = target - made.loudness_lufs
        louder_db = round(min(gain_db + missing, most_db), DECIMALS)
        if abs(missing) < CLOSE_LU or louder_db == gain_db:
            break
        gain_db = louder_db
    return made


def _at_gain(before: _Premaster, master: Master) -> Mastered:
    """With the gain given, limited where peaks are known to need it."""
    gain = np.float32(gain_of(master.gain_db or 0.0))
    loud = before.samples if gain == 1.0 else before.samples * gain
    peaks = before.peaks * float(gain)
    level = before.level + (master.gain_db or 0.0)
    plain = None if gain == 1.0 else np.full(loud.shape[1], gain, dtype=np.float32)
    if master.ceiling_dbtp is None:
        return Mastered(loud, master, plain, 0.0, 0.0, level, float(peaks.max(initial=0.0)))
    made = limited(loud, before.rate_hz, master.ceiling_dbtp, peaks)
    if made.gains is None:
        return Mastered(loud, master, plain, 0.0, 0.0, level, made.true_peak)
    level = integrated_lufs(Audio(made.samples, before.rate_hz))
    gains = np.asarray(made.gains * gain, dtype=np.float32)
    return Mastered(made.samples, master, gains, made.most_db, made.share, level, made.true_peak)
