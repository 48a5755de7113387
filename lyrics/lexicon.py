"""The user's own dictionary: a text file with a word and its sounds on each line.

    # my words
    Eisenach    ˈaɪ . z ə . n ɑ x
    fire        f aɪ ɹ
    fire        f aɪ . ɝ          # a second line: another way to sing the word

The word ends at the first white space; sounds are IPA or its ASCII stand-ins (lyrics/notation.py),
syllables are parted by `.`, and `#` begins a remark. Letters' case does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lyrics.errors import LexiconError, PronunciationError
from lyrics.notation import parse_syllables
from lyrics.syllables import Pronunciation, Syllable
from lyrics.words import bare_word

_LARGEST_BYTES = 4_000_000


@dataclass(frozen=True)
class Lexicon:
    """Ways to sing each word, by the word without marks and in lower case."""

    entries: Mapping[str, tuple[tuple[Syllable, ...], ...]] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str, source: str = "the lexicon") -> Lexicon:
        """Raises LexiconError with the source and the line that cannot be read."""
        entries: dict[str, tuple[tuple[Syllable, ...], ...]] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            entry = line.split("#", 1)[0].strip()
            if not entry:
                continue
            try:
                key, syllables = _parse(entry)
            except PronunciationError as error:
                raise LexiconError(f"{source}, line {number}: {error}") from error
            entries[key] = (*entries.get(key, ()), syllables)
        return cls(entries)

    @classmethod
    def from_file(cls, path: Path) -> Lexicon:
        """Raises LexiconError for a file that is missing, not UTF-8 or not a lexicon."""
        try:
            if path.stat().st_size > _LARGEST_BYTES:
                raise LexiconError(
                    f"{path} is larger than {_LARGEST_BYTES} bytes; a lexicon is a short text file"
                )
            text = path.read_text("utf-8-sig")
        except OSError as error:
            raise LexiconError(f"cannot read the lexicon {path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise LexiconError(
                f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8 text"
            ) from error
        return cls.from_text(text, str(path))

    def pronunciations(self, word: str) -> tuple[Pronunciation, ...]:
        """The user's ways to sing a word, in the order of the file; none if it is not there."""
        ways = self.entries.get(bare_word(word).casefold(), ())
        return tuple(Pronunciation(word, syllables) for syllables in ways)


def _parse(entry: str) -> tuple[str, tuple[Syllable, ...]]:
    word, *sounds = entry.split(maxsplit=1)
    if not sounds:
        raise PronunciationError(f"the word {word!r} has no sounds; write it as in 'red  r ɛ d'")
    return bare_word(word).casefold(), parse_syllables(sounds[0])
