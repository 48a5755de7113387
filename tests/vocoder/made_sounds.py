"""Small made-up sounds that several tests use."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vocoder.mel import log_mel
from vocoder.pitch import PitchCurve
from vocoder.source import Excitation
from vocoder.store import Sound, SoundStore, StoredSound, write_store


def steady(hz: float, frames: int) -> PitchCurve:
    return PitchCurve(np.full(frames, hz), np.ones(frames, dtype=np.bool_))


def buzz(hz: float, frames: int, seed: int = 0) -> Sound:
    """A darkened pulse train with a little noise: as near to a vowel as tests need."""
    pitch = steady(hz, frames)
    source = Excitation(pitch, seed)
    wave = source.harmonics(0, frames) + 0.01 * source.noise(0, frames)
    dark = np.convolve(wave, 0.9 ** np.arange(60))[: len(wave)]
    audio = (0.05 * dark).astype(np.float32)
    return Sound(audio, log_mel(audio), pitch)


def stored(
    name: str, kind: str = "sung", held_back: bool = False, band: bool = True
) -> StoredSound:
    return StoredSound(name, 0, 0, "someone", kind, held_back, band)


def small_store(folder: Path) -> SoundStore:
    """Three sung recordings, one of them held back, and a spoken and a dull one."""
    rows = [
        stored("low"),
        stored("high"),
        stored("secret", held_back=True),
        stored("spoken", kind="speech"),
        stored("dull", band=False),
    ]
    hertz = (110.0, 330.0, 220.0, 150.0, 180.0)
    return write_store(folder, [(row, buzz(hz, 120)) for row, hz in zip(rows, hertz, strict=True)])
