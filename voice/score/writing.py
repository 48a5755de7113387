"""Scores into files of other programs, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from voice.errors import ScoreFormatError
from voice.score.files import write_whole
from voice.score.model import Score
from voice.score.write_ds import write_ds
from voice.score.write_midi import write_midi
from voice.score.write_musicxml import write_musicxml
from voice.score.write_projects import write_ust, write_ustx

Writer = Callable[[Score, Path], None]

WRITERS: dict[str, Writer] = {
    ".ds": write_ds,
    ".mid": write_midi,
    ".midi": write_midi,
    ".musicxml": write_musicxml,
    ".ust": write_ust,
    ".ustx": write_ustx,
    ".xml": write_musicxml,
}

ALL_VERSES = frozenset((".musicxml", ".xml"))
"""Formats that hold several verses under the same notes; the others want one verse."""


def write_score(score: Score, path: Path) -> None:
    """Write a score in the format that the extension names.

    Raises:
        ScoreFormatError: an extension that nobody writes.
        ScoreError: a place that cannot be written; nothing is left half-written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ScoreFormatError(
            f"{path}: {path.suffix or 'a name without extension'} cannot be written; there are "
            + " ".join(sorted(suffix.lstrip(".") for suffix in WRITERS))
        )
    write_whole(path, lambda draft: writer(score, draft))
