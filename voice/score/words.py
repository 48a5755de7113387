"""Words from a text file, laid under a melody that has none of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from lyrics.errors import LyricsError
from lyrics.syllables import Pronunciation
from voice.errors import ScoreWordsError
from voice.score.files import decode_text, read_bytes
from voice.score.model import Lyric, Note, Score, Syllabic
from voice.score.syllables import NEXT_SYLLABLE, clean_text, is_hold, mend_words, syllable

_HELD_HINT = r"(?:\[[^\]]*\])?"
_TOKEN = re.compile(rf"[\u3040-\u30ff\u4e00-\u9fff]{_HELD_HINT}|(?:\[[^\]]*\]|[^\s\[])+")
_SMALL_KANA = frozenset("ぁぃぅぇぉゃゅょゎァィゥェォャュョヮー")
_FAR_EAST = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_UNSUNG = re.compile(
    r"#.*|\[\s*(?:intro|verse|prechorus|chorus|refrain|bridge|outro)\b[^\]]*\]", re.IGNORECASE
)


class Counter(Protocol):
    """Whoever knows how many syllables a word has."""

    def pronounce(self, words: Sequence[str]) -> tuple[Pronunciation, ...]: ...


@dataclass(frozen=True)
class _Line:
    number: int
    syllables: tuple[Lyric | None, ...]


def read_words(path: Path) -> str:
    """The text of a file of words."""
    return decode_text(read_bytes(path))


def with_words(score: Score, text: str, counter: Counter, name: str = "the words") -> Score:
    """The score with `text` under its notes, which replaces any words it had.

    Each syllable takes the next note that no slur binds to the one before. Words may be divided
    ("A-maz-ing"); otherwise the pronunciation counts. `_` holds a syllable for one note more.
    Verses are parted by empty lines when each of them has one syllable for each note.
    Lines that begin with # and headings such as [Verse 1] are not sung.

    Raises:
        ScoreWordsError: too many or too few syllables, with the line where they part.
    """
    stanzas = _stanzas(text, counter, name)
    free = [note for note in score.notes if not note.slur]
    together = [line for stanza in stanzas for line in stanza]
    verses = [together] if _count(together) == len(free) else stanzas
    for verse in verses:
        _check(verse, free, name)
    lines = [mend_words(_under(score.notes, verse)) for verse in verses]
    notes = tuple(
        replace(note, lyrics=tuple(line[index] for line in lines))
        for index, note in enumerate(score.notes)
    )
    return replace(score, notes=notes, verses=len(lines))


def _stanzas(text: str, counter: Counter, name: str) -> list[list[_Line]]:
    stanzas: list[list[_Line]] = [[]]
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            stanzas.append([])
            continue
        if _UNSUNG.fullmatch(line.strip()):
            continue
        try:
            stanzas[-1].append(_Line(number, _syllables(clean_text(line), counter)))
        except LyricsError as error:
            raise ScoreWordsError(f"{name}: line {number}: {error}") from error
    full = [stanza for stanza in stanzas if _count(stanza)]
    if not full:
        raise ScoreWordsError(f"{name}: hold no words; write the text to be sung")
    return full


def _count(lines: Sequence[_Line]) -> int:
    return sum(len(line.syllables) for line in lines)


def _syllables(line: str, counter: Counter) -> tuple[Lyric | None, ...]:
    """Every syllable of a line, `None` for a hold."""
    found: list[Lyric | None] = []
    for token in _tokens(line):
        if is_hold(token):
            found.append(None)
        elif re.search(r"\w-\w", token) and "[" not in token:
            pieces = [piece for piece in token.split("-") if piece]
            for index, piece in enumerate(pieces):
                joined = piece + ("-" if index < len(pieces) - 1 else "")
                found.append(syllable(("-" if index else "") + joined))
        elif (lyric := syllable(token)) is not None:
            count = len(counter.pronounce([token])[0].syllables)
            found.append(lyric)
            found += [Lyric(NEXT_SYLLABLE, Syllabic.END)] * (count - 1)
    return tuple(found)


def _tokens(line: str) -> list[str]:
    """Words; of Japanese and Chinese each mora or character."""
    tokens: list[str] = []
    for token in _TOKEN.findall(line):
        if tokens and token[0] in _SMALL_KANA and _FAR_EAST.match(tokens[-1]):
            tokens[-1] += token
        else:
            tokens.append(token)
    return tokens


def _check(verse: Sequence[_Line], free: Sequence[Note], name: str) -> None:
    count = _count(verse)
    if count == len(free):
        return
    seen = 0
    for line in verse:
        seen += len(line.syllables)
        if seen > len(free):
            break
    place = free[min(seen, len(free)) - 1].place if free else "the score"
    raise ScoreWordsError(
        f"{name}: line {line.number} ({place}): {count} syllables for {len(free)} notes; "
        + ("hold syllables with _ or add words" if count < len(free) else "take words out")
    )


def _under(notes: Sequence[Note], verse: Sequence[_Line]) -> list[Lyric | None]:
    syllables = iter([lyric for line in verse for lyric in line.syllables])
    return [None if note.slur else next(syllables) for note in notes]
