"""How long a three-minute mix takes, and beside it the least that any mixer must do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vocoder.audio import Audio, read_audio, write_audio
from voice.mixing.order import MixOrder, carry_out
from voice.mixing.outputs import MixFiles
from voice.mixing.placement import AtSecond
from voice.mixing.timing import BeatWishes

RATE_HZ = 44_100
SECONDS = 180.0


@dataclass(frozen=True)
class Speed:
    """Wall and processor seconds of a mix, and of decoding, metering and writing the track."""

    wall_s: float
    processor_s: float
    reference_wall_s: float
    reference_processor_s: float


def three_minutes(out: Path) -> Speed:
    """Noise with a sung-like buzz over it: what it costs does not hang on what it is."""
    random = np.random.default_rng(0)
    count = round(SECONDS * RATE_HZ)
    track = (0.1 * random.standard_normal((2, count))).astype(np.float32)
    time_s = np.arange(count) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * 220.0 * k * time_s) / k for k in (1, 2, 3, 5, 8))
    vocal = (0.1 * buzz * (time_s % 4.0 < 3.0)).astype(np.float32)[None]
    paths = (out / "speed-vocal.wav", out / "speed-track.wav")
    write_audio(paths[0], Audio(vocal, RATE_HZ))
    write_audio(paths[1], Audio(track, RATE_HZ))
    order = MixOrder(
        paths, MixFiles(out / "speed-mix.wav"), AtSecond(0.0), beat=BeatWishes(bpm=100.0)
    )
    reference = _timed(lambda: _least(paths[1], out / "speed-reference.wav"))
    mix = _timed(lambda: carry_out(order))
    return Speed(*mix, *reference)


def _least(track: Path, copy: Path) -> None:
    import pyloudnorm

    audio = read_audio(track)
    pyloudnorm.Meter(audio.rate_hz).integrated_loudness(audio.samples.T.astype(np.float64))
    write_audio(copy, audio)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor
