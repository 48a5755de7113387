"""Words as a composer needs them: sections, lines, and for each syllable how much it weighs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lyrics.errors import LyricsError
from lyrics.pronounce import Pronouncer, pronouncer_for
from lyrics.syllables import Pronunciation
from lyrics.writer.song import Song, plain
from lyrics.writer.wordbook import load_word_lists
from voice.composing.errors import WordsError

MOST_SYLLABLES = 24
MOST_LINES = 400
_HEADING = re.compile(r"\[\s*([A-Za-z]+)\s*(\d*)\s*(?::[^\]]*)?\]")
_JOINED = re.compile(r"(?<=\w)[-‐‑–—]+(?=\w)")
_UNSTRESSED, _LIGHT, _STRESSED = 0, 1, 2


@dataclass(frozen=True)
class WordsLine:
    """A line that is sung in one breath.

    Attributes:
        stresses: for each syllable 2 stressed, 1 lightly stressed, 0 not.
        word_ends: for each syllable whether its word ends with it.
    """

    text: str
    stresses: tuple[int, ...]
    word_ends: tuple[bool, ...]

    @property
    def key(self) -> str:
        """The words in lower case, for telling lines apart."""
        return " ".join(plain(word) for word in self.text.split())

    @property
    def rhyme_place(self) -> int:
        """The syllable on which the line rhymes: its last stressed one."""
        stressed = [at for at, stress in enumerate(self.stresses) if stress == _STRESSED]
        last = len(self.stresses) - 1
        return stressed[-1] if stressed and last - stressed[-1] <= 2 else last


@dataclass(frozen=True)
class WordsSection:
    """Lines under one heading; `kind` is verse, chorus, bridge …"""

    kind: str
    lines: tuple[WordsLine, ...]

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(line.key for line in self.lines)

    @property
    def is_chorus(self) -> bool:
        return self.kind in ("chorus", "refrain", "hook")


@dataclass(frozen=True)
class Words:
    sections: tuple[WordsSection, ...]
    language: str = "en"
    title: str = ""

    @property
    def lines(self) -> tuple[WordsLine, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def words_from(source: Song | str, language: str = "en", title: str = "") -> Words:
    """The words of a song of `melisma lyrics write`, or of a plain text of lines.

    Headings in brackets part the sections; without any, empty lines do, and a stanza that
    returns is a chorus.

    Raises:
        WordsError: no words, a line too long for one breath, or a word without a sound.
    """
    parts = _of_song(source) if isinstance(source, Song) else _of_text(source)
    pronouncer = pronouncer_for(language)
    sections = []
    number = 0
    for kind, texts in parts:
        lines = []
        for text in texts:
            number += 1
            lines.append(_line(text, number, pronouncer))
        sections.append(WordsSection(kind, tuple(lines)))
    if not sections:
        raise WordsError("there are no words to sing; write a line for each phrase of the melody")
    if number > MOST_LINES:
        raise WordsError(f"{number} lines of words are more than {MOST_LINES}; cut the song")
    return Words(tuple(sections), language, title)


def _of_song(song: Song) -> list[tuple[str, list[str]]]:
    return [(section.kind, [line.text for line in section.lines]) for section in song.sections]


def _of_text(text: str) -> list[tuple[str, list[str]]]:
    parts: list[tuple[str, list[str]]] = []
    headed, fresh = False, True
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("#"):
            continue
        if found := _HEADING.fullmatch(line):
            parts.append((found[1].lower(), []))
            headed, fresh = True, False
        elif not line:
            fresh = fresh or not headed
        elif any(map(str.isalpha, line)):
            if fresh or not parts:
                parts.append(("verse", []))
                fresh = False
            parts[-1][1].append(line)
    filled = [(kind, lines) for kind, lines in parts if lines]
    return filled if headed else _with_choruses(filled)


def _with_choruses(parts: Sequence[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    stanzas = [tuple(map(str.lower, lines)) for _, lines in parts]
    return [
        ("chorus" if stanzas.count(stanza) > 1 else kind, lines)
        for (kind, lines), stanza in zip(parts, stanzas, strict=True)
    ]


def _line(text: str, number: int, pronouncer: Pronouncer) -> WordsLine:
    apart = " ".join(word for word in _JOINED.sub(" ", text).split() if any(map(str.isalpha, word)))
    try:
        spoken = pronouncer.pronounce(apart.split())
    except LyricsError as error:
        raise WordsError(f"line {number} of the words: {error}") from error
    stresses = tuple(stress for word in spoken for stress in _stresses(word))
    if len(stresses) > MOST_SYLLABLES:
        raise WordsError(
            f"line {number} of the words has {len(stresses)} syllables, more than one breath holds "
            f"({MOST_SYLLABLES}); divide it into two lines"
        )
    ends = tuple(
        at == len(word.syllables) - 1 for word in spoken for at in range(len(word.syllables))
    )
    return WordsLine(apart, stresses, ends)


def _stresses(word: Pronunciation) -> list[int]:
    if len(word.syllables) == 1:
        return [_UNSTRESSED if plain(word.word) in load_word_lists().weak else _STRESSED]
    levels = {0: _UNSTRESSED, 1: _STRESSED, 2: _LIGHT}
    return [levels[syllable.stress] for syllable in word.syllables]
