"""A finished song: sections, lines, and what they are sung to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from lyrics.pronounce import Pronouncer, Pronunciation, pronouncer_for
from lyrics.syllables import Syllable
from lyrics.writer.plan import LinePlan
from lyrics.writer.rhyme import RhymeKind

_AND = " and "


@dataclass(frozen=True)
class SongLine:
    """One line of text and its sounds; marks are part of the text only."""

    text: str
    words: tuple[Pronunciation, ...]
    plan: LinePlan

    @property
    def syllables(self) -> tuple[Syllable, ...]:
        return tuple(syllable for word in self.words for syllable in word.syllables)

    @property
    def stresses(self) -> str:
        """One digit for each syllable: 1 and 2 stressed, 0 not."""
        return "".join(str(syllable.stress) for syllable in self.syllables)

    @property
    def key(self) -> str:
        """The words in lower case, for telling lines apart."""
        return " ".join(plain(word.word) for word in self.words)


@dataclass(frozen=True)
class SongSection:
    """Lines under one heading; `rhyme` has a letter for each line."""

    kind: str
    number: int
    rhyme: str
    lines: tuple[SongLine, ...]

    @property
    def title(self) -> str:
        return f"{self.kind.capitalize()} {self.number}" if self.number else self.kind.capitalize()


@dataclass(frozen=True)
class Origin:
    """Where words come from: every file says it.

    Attributes:
        model: name of the language model.
        licence: its licence, or who answers for it.
    """

    model: str
    licence: str

    def joined(self, other: Origin) -> Origin:
        """Where words of both come from, each named once."""
        if other.model in self.model.split(_AND):
            return self
        return Origin(
            f"{self.model}{_AND}{other.model}",
            _AND.join(dict.fromkeys((*self.licence.split(_AND), other.licence))),
        )


@dataclass(frozen=True)
class SongFacts:
    """What was asked for, kept with the words so that one line can be written anew."""

    theme: str
    genre: str
    origin: Origin
    rhyme_kind: RhymeKind = RhymeKind.PERFECT
    seed: int = 0
    melody: str = ""


@dataclass(frozen=True)
class Song:
    facts: SongFacts
    sections: tuple[SongSection, ...]

    @property
    def lines(self) -> tuple[SongLine, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    def own_sections(self) -> Iterator[SongSection]:
        """Sections without the repetitions of a chorus."""
        seen: set[tuple[str, ...]] = set()
        for section in self.sections:
            words = tuple(line.key for line in section.lines)
            if words not in seen:
                seen.add(words)
                yield section


@cache
def singer() -> Pronouncer:
    """The pronunciation that the singer uses."""
    return pronouncer_for("en")


def read_line(text: str, plan: LinePlan | None = None) -> SongLine:
    """A line of text with the singer's pronunciation.

    Raises:
        PronunciationError: a word has no sound.
    """
    words = singer().pronounce([word for word in text.split() if any(map(str.isalpha, word))])
    count = sum(len(word.syllables) for word in words)
    return SongLine(text, words, plan or LinePlan(count))


def plain(word: str) -> str:
    """A word in lower case without the marks around it."""
    return word.strip('.,;:!?"“”()…—–-').replace("’", "'").lower()


def titled(kinds: Sequence[str]) -> list[int]:
    """Numbers for headings: verses are counted where there are several, choruses never."""
    numbers = []
    for index, kind in enumerate(kinds):
        several = kinds.count(kind) > 1 and kind not in ("chorus", "refrain")
        numbers.append(kinds[: index + 1].count(kind) if several else 0)
    return numbers
