"""OUT.mix.json: every decision of a mix, to be read, edited, and replayed to the same samples."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voice.errors import MixError
from voice.mixing.decisions import Decisions
from voice.mixing.tables import from_table
from voice.whole_files import write_whole

FORMAT = "melisma-mix"
VERSION = 1
LARGEST_BYTES = 20_000_000
SUFFIX = ".mix.json"
HOW_TO = (
    "Edit anything under 'decisions' and run: melisma mix --replay THIS_FILE -o OUT.wav. "
    "A part that is null is left out; a gain, pan or dips' spans that are null are measured anew. "
    "'measured', 'placement' and 'warnings' only tell."
)


@dataclass(frozen=True)
class Source:
    """A file that went into a mix; `sha256` null takes whatever the file holds now."""

    file: str
    sha256: str | None
    rate_hz: int
    channels: int
    length_s: float


@dataclass(frozen=True)
class Placement:
    """Why the vocals begin where they do.

    Attributes:
        start: as it was asked for.
        tempo_bpm: None where it did not matter.
        bar_s: the second of the bar that was asked for.
    """

    start: str
    tempo_bpm: float | None = None
    bar_s: float | None = None
    tempo_from: str = ""


@dataclass(frozen=True)
class Outcome:
    """What was measured on the finished mix."""

    length_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    lead_lu: float | None
    sung_s: float
    limited_db: float
    limited_share: float
    silence_before_s: float


@dataclass(frozen=True)
class MixReport:
    """Everything there is to tell of a mix."""

    instrumental: Source
    vocals: tuple[Source, ...]
    preset: str
    decisions: Decisions
    placement: Placement | None = None
    measured: Outcome | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.vocals) != len(self.decisions.vocals):
            raise ValueError(
                f"{len(self.vocals)} vocals have {len(self.decisions.vocals)} decisions"
            )


def report_path(output: Path) -> Path:
    """Where the report of a mix goes if nothing else is said: `song.mix.json` by `song.wav`."""
    return output.with_suffix(SUFFIX)


def to_json(report: MixReport) -> str:
    """Readable: short rows stand on one line."""
    table = {"format": FORMAT, "version": VERSION, "how_to": HOW_TO, **asdict(report)}
    return _laid_out(table, 0) + "\n"


def from_json(text: str, where: str) -> MixReport:
    """The report that `to_json` wrote, perhaps edited since.

    Raises:
        MixError: not JSON, another thing or version, or the key that is not as it must be.
    """
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MixError(f"{where}: not JSON ({error})") from error
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise MixError(f"{where}: not the report of a mix; `melisma mix` writes one")
    if table.get("version") != VERSION:
        raise MixError(f"{where}: report version {table.get('version')}, known is {VERSION}")
    rest = {name: row for name, row in table.items() if name not in ("format", "version", "how_to")}
    try:
        return from_table(MixReport, rest, "the report")
    except ValueError as error:
        raise MixError(f"{where}: {error}") from error


def write_report(path: Path, report: MixReport) -> None:
    """Write a report whole or not at all."""
    write_whole(path, to_json(report))


def read_report(path: Path) -> MixReport:
    """Read what `write_report` wrote.

    Raises:
        MixError: no such file, or not a report.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise MixError(f"{path}: larger than {LARGEST_BYTES // 10**6} MB")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MixError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise MixError(f"{path}: not JSON ({error.reason})") from error
    return from_json(text, str(path))


def relative(path: Path, report: Path) -> str:
    """How a report names a file: from its own folder."""
    return Path(os.path.relpath(path.resolve(), report.resolve().parent)).as_posix()


def located(source: Source, report: Path) -> Path:
    """The file that a report names."""
    return Path(os.path.normpath(report.parent / source.file))


def _laid_out(value: Any, depth: int) -> str:
    """JSON with one line for everything that fits on one."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + 2 * depth <= 96 or not isinstance(value, (dict, list, tuple)):
        return flat
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        rows: Sequence[str] = [
            f"{json.dumps(name)}: {_laid_out(row, depth + 1)}" for name, row in value.items()
        ]
        return "{\n" + ",\n".join(inner + row for row in rows) + f"\n{outer}}}"
    rows = [_laid_out(row, depth + 1) for row in value]
    return "[\n" + ",\n".join(inner + row for row in rows) + f"\n{outer}]"
