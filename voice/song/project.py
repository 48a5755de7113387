"""The project of a song: its wishes, its track, and the digests of all that each step read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from voice.errors import SongError
from voice.mixing.tables import from_table
from voice.song.wishes import SongWishes
from voice.whole_files import write_whole

FORMAT = "melisma-song"
VERSION = 1
PROJECT_FILE = "project.json"
LARGEST_BYTES = 5_000_000


@dataclass(frozen=True)
class Entry:
    """Something a step read or wrote: a file with its digest, or a wish with its value."""

    name: str
    value: str


@dataclass(frozen=True)
class Record:
    """How a step was last done.

    Attributes:
        yours: files of the step that the user edited; they are kept until they are deleted.
    """

    step: str
    inputs: tuple[Entry, ...]
    outputs: tuple[Entry, ...]
    yours: tuple[str, ...] = ()

    @property
    def read(self) -> dict[str, str]:
        return {entry.name: entry.value for entry in self.inputs}

    @property
    def wrote(self) -> dict[str, str]:
        return {entry.name: entry.value for entry in self.outputs}


@dataclass(frozen=True)
class Project:
    """A folder with a song in it; `track` is named from that folder."""

    folder: Path
    track: str
    wishes: SongWishes
    records: tuple[Record, ...] = ()

    @property
    def track_path(self) -> Path:
        return Path(os.path.normpath(self.folder / self.track))

    def path(self, name: str) -> Path:
        return self.folder / name

    def record(self, step: str) -> Record | None:
        return next((record for record in self.records if record.step == step), None)

    def with_record(self, record: Record) -> Project:
        rest = tuple(other for other in self.records if other.step != record.step)
        return replace(self, records=(*rest, record))

    def save(self) -> None:
        """Write the project file, whole or not at all."""
        table = {"format": FORMAT, "version": VERSION, **asdict(_Saved.of(self))}
        write_whole(self.path(PROJECT_FILE), json.dumps(table, ensure_ascii=False, indent=1) + "\n")


@dataclass(frozen=True)
class _Saved:
    track: str
    wishes: SongWishes = field(default_factory=SongWishes)
    records: tuple[Record, ...] = ()

    @classmethod
    def of(cls, project: Project) -> _Saved:
        return cls(project.track, project.wishes, project.records)


def open_project(folder: Path) -> Project:
    """The project in a folder.

    Raises:
        SongError: there is none, or its file is not as it must be; names the key.
    """
    path = folder / PROJECT_FILE
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise SongError(f"{path}: larger than {LARGEST_BYTES // 10**6} MB")
        table = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SongError(
            f"{folder}: holds no song; `melisma song new TRACK -o {folder}` begins one"
        ) from error
    except OSError as error:
        raise SongError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise SongError(f"{path}: not JSON ({error}); mend it or restore it") from error
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise SongError(f"{path}: not the project of a song")
    if table.get("version") != VERSION:
        raise SongError(f"{path}: project version {table.get('version')}, known is {VERSION}")
    rest = {name: row for name, row in table.items() if name not in ("format", "version")}
    try:
        saved = from_table(_Saved, rest, "the project")
    except ValueError as error:
        raise SongError(f"{path}: {error}") from error
    return Project(folder, saved.track, saved.wishes, saved.records)


def digest_of(path: Path) -> str | None:
    """SHA-256 of a file; None where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def entries(values: Mapping[str, object]) -> tuple[Entry, ...]:
    """Wishes and digests as a project keeps them."""
    return tuple(
        Entry(name, value if isinstance(value, str) else json.dumps(value))
        for name, value in values.items()
    )
