"""Which scores become tracks to be measured, and which to be tuned on: never the same ones.

A hash of its name puts every score into one half or the other and gives it its place in the queue;
the first of each queue that can be made into a track are taken, every other one with drums.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from benchmarks.errors import BenchmarkError
from benchmarks.made_tracks import MadeTrack, make_track
from benchmarks.written_notes import read_written
from voice.errors import MelismaError

Half = Literal["development", "test"]

FOLDERS = (("hymns-abc", "*.abc"), ("lieder-en", "*.mxl"))
COUNTS: dict[Half, int] = {"development": 12, "test": 20}
"""Tracks from each folder."""


def chosen_tracks(scores: Path, half: Half) -> Iterator[MadeTrack]:
    """The tracks of one half, hymns before songs."""
    for folder, pattern in FOLDERS:
        queue = sorted((_digest(path), path) for path in (scores / folder).glob(pattern))
        mine = [path for digest, path in queue if _half(digest) == half]
        yield from _first_that_can_be_made(mine, COUNTS[half])


def _first_that_can_be_made(paths: list[Path], count: int) -> Iterator[MadeTrack]:
    made = 0
    for path in paths:
        if made == count:
            return
        try:
            track = make_track(read_written(path), drums=made % 2 == 0, seed=made)
        except (BenchmarkError, MelismaError):
            continue
        made += 1
        yield track
    if made < count:
        raise BenchmarkError(f"only {made} of {count} scores can be made into tracks")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.stem.encode()).hexdigest()


def _half(digest: str) -> Half:
    return "test" if int(digest[-1], 16) % 2 else "development"
