"""Sounds that sing a little: harmonics with vibrato, in phrases, made without any model."""

from __future__ import annotations

import numpy as np

from vocoder.audio import Audio


def sung(seconds: float, rate_hz: int = 44_100, channels: int = 1, seed: int = 0) -> Audio:
    """Harmonic tones that change every 0.6 s, with breath noise and pauses between phrases."""
    random = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    notes = 220.0 * 2.0 ** (random.integers(0, 12, len(time_s) // rate_hz * 2 + 4) / 12.0)
    hz = notes[(time_s / 0.6).astype(int)] * (1.0 + 0.01 * np.sin(2 * np.pi * 5.5 * time_s))
    phase = 2.0 * np.pi * np.cumsum(hz) / rate_hz
    tone = sum(np.sin(k * phase) / k for k in range(1, 25))
    breath = 0.02 * random.standard_normal(time_s.size)
    level = np.clip(np.minimum(time_s % 5.0, 4.6 - time_s % 5.0) * 20.0, 0.0, 1.0)
    samples = (0.12 * (tone + breath) * level).astype(np.float32)
    return Audio(np.stack([samples * (1.0 - 0.2 * c) for c in range(channels)]), rate_hz)
