"""Sounds that a voice might make, made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

RATE_HZ = 44_100

Floats32 = npt.NDArray[np.float32]


def vowel(
    seconds: float, hz: float = 220.0, formant_hz: float = 700.0, rate_hz: int = RATE_HZ
) -> Floats32:
    """A steady vowel of one formant, at -14 dBFS or so."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = np.zeros(len(time_s))
    for harmonic in range(1, int(min(rate_hz / 2.2, 8_000.0) / hz)):
        level = 1.0 / (1.0 + ((harmonic * hz - formant_hz) / 400.0) ** 2) + 0.02
        wave += level * np.cos(2.0 * np.pi * harmonic * hz * time_s + harmonic)
    return np.asarray(0.2 * wave / np.sqrt(np.mean(wave**2)), dtype=np.float32)


def sung(seconds: float = 1.6, hz: float = 220.0, rate_hz: int = RATE_HZ) -> Floats32:
    """Syllables: a vowel that swells and fades, with silence before and after and hiss between."""
    wave = vowel(seconds, hz, rate_hz=rate_hz)
    time_s = np.arange(len(wave)) / rate_hz
    swell = np.clip(np.sin(2.0 * np.pi * time_s / 0.8), 0.0, None)
    hiss = np.random.default_rng(0).standard_normal(len(wave)) * 0.02
    made = wave * swell + hiss * np.clip(-np.sin(2.0 * np.pi * time_s / 0.8), 0.0, None) ** 4
    made[: rate_hz // 10] = 0.0
    made[-rate_hz // 10 :] = 0.0
    return np.asarray(made, dtype=np.float32)


def save(
    path: Path, samples: npt.NDArray[np.generic], rate_hz: int = RATE_HZ, subtype: str = "FLOAT"
) -> Path:
    """A wav file, `samples` `(samples,)` or `(samples, channels)`."""
    soundfile.write(path, samples, rate_hz, subtype=subtype)
    return path
