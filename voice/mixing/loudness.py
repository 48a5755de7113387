"""Meters of a mix: loudness after ITU-R BS.1770, and peaks between the samples."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

OVERSAMPLING = 4
STEPS_A_SECOND = 3_000
BLOCK_STEPS = 1 << 14
CONTEXT_SAMPLES = 64
SHORTEST_S = 0.4
SILENCE_LUFS = -70.0


def integrated_lufs(audio: Audio) -> float:
    """Gated loudness of the whole; `SILENCE_LUFS` where nothing is above the gate.

    Two equal channels are measured as one of the same power, in half the time.
    """
    import pyloudnorm

    shortest = int(np.ceil(SHORTEST_S * audio.rate_hz)) + 1
    samples = audio.samples
    if audio.length_samples < shortest:
        samples = np.pad(samples, ((0, 0), (0, shortest - audio.length_samples)))
    if len(samples) > 1 and np.array_equal(samples[0], samples[1]):
        samples = samples[:1] * np.float32(np.sqrt(2.0))
    meter = pyloudnorm.Meter(audio.rate_hz)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        lufs = float(meter.integrated_loudness(samples[:2].T))
    return max(lufs, SILENCE_LUFS) if np.isfinite(lufs) else SILENCE_LUFS


def lufs_during(audio: Audio, spans_s: Sequence[tuple[float, float]]) -> float:
    """Loudness of some stretches of time alone, as if they followed one another."""
    pieces = [
        audio.samples[:, max(0, round(begin * audio.rate_hz)) : max(0, round(end * audio.rate_hz))]
        for begin, end in spans_s
    ]
    joined = np.concatenate(pieces, axis=1) if pieces else audio.samples[:, :0]
    return integrated_lufs(Audio(joined, audio.rate_hz))


def step_samples(rate_hz: int) -> int:
    """How many samples make a step of a third of a millisecond."""
    return max(1, rate_hz // STEPS_A_SECOND)


def true_peak_steps(samples: Floats32, rate_hz: int) -> Floats:
    """The highest level in each step, fourfold oversampled, over all channels, `(steps,)`.

    Long sounds are raised block by block, so that memory stays bounded.
    """
    step = step_samples(rate_hz)
    length = samples.shape[1]
    peaks = np.zeros(-(-length // step))
    for first in range(0, length, BLOCK_STEPS * step):
        last = min(first + BLOCK_STEPS * step, length)
        begin, end = max(0, first - CONTEXT_SAMPLES), min(length, last + CONTEXT_SAMPLES)
        fine = _between(samples[:, begin:end])[first - begin : last - begin]
        at = first // step
        steps = np.maximum.reduceat(fine, np.arange(0, last - first, step))
        peaks[at : at + len(steps)] = steps
    return peaks


def _between(samples: Floats32) -> Floats32:
    """The highest level at and after each sample, before the next, `(samples,)`."""
    import scipy.signal

    raised = scipy.signal.resample_poly(samples, OVERSAMPLING, 1, axis=1)
    fine = np.abs(raised).max(axis=0).reshape(samples.shape[1], OVERSAMPLING).max(axis=1)
    return np.asarray(np.maximum(fine, np.abs(samples).max(axis=0)), dtype=np.float32)


def true_peak_dbtp(audio: Audio) -> float:
    """The highest true peak in decibels of full scale; minus infinity for silence."""
    return decibels(float(true_peak_steps(audio.samples, audio.rate_hz).max(initial=0.0)))


def decibels(level: float) -> float:
    return 20.0 * float(np.log10(level)) if level > 0.0 else -np.inf


def gain_of(decibels: float) -> float:
    return float(10.0 ** (decibels / 20.0))
