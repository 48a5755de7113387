"""Inline pronunciations: `I have read[r ɛ d] it`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lyrics.errors import HintError, PronunciationError
from lyrics.notation import parse_syllables
from lyrics.syllables import Pronunciation, Syllable

_TOKEN = re.compile(r"(?P<word>[^\s\[\]]*)\[(?P<sounds>[^\[\]]*)\](?P<after>[^\s\[\]]*)|[^\s\[\]]+")
_STRAY = re.compile(r"[\[\]]")


@dataclass(frozen=True)
class HintedWord:
    """A word of a text and, where the writer said so, how to sing it."""

    word: str
    syllables: tuple[Syllable, ...] = ()

    @property
    def pronunciation(self) -> Pronunciation | None:
        """What the hint says; None for a word without one."""
        return Pronunciation(self.word, self.syllables) if self.syllables else None


def split_hints(text: str) -> list[HintedWord]:
    """The words of a text, split at white space, with their hints parsed.

    Punctuation after a hint stays with its word. Raises HintError for brackets that do not match,
    hints without a word and sounds that do not exist.
    """
    words: list[HintedWord] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        found = _TOKEN.match(text, position)
        if found is None:
            raise HintError(
                f"a bracket at character {position + 1} of {_excerpt(text, position)!r} does not "
                f"match; a hint stands right after its word, as in read[r ɛ d]"
            )
        words.append(_hinted(found))
        position = found.end()
    return words


def _hinted(found: re.Match[str]) -> HintedWord:
    if found["sounds"] is None:
        return HintedWord(found[0])
    if not found["word"]:
        raise HintError(
            f"the hint {found[0]!r} has no word before it; write it without a space, as in "
            f"read[r ɛ d]"
        )
    try:
        syllables = parse_syllables(found["sounds"])
    except PronunciationError as error:
        raise HintError(f"in the hint {found[0]!r}: {error}") from error
    return HintedWord(found["word"] + found["after"], syllables)


def has_hint(word: str) -> bool:
    return _STRAY.search(word) is not None


def _excerpt(text: str, position: int) -> str:
    return text[max(0, position - 15) : position + 15].replace("\n", " ")
