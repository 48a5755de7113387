"""Sound that knows its rate, and its way from and into files.

A file's header is judged before anything is decoded, and a file appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from vocoder.cut_short import held
from vocoder.errors import AudioFormatError, SoundError
from vocoder.peak_stamp import clear_peak_stamp
from vocoder.quantising import quantised
from vocoder.whole_sounds import replacing

Floats32 = npt.NDArray[np.float32]
Bits = Literal["16", "24", "32f"]

LOWEST_RATE_HZ = 4_000
HIGHEST_RATE_HZ = 384_000
MOST_CHANNELS = 8
BLOCK_SAMPLES = 65_536
DITHER_SEED = 0


@dataclass(frozen=True, eq=False)
class Audio:
    """Sound as float32 `(channels, samples)`, full scale ±1, every sample finite.

    Attributes:
        missing: what the file that it was read from lacks of what it promises, in words.
    """

    samples: Floats32
    rate_hz: int
    missing: str = ""

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError(
                "audio must be float32 of shape (channels, samples), not "
                f"{self.samples.dtype} {self.samples.shape}"
            )
        if not 1 <= self.samples.shape[0] <= MOST_CHANNELS:
            raise ValueError(f"audio has 1-{MOST_CHANNELS} channels, not {self.samples.shape[0]}")
        if not LOWEST_RATE_HZ <= self.rate_hz <= HIGHEST_RATE_HZ:
            raise ValueError(
                f"a sample rate lies in {LOWEST_RATE_HZ}-{HIGHEST_RATE_HZ} Hz, not {self.rate_hz}"
            )
        if not bool(np.isfinite(self.samples).all()):
            raise ValueError("audio must be finite, but holds NaN or infinite samples")

    @property
    def channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def length_samples(self) -> int:
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        return self.length_samples / self.rate_hz

    @property
    def peak(self) -> float:
        return float(np.max(np.abs(self.samples))) if self.samples.size else 0.0

    def mono(self) -> Audio:
        """The mean of all channels."""
        if self.channels == 1:
            return self
        return Audio(self.samples.mean(axis=0, keepdims=True, dtype=np.float32), self.rate_hz)

    def resampled(self, rate_hz: int) -> Audio:
        """The same sound at another rate (soxr, very high quality)."""
        if rate_hz == self.rate_hz:
            return self
        import soxr

        moved = soxr.resample(self.samples.T, self.rate_hz, rate_hz, quality="VHQ")
        return Audio(np.ascontiguousarray(moved.T, dtype=np.float32), rate_hz)


@dataclass(frozen=True)
class ReadingLimits:
    """What a file may promise in its header before it is decoded."""

    longest_s: float = 1_800.0
    channels: int = MOST_CHANNELS
    lowest_rate_hz: int = LOWEST_RATE_HZ
    highest_rate_hz: int = HIGHEST_RATE_HZ


@dataclass(frozen=True)
class FileFormat:
    """How a kind of file is written; `rates_hz` empty where any rate will do."""

    container: str
    subtypes: dict[Bits, str]
    rates_hz: tuple[int, ...] = ()


@dataclass(frozen=True)
class Tags:
    """What a file says of itself to players; empty where there is nothing to say."""

    title: str = ""
    artist: str = ""
    comment: str = ""


LOSSY_BITS: tuple[Bits, ...] = ("16", "24", "32f")
FORMATS: dict[str, FileFormat] = {
    ".wav": FileFormat("WAV", {"16": "PCM_16", "24": "PCM_24", "32f": "FLOAT"}),
    ".flac": FileFormat("FLAC", {"16": "PCM_16", "24": "PCM_24"}),
    ".ogg": FileFormat("OGG", dict.fromkeys(LOSSY_BITS, "VORBIS")),
    ".opus": FileFormat(
        "OGG", dict.fromkeys(LOSSY_BITS, "OPUS"), (8_000, 12_000, 16_000, 24_000, 48_000)
    ),
    ".mp3": FileFormat(
        "MP3",
        dict.fromkeys(LOSSY_BITS, "MPEG_LAYER_III"),
        (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
    ),
}
BITS_BY_SUBTYPE = {"PCM_16": 16, "PCM_24": 24}


def read_audio(path: Path, limits: ReadingLimits | None = None) -> Audio:
    """Decode wav, flac, ogg, opus, mp3 and whatever else libsndfile knows.

    Of a file that was cut short, what is there; `missing` says so.

    Raises:
        AudioFormatError: no such file, not audio, beyond the limits, cut short before the first
            sample, or holding NaN.
    """
    import soundfile

    if not path.is_file():
        raise AudioFormatError(f"{path}: no such file; check the path")
    try:
        with soundfile.SoundFile(path) as file:
            check_header(path, file, limits or ReadingLimits())
            there = held(lambda: soundfile.SoundFile(path))
            samples = file.read(frames=there.samples, dtype="float32", always_2d=True)
            rate_hz = int(file.samplerate)
    except soundfile.LibsndfileError as error:
        raise AudioFormatError(
            f"{path}: not readable as audio ({error.error_string.strip()}); convert it to "
            "wav, flac, ogg, opus or mp3"
        ) from error
    if there.missing and not there.samples:
        raise AudioFormatError(f"{path}: {there.missing}; look for a whole copy of it")
    bad = ~np.isfinite(samples).all(axis=1)
    if bad.any():
        raise AudioFormatError(
            f"{path}: sample {int(np.argmax(bad))} is NaN or infinite; export the file anew"
        )
    return Audio(np.ascontiguousarray(samples.T), rate_hz, there.missing)


def read_tags(path: Path) -> Tags:
    """What a file says of itself; empty where it says nothing or is no audio."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            return Tags(*(getattr(file, entry.name) or "" for entry in fields(Tags)))
    except soundfile.LibsndfileError:
        return Tags()


