"""A song begun, gone on with, and shown: what the command line and the page call."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from vocoder.audio import read_audio
from voice.errors import AnalysisError, OutputError, SongError
from voice.mixing.inputs import LIMITS
from voice.mixing.report import relative
from voice.song.project import (
    PROJECT_FILE,
    Project,
    Record,
    digest_of,
    entries,
    open_project,
)
from voice.song.steps import LYRICS, Tools
from voice.song.update import Progress, StepState, Update, states, update
from voice.song.wishes import SongWishes


def new_song(
    track: Path,
    folder: Path,
    wishes: SongWishes,
    tools: Tools,
    lyrics: Path | None = None,
    progress: Progress = lambda stage, share: None,
) -> Update:
    """Begin a song over a track and make all of it; what stops it can be gone on with.

    A track that is refused leaves no folder, so that the same command with a remedy begins anew.

    Args:
        lyrics: words to sing as they stand; without them they are written to the theme.

    Raises:
        MelismaError, LyricsError, SoundError, ConsentError: with the place and the remedy.
    """
    if lyrics is None and not wishes.theme.strip():
        raise SongError("a song needs a theme, such as --theme 'leaving the city at night'")
    read_audio(track, LIMITS)
    if lyrics is not None and not lyrics.is_file():
        raise SongError(f"{lyrics}: no such file; check the path")
    there = folder.exists()
    _make_folder(folder)
    project = Project(folder, relative(track, folder / PROJECT_FILE), wishes)
    if lyrics is not None:
        shutil.copyfile(lyrics, folder / LYRICS)
        given = entries({LYRICS: digest_of(folder / LYRICS) or ""})
        project = project.with_record(Record("lyrics", (), given, (LYRICS,)))
    project.save()
    try:
        return update(project, tools, progress)
    except AnalysisError:
        for name in (PROJECT_FILE, LYRICS):
            (folder / name).unlink(missing_ok=True)
        if not there:
            folder.rmdir()
        raise


def update_song(
    folder: Path,
    tools: Tools,
    changes: dict[str, object] | None = None,
    progress: Progress = lambda stage, share: None,
) -> Update:
    """Do again what edits made stale, with some wishes changed if any are given.

    Raises:
        SongError: the folder holds no song; and as `new_song`.
    """
    project = open_project(folder)
    if changes:
        project = replace(project, wishes=replace(project.wishes, **changes))  # type: ignore[arg-type]
        project.save()
    return update(project, tools, progress)


def song_states(folder: Path, tools: Tools) -> tuple[Project, tuple[StepState, ...]]:
    """How every step of a song stands; nothing is done."""
    project = open_project(folder)
    return project, states(project, tools)


def _make_folder(folder: Path) -> None:
    """A folder with nothing in it, made if need be."""
    if (folder / PROJECT_FILE).is_file():
        raise SongError(
            f"{folder}: holds a song already; go on with `melisma song update {folder}`, or "
            "name another folder"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder}: is not an empty folder; name another")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror})") from error
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{folder}: may not be written to; choose another")
