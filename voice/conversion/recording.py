"""A recording read in blocks: judged by its header, mended where it can be, mono at 44.1 kHz."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vocoder.audio import HIGHEST_RATE_HZ, MOST_CHANNELS
from vocoder.cut_short import held
from vocoder.frames import SAMPLE_RATE_HZ
from voice.errors import ConversionError

LOWEST_RATE_HZ = 8_000
LONGEST_S = 12 * 3_600.0
BLOCK_SAMPLES = 1 << 18
CLIPPED = 0.999
MOST_MENDED = 0.01
"""Share of samples that are not numbers and may be taken for silence."""

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Recording:
    """A sound file with a voice in it, not yet read: header and digest of its bytes.

    Attributes:
        samples: that are there.
        missing: what it lacks of what its header promises, in words.
    """

    path: Path
    rate_hz: int
    channels: int
    samples: int
    sha256: str
    missing: str = ""

    @property
    def duration_s(self) -> float:
        return self.samples / self.rate_hz

    @property
    def clock_samples(self) -> int:
        """Its length at 44.1 kHz."""
        return round(self.samples * SAMPLE_RATE_HZ / self.rate_hz)


@dataclass
class Faults:
    """What was found, and mended, while a recording was read."""

    samples: int = 0
    mended: int = 0
    clipped: int = 0
    peak: float = 0.0
    apart: float = field(default=0.0)


def open_recording(path: Path) -> Recording:
    """Judge a recording by its header and digest its bytes.

    Raises:
        ConversionError: no file, no sound, or more of it than can be converted.
    """
    if not path.is_file():
        raise ConversionError(f"{path}: no such file; check the path")
    with _opened(path) as file:
        rate_hz, channels, samples = int(file.samplerate), int(file.channels), int(file.frames)
    if channels > MOST_CHANNELS:
        raise ConversionError(
            f"{path}: {channels} channels, at most {MOST_CHANNELS} are read; give the voice alone"
        )
    if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
        raise ConversionError(
            f"{path}: sample rate {rate_hz} Hz; {LOWEST_RATE_HZ}-{HIGHEST_RATE_HZ} Hz are read"
        )
    if samples > LONGEST_S * rate_hz:
        raise ConversionError(
            f"{path}: {samples / rate_hz / 3600:.1f} hours; cut it into pieces of at most "
            f"{LONGEST_S / 3600:g}"
        )
    there = held(lambda: _opened(path))
    if there.samples < 1:
        raise ConversionError(f"{path}: holds no sound at all; record it again")
    digest = hashlib.sha256()
    with path.open("rb") as data:
        while piece := data.read(1 << 20):
            digest.update(piece)
    return Recording(path, rate_hz, channels, there.samples, digest.hexdigest(), there.missing)


def cut_short(paths: Iterable[Path]) -> tuple[str, ...]:
    """A warning for each of several recordings that lacks a part of itself.

    Raises:
        ConversionError: as `open_recording`.
    """
    opened = [open_recording(path) for path in paths]
    return tuple(f"{one.path}: {one.missing}" for one in opened if one.missing)


def read_blocks(recording: Recording, faults: Faults | None = None) -> Iterator[Floats32]:
    """The recording as mono blocks at 44.1 kHz, `clock_samples` in all.

    Args:
        faults: counts what is found on the way.

    Raises:
        ConversionError: it ends early, or holds too much that is no number.
    """
    import soxr

    found = Faults() if faults is None else faults
    stream = soxr.ResampleStream(recording.rate_hz, SAMPLE_RATE_HZ, 1, quality="VHQ")
    left, unread = recording.clock_samples, recording.samples
    with _opened(recording.path) as file:
        while True:
            block = file.read(min(BLOCK_SAMPLES, unread), dtype="float32", always_2d=True)
            unread -= len(block)
            found.samples += len(block)
            mono = _mended(block, found)
            last = len(block) < BLOCK_SAMPLES
            if recording.rate_hz != SAMPLE_RATE_HZ:
                mono = stream.resample_chunk(mono, last=last)
            mono = mono[:left]
            left -= len(mono)
            if len(mono):
                yield np.ascontiguousarray(mono, dtype=np.float32)
            if last:
                break
    _check(recording, found)
    if left:
        yield np.zeros(left, dtype=np.float32)


def _mended(block: Floats32, found: Faults) -> Floats32:
    """Channels averaged, what is no number as silence."""
    good = np.isfinite(block)
    if not good.all():
        found.mended += int((~good.all(axis=1)).sum())
        block = np.where(good, block, np.float32(0.0))
    if block.size:
        level = np.abs(block)
        found.peak = max(found.peak, float(level.max()))
        found.clipped += int((level.max(axis=1) >= CLIPPED).sum())
        if block.shape[1] > 1:
            found.apart = max(found.apart, float(np.abs(block - block[:, :1]).max()))
    return np.asarray(block.mean(axis=1), dtype=np.float32)


def _check(recording: Recording, found: Faults) -> None:
    if found.samples < recording.samples:
        raise ConversionError(
            f"{recording.path}: ends after {found.samples / recording.rate_hz:.1f} of "
            f"{recording.duration_s:.1f} s; the file is damaged, export it again"
        )
    if found.mended > MOST_MENDED * found.samples:
        raise ConversionError(
            f"{recording.path}: {found.mended} of {found.samples} samples are no numbers; export "
            "it again"
        )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            yield file
    except soundfile.LibsndfileError as error:
        raise ConversionError(
            f"{path}: not readable as audio ({error.error_string.strip()}); convert it to wav, "
            "flac, ogg or mp3"
        ) from error