def check_format(path: Path, bits: Bits) -> None:
    """Refuse, before any work is done, a file that `write_audio` could not write.

    Raises:
        AudioFormatError: a suffix that is not known, or bits that the format cannot hold.
    """
    _format_of(path, bits)


def write_audio(path: Path, audio: Audio, bits: Bits = "24", tags: Tags | None = None) -> None:
    """Write a file whose suffix names its format; `bits` matters to wav and flac alone.

    Whole-number formats get triangular dither, the same for the same sound; what they
    hold exactly is written exactly. The same sound and tags give the same bytes in wav and flac.
    The file is written under a temporary name and renamed, so nothing half-written is ever left.

    Raises:
        AudioFormatError: a suffix that is not known, bits that the format cannot hold, or samples
            beyond full scale where the format would clip them.
        SoundError: the file cannot be written.
    """
    kind = _format_of(path, bits)
    subtype = kind.subtypes[bits]
    if kind.rates_hz and audio.rate_hz not in kind.rates_hz:
        audio = audio.resampled(
            min((r for r in kind.rates_hz if r > audio.rate_hz), default=48_000)
        )
    elif subtype != "FLOAT" and audio.peak > 1.0:
        over_db = 20.0 * np.log10(audio.peak)
        raise AudioFormatError(
            f"{path}: the sound peaks {over_db:.1f} dB above full scale and would be clipped; "
            "lower its gain or write a wav of 32f bits"
        )
    blocks = (
        audio.samples[:, first : first + BLOCK_SAMPLES]
        for first in range(0, audio.length_samples, BLOCK_SAMPLES)
    )
    _write(path, blocks, kind, subtype, (audio.rate_hz, audio.channels), tags)


def write_blocks(
    path: Path,
    blocks: Iterable[Floats32],
    rate_hz: int,
    channels: int = 1,
    bits: Bits = "24",
    tags: Tags | None = None,
) -> int:
    """Write sound that passes by in blocks `(channels, samples)`, as `write_audio` writes it.

    Samples beyond full scale are clipped where the format holds whole numbers. Nothing is left
    behind when `blocks` raises.

    Returns:
        how many samples of each channel were written.

    Raises:
        AudioFormatError, SoundError: as for `write_audio`; a rate that the format does not have.
    """
    kind = _format_of(path, bits)
    if kind.rates_hz and rate_hz not in kind.rates_hz:
        raise AudioFormatError(
            f"{path}: {path.suffix} is not written at {rate_hz} Hz; choose another format"
        )
    small = (
        block[:, first : first + BLOCK_SAMPLES]
        for block in blocks
        for first in range(0, block.shape[1], BLOCK_SAMPLES)
    )
    return _write(path, small, kind, kind.subtypes[bits], (rate_hz, channels), tags)


def _write(
    path: Path,
    blocks: Iterable[Floats32],
    kind: FileFormat,
    subtype: str,
    shape: tuple[int, int],
    tags: Tags | None,
) -> int:
    with replacing(path) as partial:
        written = _write_blocks(partial, blocks, kind.container, subtype, shape, tags or Tags())
        if kind.container == "WAV":
            clear_peak_stamp(partial)
    return written


def check_header(path: Path, file: object, limits: ReadingLimits) -> None:
    """Raises AudioFormatError: an open sound file promises more than the limits allow."""
    frames, rate_hz, channels = (
        int(getattr(file, name)) for name in ("frames", "samplerate", "channels")
    )
    if not 1 <= channels <= limits.channels:
        raise AudioFormatError(
            f"{path}: {channels} channels, at most {limits.channels} are read; mix it down first"
        )
    if not limits.lowest_rate_hz <= rate_hz <= limits.highest_rate_hz:
        raise AudioFormatError(
            f"{path}: sample rate {rate_hz} Hz lies outside {limits.lowest_rate_hz}-"
            f"{limits.highest_rate_hz} Hz; resample it first"
        )
    if not 0 <= frames <= limits.longest_s * rate_hz:
        raise AudioFormatError(
            f"{path}: {frames / rate_hz:.0f} s long, at most {limits.longest_s:g} s are read; "
            "cut it"
        )


def _format_of(path: Path, bits: Bits) -> FileFormat:
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise AudioFormatError(
            f"{path}: audio is not written as {path.suffix or 'a file without suffix'!r}; choose "
            f"{', '.join(FORMATS)}"
        )
    if bits not in kind.subtypes:
        raise AudioFormatError(
            f"{path}: {path.suffix} does not hold {bits} bits; choose {', '.join(kind.subtypes)}"
        )
    return kind


def _write_blocks(
    path: Path,
    blocks: Iterable[Floats32],
    container: str,
    subtype: str,
    shape: tuple[int, int],
    tags: Tags,
) -> int:
    """In blocks, since libsndfile's encoders overflow on very long ones."""
    import soundfile

    rate_hz, channels = shape
    told = 0
    whole_bits = BITS_BY_SUBTYPE.get(subtype)
    random = np.random.default_rng(DITHER_SEED)
    try:
        with soundfile.SoundFile(path, "w", rate_hz, channels, subtype, format=container) as file:
            for name, text in asdict(tags).items():
                if text:
                    setattr(file, name, text)
            for block in blocks:
                turned = block.T
                told += len(turned)
                file.write(turned if whole_bits is None else quantised(turned, whole_bits, random))
        with soundfile.SoundFile(path) as written:
            complete = written.frames >= told
    except (soundfile.LibsndfileError, AssertionError) as error:
        raise SoundError(f"cannot write {path.parent} ({error}); is the disk full?") from error
    if not complete:
        raise SoundError(f"cannot write all of the sound into {path.parent}; is the disk full?")
    return told
