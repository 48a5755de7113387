"""Sounds whose pitch and boundaries are known because they were made that way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.signal

from vocoder.frames import GRID, SAMPLE_RATE_HZ
from vocoder.mel import log_mel
from vocoder.pitch import PitchCurve
from vocoder.store import Sound

Samples = npt.NDArray[np.float32]

FORMANTS_HZ = {"a": (800.0, 1_200.0, 2_800.0), "i": (300.0, 2_300.0, 3_000.0)}


def vowel(seconds: float, hz: float | npt.NDArray[np.float64] = 220.0, sound: str = "a") -> Samples:
    """Harmonics of `hz` (one number or a curve over samples) through three resonances."""
    count = round(seconds * SAMPLE_RATE_HZ)
    curve = np.broadcast_to(np.asarray(hz, dtype=np.float64), (count,))
    phase = 2.0 * np.pi * np.cumsum(curve) / SAMPLE_RATE_HZ
    highest = int(6_000.0 / curve.max())
    wave = np.sum([np.sin(k * phase) / k for k in range(1, highest + 1)], axis=0)
    for formant in FORMANTS_HZ[sound]:
        top, bottom = scipy.signal.iirpeak(formant, 4.0, fs=SAMPLE_RATE_HZ)
        wave = wave + 3.0 * scipy.signal.lfilter(top, bottom, wave)
    return np.asarray(0.3 * wave / np.abs(wave).max(), dtype=np.float32)


def hiss(seconds: float, seed: int = 0) -> Samples:
    """Noise above 4 kHz, as in s."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE_HZ))
    high = scipy.signal.sosfilt(
        scipy.signal.butter(4, 4_000.0, "high", fs=SAMPLE_RATE_HZ, output="sos"), noise
    )
    return np.asarray(0.05 * high, dtype=np.float32)


def silence(seconds: float) -> Samples:
    """Almost: no recording is quite silent."""
    noise = np.random.default_rng(9).standard_normal(round(seconds * SAMPLE_RATE_HZ))
    return np.asarray(1e-5 * noise, dtype=np.float32)


def mel_of(parts: Sequence[Samples]) -> npt.NDArray[np.float32]:
    return log_mel(np.concatenate(parts))


def sound_of(parts: Sequence[Samples], hz: float, voiced: Sequence[bool]) -> Sound:
    """The parts one after the other; each is voiced or not, at one pitch."""
    samples = np.concatenate(parts)
    frames = GRID.samples_to_frames(len(samples))
    samples = np.pad(samples, (0, GRID.frames_to_samples(frames) - len(samples)))
    mask = np.zeros(frames, dtype=np.bool_)
    ends = np.cumsum([len(part) for part in parts])
    for part, end, heard in zip(parts, ends, voiced, strict=True):
        mask[(end - len(part)) // GRID.hop_samples : end // GRID.hop_samples] = heard
    return Sound(samples, log_mel(samples), PitchCurve(np.full(frames, hz), mask))
