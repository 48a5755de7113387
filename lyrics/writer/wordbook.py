"""The words that may be written: each with one undisputed number of syllables, and how it sounds.

`data/en_words.txt` lists common words, the most common first, whose syllables the dictionary, its
variants and espeak-ng count alike; benchmarks/singable_words.py makes it. Their sounds come from
the singer's own dictionary, so that what is written and what is sung agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from lyrics.arpabet import Arpabet, syllables_of, vowel_count
from lyrics.english_dictionary import EnglishDictionary, load_dictionary
from lyrics.syllables import Syllable
from lyrics.writer.errors import RequestError
from lyrics.writer.rhyme import RhymeKind, RhymeSound, rhyme_sound

MOST_SYLLABLES = 6
_CAPITAL_I = re.compile(r"i('.*)?")
_SPELLING = re.compile(r"[a-z]+(?:'[a-z]+)?|'[a-z]+")
_HELD_VOWELS = frozenset(["i", "e", "ɑ", "ɔ", "o", "u", "a"])
_BROKEN_BEFORE = ("AY", "AW", "OY")


@dataclass(frozen=True)
class SingableWord:
    """A word as it is printed within a line.

    Attributes:
        pattern: one character per syllable: 1 and 2 stressed, 0 unstressed; `w` for a word of
            one syllable that carries grammar, `s` for one that carries meaning.
        ends_lines: whether a line may end with it.
    """

    text: str
    syllables: tuple[Syllable, ...]
    pattern: str
    rhyme: RhymeSound
    ends_lines: bool
    explicit: bool = False
    archaic: bool = False

    @property
    def key(self) -> str:
        return self.text.lower()

    @property
    def carries_meaning(self) -> bool:
        return self.pattern != "w"


@dataclass(frozen=True)
class WordLists:
    """Word lists of the data folder, as sets of lower-case words."""

    weak: frozenset[str]
    open_ended: frozenset[str]
    archaic: frozenset[str]
    explicit: frozenset[str]
    explicit_stems: tuple[str, ...]

    def is_explicit(self, word: str) -> bool:
        return word in self.explicit or word.startswith(self.explicit_stems)


@dataclass(frozen=True)
class WordBook:
    """All words in order of commonness, with columns for the search."""

    words: tuple[SingableWord, ...]

    @cached_property
    def index(self) -> Mapping[str, int]:
        return {word.key: number for number, word in enumerate(self.words)}

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        return np.array([len(word.syllables) for word in self.words])

    @cached_property
    def patterns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word.pattern for word in self.words))

    @cached_property
    def pattern_of(self) -> NDArray[np.int64]:
        numbers = {pattern: number for number, pattern in enumerate(self.patterns)}
        return np.array([numbers[word.pattern] for word in self.words])

    @cached_property
    def can_end(self) -> NDArray[np.bool_]:
        return np.array([word.ends_lines for word in self.words])

    @cached_property
    def explicit(self) -> NDArray[np.bool_]:
        return np.array([word.explicit for word in self.words])

    @cached_property
    def archaic(self) -> NDArray[np.bool_]:
        return np.array([word.archaic for word in self.words])

    @cached_property
    def short_vowels(self) -> NDArray[np.float32]:
        """For each word, which of its syllables have a vowel that does not like to be held."""
        table = np.zeros((len(self.words), MOST_SYLLABLES), np.float32)
        for number, word in enumerate(self.words):
            for place, syllable in enumerate(word.syllables[:MOST_SYLLABLES]):
                table[number, place] = syllable.nucleus.symbol not in _HELD_VOWELS
        return table

    @cached_property
    def rhyme_classes(self) -> Mapping[RhymeKind, Mapping[str, tuple[int, ...]]]:
        """Numbers of the words that may end a line, by the sound of their end."""
        return {kind: self._classes(kind) for kind in RhymeKind}

    def _classes(self, kind: RhymeKind) -> Mapping[str, tuple[int, ...]]:
        classes: dict[str, list[int]] = {}
        for number, word in enumerate(self.words):
            if word.ends_lines:
                classes.setdefault(word.rhyme.key(kind), []).append(number)
        return {key: tuple(numbers) for key, numbers in classes.items()}

    def numbers_of(self, texts: Iterable[str]) -> list[int]:
        """Numbers of those words that the book has."""
        return [self.index[text] for text in texts if text in self.index]

    def with_words(self, texts: Iterable[str]) -> WordBook:
        """The book and further words; raises RequestError for one that cannot be counted."""
        new = [text for text in texts if text.lower() not in self.index]
        return WordBook((*self.words, *map(singable, dict.fromkeys(new)))) if new else self


def singable(text: str) -> SingableWord:
    """A word with its sounds.

    Raises:
        RequestError: it is unknown, or dictionaries count its syllables differently.
    """
    key = text.lower()
    forms = load_dictionary().forms(key)
    if not forms:
        raise RequestError(f"{text!r} is not in the dictionary; choose another word")
    if not undisputed(key, load_dictionary()):
        counts = sorted(set(map(vowel_count, forms)) | {vowel_count(forms[0]) + 1})
        listed = " or ".join(map(str, counts))
        raise RequestError(
            f"{text!r} is sung with {listed} syllables by different people; choose another word"
        )
    return _word(text, forms, load_word_lists())


def undisputed(word: str, dictionary: EnglishDictionary) -> bool:
    """Whether everybody gives a word of the dictionary the same syllables (not so "fire")."""
    forms = dictionary.forms(word)
    if len({vowel_count(form) for form in forms}) != 1:
        return False
    if len({_stresses(form) for form in forms}) != 1 and word in dictionary.homographs:
        return False
    return not any(_breaks(form) for form in forms)


@cache
def load_wordbook() -> WordBook:
    """The common words of English."""
    dictionary, lists = load_dictionary(), load_word_lists()
    return WordBook(tuple(_word(text, dictionary.forms(text), lists) for text in _lines("words")))


@cache
def load_word_lists() -> WordLists:
    function_words = [line.split() for line in _lines("function_words")]
    explicit = _lines("explicit")
    return WordLists(
        weak=frozenset(word for word, *_ in function_words),
        open_ended=frozenset(word for word, *marks in function_words if marks),
        archaic=frozenset(_lines("archaic")),
        explicit=frozenset(word for word in explicit if not word.endswith("*")),
        explicit_stems=tuple(word.rstrip("*") for word in explicit if word.endswith("*")),
    )


def printed(word: str) -> str:
    """A lower-case word as it stands within a line."""
    return "I" + word[1:] if _CAPITAL_I.fullmatch(word) else word


def _word(text: str, forms: Sequence[Arpabet], lists: WordLists) -> SingableWord:
    key = text.lower()
    syllables = syllables_of(forms[0])
    rhymes = {rhyme_sound(syllables_of(form)).perfect for form in forms}
    return SingableWord(
        text=printed(text),
        syllables=syllables,
        pattern=_pattern(key, syllables, lists),
        rhyme=rhyme_sound(syllables),
        ends_lines=key not in lists.open_ended and len(rhymes) == 1,
        explicit=lists.is_explicit(key),
        archaic=key in lists.archaic,
    )


def _pattern(word: str, syllables: Sequence[Syllable], lists: WordLists) -> str:
    if len(syllables) == 1:
        return "w" if word in lists.weak else "s"
    return "".join(str(syllable.stress) for syllable in syllables)


def _stresses(form: Arpabet) -> str:
    return "".join(phone[-1] for phone in form if phone[-1].isdigit())


def _breaks(form: Arpabet) -> bool:
    """A diphthong before r that some sing as two syllables: fire, our, desire."""
    return any(
        phone.startswith(_BROKEN_BEFORE) and form[index + 1] in ("R", "ER0")
        for index, phone in enumerate(form[:-1])
    )


def _lines(name: str) -> list[str]:
    text = files("lyrics.writer").joinpath("data", f"en_{name}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
