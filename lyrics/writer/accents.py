"""How well words sit on a melody: stressed syllables against strong and weak notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lyrics.writer.plan import Accent
from lyrics.writer.song import SongLine, plain
from lyrics.writer.wordbook import load_word_lists


@dataclass(frozen=True)
class StressFit:
    """Counts over lines.

    Attributes:
        on_strong: stressed syllables on notes that are stronger than their neighbours.
        on_weak: stressed syllables on notes that are weaker than a neighbour.
    """

    on_strong: int = 0
    on_weak: int = 0

    def __add__(self, other: StressFit) -> StressFit:
        return StressFit(self.on_strong + other.on_strong, self.on_weak + other.on_weak)

    @property
    def share(self) -> float:
        """Of the stressed syllables that a note favours or hinders, those that are favoured."""
        total = self.on_strong + self.on_weak
        return self.on_strong / total if total else 1.0


def stressed(line: SongLine) -> tuple[bool, ...]:
    """For each syllable whether it is stressed in speech.

    That is the main stress of longer words, and words of one syllable that carry meaning.
    """
    weak = load_word_lists().weak
    found: list[bool] = []
    for word in line.words:
        if len(word.syllables) == 1:
            found.append(plain(word.word) not in weak)
        else:
            found += [syllable.stress == 1 for syllable in word.syllables]
    return tuple(found)


def stress_fit(lines: Iterable[SongLine]) -> StressFit:
    """The fit of all lines that have a melody's plan."""
    total = StressFit()
    for line in lines:
        for is_stressed, accent in zip(stressed(line), line.plan.accents, strict=False):
            if is_stressed:
                total += StressFit(accent is Accent.STRONG, accent is Accent.WEAK)
    return total
