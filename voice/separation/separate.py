"""A finished song taken apart: the vocals, and all the rest, which add up to the song."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio, ReadingLimits, check_header, write_blocks
from vocoder.errors import AudioFormatError
from voice.errors import OutputError, SeparationError
from voice.mixing.fold import folded
from voice.separation.network import mask_network
from voice.separation.streaming import RATE_HZ, Masks, vocals_of
from voice.separation.weights import Weights, bundled_weights

Floats32 = npt.NDArray[np.float32]
Progress = Callable[[str, float], None]

LIMITS = ReadingLimits(longest_s=4 * 3_600.0)
BLOCK_SAMPLES = 1 << 17
TINY = 1e-10


@dataclass(frozen=True)
class Separated:
    """Where the stems of a song were written, and how long it is."""

    vocals: Path
    accompaniment: Path
    duration_s: float


def separate(
    song: Path, folder: Path, threads: int = 2, progress: Progress = lambda stage, share: None
) -> Separated:
    """Write `vocals.wav` and `accompaniment.wav` of a song: its rate, stereo, 32-bit float.

    Memory does not grow with the song. The accompaniment is what is left without the vocals.

    Raises:
        SoundError, OutputError, SeparationError: no song, no place to write, or no weights.
    """
    rate_hz, samples = _header(song)
    made = _places(song, folder, samples / rate_hz)
    progress("opening", 0.0)
    masks = masks_of(bundled_weights(), threads)
    folder.mkdir(exist_ok=True)
    heard = _reported(_stereo_blocks(song), samples, lambda share: progress("listening", share))
    at_44k = _resampled(heard, rate_hz, RATE_HZ)
    _write_vocals(made, _resampled(vocals_of(at_44k, masks), RATE_HZ, rate_hz), rate_hz, samples)
    progress("writing", 0.95)
    _write_rest(song, made, rate_hz)
    return made


def rest_of(song: Path, folder: Path, vocals: Callable[[Path], Path], place: Path) -> Separated:
    """The same with vocals that somebody else finds, who is handed a place to write them.

    Raises:
        SoundError, OutputError: as `separate`.
    """
    rate_hz, samples = _header(song)
    made = _places(song, folder, samples / rate_hz)
    found = vocals(place)
    from_hz, _ = _header(found)
    folder.mkdir(exist_ok=True)
    _write_vocals(made, _resampled(_stereo_blocks(found), from_hz, rate_hz), rate_hz, samples)
    _write_rest(song, made, rate_hz)
    return made


def _write_vocals(made: Separated, blocks: Iterable[Floats32], rate_hz: int, samples: int) -> None:
    write_blocks(made.vocals, _exactly(blocks, samples), rate_hz, 2, "32f")


def _write_rest(song: Path, made: Separated, rate_hz: int) -> None:
    """The song less its vocals, as they stand in their file."""
    pairs = zip(_stereo_blocks(song), _stereo_blocks(made.vocals), strict=True)
    write_blocks(made.accompaniment, (a - b for a, b in pairs), rate_hz, 2, "32f")


def masks_of(weights: dict[str, Weights], threads: int) -> Masks:
    """The share of the vocals in each place of a spectrogram, as both networks see it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    sessions = {
        stem: onnxruntime.InferenceSession(
            mask_network(each), options, providers=["CPUExecutionProvider"]
        )
        for stem, each in weights.items()
    }

    def masks(magnitudes: Floats32) -> Floats32:
        heard = {
            stem: session.run(None, {"mixture": magnitudes[None]})[0][0]
            for stem, session in sessions.items()
        }
        vocals, rest = heard["vocals"] ** 2, heard["accompaniment"] ** 2
        return np.asarray((vocals + TINY / 2) / (vocals + rest + TINY), dtype=np.float32)

    return masks


def _header(song: Path) -> tuple[int, int]:
    """Rate and samples, judged before anything is decoded."""
    import soundfile

    if not song.is_file():
        raise AudioFormatError(f"{song}: no such file; check the path")
    try:
        with soundfile.SoundFile(song) as file:
            check_header(song, file, LIMITS)
            return int(file.samplerate), int(file.frames)
    except soundfile.LibsndfileError as error:
        raise AudioFormatError(
            f"{song}: not readable as audio ({error.error_string.strip()}); convert it to "
            "wav, flac, ogg, opus or mp3"
        ) from error


def _places(song: Path, folder: Path, duration_s: float) -> Separated:
    """Where the stems go, judged before any work."""
    made = Separated(folder / "vocals.wav", folder / "accompaniment.wav", duration_s)
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; name a folder")
    if not folder.exists() and not folder.parent.is_dir():
        raise OutputError(f"{folder}: there is no folder {folder.parent}; make it first")
    if not os.access(folder if folder.exists() else folder.parent, os.W_OK):
        raise OutputError(f"{folder}: may not be written to; choose another")
    if song.resolve() in (made.vocals.resolve(), made.accompaniment.resolve()):
        raise OutputError(f"{song}: would be overwritten; name another folder")
    if duration_s <= 0.0:
        raise SeparationError(f"{song}: holds no sound")
    return made


def _stereo_blocks(path: Path) -> Iterator[Floats32]:
    """A file in blocks of two channels `(2, samples)`."""
    import soundfile

    with soundfile.SoundFile(path) as file:
        for block in file.blocks(BLOCK_SAMPLES, dtype="float32", always_2d=True):
            audio = folded(Audio(np.ascontiguousarray(block.T), file.samplerate))
            yield np.repeat(audio.samples, 2, axis=0) if audio.channels == 1 else audio.samples


def _reported(
    blocks: Iterable[Floats32], samples: int, tell: Callable[[float], None]
) -> Iterator[Floats32]:
    done = 0
    for block in blocks:
        yield block
        done += block.shape[1]
        tell(0.9 * min(1.0, done / samples))


def _resampled(blocks: Iterable[Floats32], from_hz: int, to_hz: int) -> Iterator[Floats32]:
    """The same sound at another rate, as it passes by."""
    import soxr

    if from_hz == to_hz:
        yield from blocks
        return
    stream = soxr.ResampleStream(from_hz, to_hz, 2, dtype="float32", quality="VHQ")
    for block in blocks:
        yield np.ascontiguousarray(stream.resample_chunk(np.ascontiguousarray(block.T)).T)
    rest = stream.resample_chunk(np.zeros((0, 2), dtype=np.float32), last=True)
    yield np.ascontiguousarray(rest.T)


def _exactly(blocks: Iterable[Floats32], samples: int) -> Iterator[Floats32]:
    """Cut or filled with silence to so many samples."""
    left = samples
    for block in blocks:
        yield block[:, :left]
        left -= min(left, block.shape[1])
    if left:
        yield np.zeros((2, left), dtype=np.float32)
