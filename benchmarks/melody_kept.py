"""Whether a conversion keeps the melody: Praat hears both sides, moment by moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.praat import praat_track
from vocoder.audio import Audio

CLOSE_CENTS = 50.0
RANGE_DB = 40.0


@dataclass(frozen=True)
class MelodyKept:
    """Over moments of 5 ms within 40 dB of the source's loudest.

    `correlation` is Pearson's, of f0 in hertz where both are voiced; `within_50` the share of
    those that lie within 50 cents of the source, transposed as wished; `voicing_error` the share
    of all that is voiced on one side alone.
    """

    correlation: float
    within_50: float
    voicing_error: float
    moments: int


def melody_kept(source: Audio, made: Audio, semitones: float) -> MelodyKept:
    """Compare a conversion with its source, sample 0 with sample 0."""
    one, other = praat_track(source), praat_track(made)
    count = min(len(one.hz), len(other.hz))
    active = _active(source, one.times_s[:count])
    voiced, also = one.voiced[:count][active], other.voiced[:count][active]
    both = voiced & also
    wanted = one.hz[:count][active][both] * 2.0 ** (semitones / 12.0)
    got = other.hz[:count][active][both]
    near = np.abs(1200.0 * np.log2(got / wanted)) <= CLOSE_CENTS
    moving = len(got) > 2 and wanted.std() > 0 and got.std() > 0
    return MelodyKept(
        correlation=float(np.corrcoef(wanted, got)[0, 1]) if moving else 1.0,
        within_50=float(near.mean()) if len(near) else 1.0,
        voicing_error=float(np.mean(voiced != also)) if active.any() else 0.0,
        moments=int(active.sum()),
    )


def _active(audio: Audio, times_s: np.ndarray) -> np.ndarray:
    samples = audio.mono().samples[0].astype(np.float64)
    half = audio.rate_hz // 100
    power = np.concatenate([[0.0], np.cumsum(samples**2)])
    at = np.clip(np.round(times_s * audio.rate_hz).astype(int), 0, len(samples))
    first, last = np.maximum(at - half, 0), np.minimum(at + half, len(samples))
    level = (power[last] - power[first]) / np.maximum(last - first, 1)
    return np.asarray(level > level.max() * 10.0 ** (-RANGE_DB / 10.0))
