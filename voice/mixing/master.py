"""The whole mix at its loudness and under its ceiling, by a gain for each sample."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.mixing.decisions import Master
from voice.mixing.limiter import Limited, pressed, settled
from voice.mixing.loudness import SILENCE_LUFS, gain_of, integrated_lufs, true_peak_steps

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

MOST_LIMITING_LU = 6.0
ROUNDS = 4
CLOSE_LU = 0.1
DECIMALS = 3

MARGIN_DB = 0.1
"""How far under the ceiling peaks are kept: meters draw the curve between samples by different
filters, the mark may add 0.05 dB, and coding to whole numbers adds a little."""


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
        final = replace(wanted, gain_db=gain_db or 0.0)
        return _finished(before, final, _at_gain(before, final))
    gain_db = round(target - level, DECIMALS)
    most_db = gain_db + MOST_LIMITING_LU
    for _ in range(ROUNDS):
        final = replace(wanted, gain_db=gain_db)
        made = _at_gain(before, final)
        missing = target - made.loudness_lufs
        louder_db = round(min(gain_db + missing, most_db), DECIMALS)
        if abs(missing) < CLOSE_LU or louder_db == gain_db:
            break
        gain_db = louder_db
    return _finished(before, final, made)


@dataclass(frozen=True)
class _Try:
    """The sum at some gain, limited by the peaks it is known to have."""

    pressed: Limited
    loudness_lufs: float


def _at_gain(before: _Premaster, master: Master) -> _Try:
    gain_db = master.gain_db or 0.0
    gain = np.float32(gain_of(gain_db))
    loud = before.samples if gain == 1.0 else before.samples * gain
    peaks = before.peaks * float(gain)
    if master.ceiling_dbtp is None:
        made = Limited(loud, None, 0.0, 0.0, float(peaks.max(initial=0.0)))
    else:
        made = pressed(loud, before.rate_hz, master.ceiling_dbtp - MARGIN_DB, peaks)
    if made.gains is None:
        return _Try(made, before.level + gain_db)
    return _Try(made, integrated_lufs(Audio(made.samples, before.rate_hz)))


def _finished(before: _Premaster, master: Master, made: _Try) -> Mastered:
    """Looked through for peaks once more, and with everything that was done to each sample."""
    gain = np.float32(gain_of(master.gain_db or 0.0))
    first = made.pressed
    if first.gains is None:
        length = first.samples.shape[1]
        gains = None if gain == 1.0 else np.full(length, gain, dtype=np.float32)
        level = made.loudness_lufs
        return Mastered(first.samples, master, gains, 0.0, 0.0, level, first.true_peak)
    last = settled(first, before.rate_hz, (master.ceiling_dbtp or 0.0) - MARGIN_DB)
    level = made.loudness_lufs
    if last.samples is not first.samples:
        level = integrated_lufs(Audio(last.samples, before.rate_hz))
    gains = np.asarray((1.0 if last.gains is None else last.gains) * gain, dtype=np.float32)
    return Mastered(last.samples, master, gains, last.most_db, last.share, level, last.true_peak)
