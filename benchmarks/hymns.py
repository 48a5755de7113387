"""The hymns of `sets.toml`: their melodies, their words, and both at another tempo."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voice.score.abc import read_abc
from voice.score.files import read_bytes
from voice.score.model import Score, TempoMap, TempoPoint
from voice.score.verses import verse
from voice.score.word_slots import wording

SETS = Path(__file__).parent / "sets.toml"


@dataclass(frozen=True)
class Hymn:
    """One verse of a hymn."""

    name: str
    score: Score

    @property
    def words(self) -> str:
        return " ".join(word.text for word in wording(self.score.notes).words)


@dataclass(frozen=True)
class HymnSet:
    """Which hymns, which verse, at which share of the written tempo."""

    folder: Path
    files: tuple[str, ...]
    verse: int
    tempo_share: float
    shuffle_seed: int

    def read(self, first: int | None = None) -> tuple[Hymn, ...]:
        """The hymns at their written tempo; the first few where a number is given."""
        return tuple(read_hymn(self.folder / name, self.verse) for name in self.files[:first])


def hymn_set(sets: Path = SETS) -> HymnSet:
    row = tomllib.loads(sets.read_text(encoding="utf-8"))["hymns"]
    return HymnSet(
        folder=sets.parent / row["folder"],
        files=tuple(row["files"]),
        verse=row["verse"],
        tempo_share=row["tempo_share"],
        shuffle_seed=row["shuffle_seed"],
    )


def read_hymn(path: Path, number: int = 1) -> Hymn:
    """One verse of an ABC file."""
    return Hymn(path.stem, verse(read_abc(read_bytes(path), path, None), number))


def slowed(score: Score, share: float) -> Score:
    """The score at a share of its written tempo, 0.6 for 60 %."""
    points = tuple(
        TempoPoint(point.beat, point.quarters_per_minute * share) for point in score.tempo.points
    )
    return replace(score, tempo=TempoMap(points))


def at_tempo(hymns: Sequence[Hymn], share: float) -> tuple[Hymn, ...]:
    return tuple(replace(hymn, score=slowed(hymn.score, share)) for hymn in hymns)
