"""Meters of a mix: loudness after ITU-R BS.1770, and peaks between the samples."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio

Floats32 = npt.NDArray[np.float32]

OVERSAMPLING = 4
BLOCK_SAMPLES = 1 << 18
CONTEXT_SAMPLES = 64
SHORTEST_S = 0.4
SILENCE_LUFS = -70.0


def integrated_lufs(audio: Audio) -> float:
    """Gated loudness of the whole; `SILENCE_LUFS` where nothing is above the gate."""
    import pyloudnorm

    shortest = int(np.ceil(SHORTEST_S * audio.rate_hz)) + 1
    samples = audio.samples
    if audio.length_samples < shortest:
        samples = np.pad(samples, ((0, 0), (0, shortest - audio.length_samples)))
    meter = pyloudnorm.Meter(audio.rate_hz)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        lufs = float(meter.integrated_loudness(samples[:2].T.astype(np.float64)))
    return max(lufs, SILENCE_LUFS) if np.isfinite(lufs) else SILENCE_LUFS


def lufs_during(audio: Audio, spans_s: Sequence[tuple[float, float]]) -> float:
    """Loudness of some stretches of time alone, as if they followed one another."""
    pieces = [
        audio.samples[:, max(0, round(begin * audio.rate_hz)) : max(0, round(end * audio.rate_hz))]
        for begin, end in spans_s
    ]
    joined = np.concatenate(pieces, axis=1) if pieces else audio.samples[:, :0]
    return integrated_lufs(Audio(joined, audio.rate_hz))


def true_peaks(samples: Floats32) -> Floats32:
    """The highest level around each sample, fourfold oversampled, over all channels, `(samples,)`.

    Long sounds are raised block by block, so that memory stays bounded.
    """
    peaks = np.abs(samples).max(axis=0, initial=0.0)
    length = samples.shape[1]
    for first in range(0, length, BLOCK_SAMPLES):
        last = min(first + BLOCK_SAMPLES, length)
        begin, end = max(0, first - CONTEXT_SAMPLES), min(length, last + CONTEXT_SAMPLES)
        fine = _between(samples[:, begin:end])
        peaks[first:last] = np.maximum(peaks[first:last], fine[first - begin : last - begin])
    return np.asarray(peaks, dtype=np.float32)


def _between(samples: Floats32) -> npt.NDArray[np.float64]:
    import scipy.signal

    raised = scipy.signal.resample_poly(samples.astype(np.float64), OVERSAMPLING, 1, axis=1)
    fine = np.abs(raised).max(axis=0).reshape(samples.shape[1], OVERSAMPLING)
    return np.asarray(fine.max(axis=1))


def true_peak_dbtp(audio: Audio) -> float:
    """The highest true peak in decibels of full scale; minus infinity for silence."""
    peak = float(true_peaks(audio.samples).max(initial=0.0))
    return 20.0 * float(np.log10(peak)) if peak > 0.0 else -np.inf


def gain_of(decibels: float) -> float:
    return float(10.0 ** (decibels / 20.0))
