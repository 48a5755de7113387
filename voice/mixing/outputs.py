"""The files that a mix writes: judged before any work, each written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vocoder.audio import Bits, check_format, write_audio
from voice.errors import OutputError
from voice.marking.writing import write_made
from voice.mixing.inputs import SoundFile
from voice.mixing.mix import Mixed
from voice.mixing.report import MixReport, report_path, write_report
from voice.provenance import mixed, mixed_tags

STEM_BITS: Bits = "32f"
"""A part alone may be louder than full scale, though their sum is not."""


@dataclass(frozen=True)
class MixFiles:
    """Where a mix goes; `report` None puts it beside the output."""

    output: Path
    report: Path | None = None
    stems: Path | None = None
    bits: Bits = "24"

    @property
    def report_path(self) -> Path:
        return self.report or report_path(self.output)


def check_outputs(files: MixFiles, inputs: Sequence[Path]) -> None:
    """Refuse what could not be written in the end, or would overwrite what is read.

    Raises:
        OutputError, AudioFormatError: which file, and what to give instead.
    """
    check_format(files.output, files.bits)
    for path in (files.output, files.report_path):
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
        if path.is_dir():
            raise OutputError(f"{path}: is a folder; name a file")
        if not os.access(path.parent, os.W_OK):
            raise OutputError(f"{path}: the folder may not be written to; choose another")
        _refuse_input(path, inputs)
    if files.report_path.suffix.lower() != ".json":
        raise OutputError(f"--report {files.report_path}: a report is written as .json")
    if files.stems is not None:
        if files.stems.exists() and not files.stems.is_dir():
            raise OutputError(f"--stems {files.stems}: is a file; name a folder")
        if not files.stems.parent.is_dir():
            raise OutputError(f"--stems {files.stems}: there is no folder {files.stems.parent}")
        for given in inputs:
            if given.resolve().parent == files.stems.resolve():
                raise OutputError(f"--stems {files.stems}: {given} lies there; name another folder")


def write_mix(
    files: MixFiles, made: Mixed, report: MixReport, vocals: Sequence[SoundFile]
) -> tuple[Path, ...]:
    """Write stems, mix and report, in that order, and return their paths.

    A mix with a vocal that Melisma made is marked; others, and stems, hold what they hold.

    Raises:
        OutputError, SoundError: a place that cannot be written to, or is an input's.
    """
    begins = [track.begin_s for track in made.decisions.vocals]
    zero_s = begins[0] + vocals[0].beat_zero_s + made.before_s
    sung = [] if made.decisions.muted else [vocal.tags for vocal in vocals]
    tags = mixed_tags(sung, zero_s)
    written: list[Path] = []
    if files.stems is not None:
        stems = {files.stems / f"{name}.wav": audio for name, audio in made.stems.items()}
        files.stems.mkdir(exist_ok=True)
        for path, audio in stems.items():
            write_audio(path, audio, STEM_BITS, tags)
            written.append(path)
    making = mixed([] if made.decisions.muted else [v.path for v in vocals], tags, made.audio)
    if making is None:
        write_audio(files.output, made.audio, files.bits, tags)
    else:
        write_made(files.output, made.audio, files.bits, making, keeps_true_peak=True)
    write_report(files.report_path, report)
    return (files.output, files.report_path, *written)


def _refuse_input(path: Path, inputs: Sequence[Path]) -> None:
    for given in inputs:
        if path.resolve() == given.resolve():
            raise OutputError(f"{path}: is one of the inputs; give the output another name")
