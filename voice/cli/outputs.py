"""Files that an order writes: judged before any work, written whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vocoder.audio import Audio, Bits, check_format, write_audio
from voice.errors import OutputError
from voice.frame_files import is_frame_file, write_frames
from voice.marking.writing import write_made
from voice.provenance import made
from voice.take import Mix, VocalTake

LOUDEST_PEAK = 0.98


@dataclass(frozen=True)
class Files:
    """Where the sound goes, and beside it the dry vocal of a mix and the FrameScore."""

    output: Path
    vocal: Path | None = None
    frames: Path | None = None
    bits: Bits = "24"

    @property
    def all(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.output, self.vocal, self.frames) if path is not None)


def check_outputs(files: Files, instrumental: Path | None) -> None:
    """Refuse what could not be written in the end, or would overwrite what is read.

    Raises:
        OutputError, AudioFormatError: which file, and what to give instead.
    """
    if files.vocal is not None and instrumental is None:
        raise OutputError(f"--vocal {files.vocal}: without --over the output is the dry vocal")
    if files.frames is not None and not is_frame_file(files.frames):
        raise OutputError(f"--frames {files.frames}: a FrameScore is written as .json")
    for sound in (files.output, files.vocal):
        if sound is not None:
            check_format(sound, files.bits)
    if len({path.resolve() for path in files.all}) < len(files.all):
        raise OutputError("two outputs have the same name; give each its own")
    for path in files.all:
        folder = path.parent
        if instrumental is not None and path.resolve() == instrumental.resolve():
            raise OutputError(f"{path}: is the instrumental; give the output another name")
        if not folder.is_dir():
            raise OutputError(f"{path}: there is no folder {folder}; make it first")
        if path.is_dir():
            raise OutputError(f"{path}: is a folder; name a file")
        if not os.access(folder, os.W_OK):
            raise OutputError(f"{path}: the folder may not be written to; choose another")


def write_outputs(files: Files, take: VocalTake, mix: Mix | None) -> VocalTake:
    """Write everything, and return the take with a warning where it had to be lowered."""
    lowered = _within_full_scale(take) if mix is None or files.vocal is not None else take
    vocal = files.output if mix is None else files.vocal
    if files.frames is not None:
        write_frames(files.frames, take.frames)
    if vocal is not None:
        write_made(vocal, lowered.audio, files.bits, made(lowered))
    if mix is not None:
        write_mix(files, lowered, mix)
    return lowered


def write_mix(files: Files, take: VocalTake, mix: Mix) -> None:
    """Write a mix with its mark; one without a vocal is the instrumental and stays as it is."""
    if mix.decisions.muted:
        write_audio(files.output, mix.audio, files.bits)
    else:
        write_made(files.output, mix.audio, files.bits, made(take, mix), keeps_true_peak=True)


def _within_full_scale(take: VocalTake) -> VocalTake:
    if take.audio.peak <= LOUDEST_PEAK:
        return take
    gain = LOUDEST_PEAK / take.audio.peak
    lowered_db = -20.0 * float(np.log10(gain))
    audio = Audio((take.audio.samples * gain).astype(np.float32), take.audio.rate_hz)
    warning = f"the vocal was lowered by {lowered_db:.1f} dB so that it does not clip"
    return replace(take, audio=audio, warnings=(*take.warnings, warning))
