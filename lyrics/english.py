"""English: dictionary, homographs by grammar, spelling rules, and a network for the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, product
from typing import Protocol, cast

from lyrics.arpabet import Arpabet, is_vowel, syllables_of
from lyrics.british import british_syllables
from lyrics.english_dictionary import EnglishDictionary, load_dictionary
from lyrics.english_forms import every_form
from lyrics.english_numbers import spell_out
from lyrics.english_spelling import Speller, strip_accents
from lyrics.errors import PronunciationError
from lyrics.syllables import Pronunciation, Syllable
from lyrics.words import bare_word

_SEAMS = re.compile(r"[-‐‑‒–—\s_‿~]+")
_MOST_ALTERNATIVES = 12


@dataclass(frozen=True)
class EnglishPronouncer:
    """English in the forms that singers use; American sounds for `en`, British for `en-gb`."""

    language: str = "en"
    dictionary: EnglishDictionary = field(default_factory=load_dictionary, repr=False)

    def pronounce(self, words: Sequence[str]) -> tuple[Pronunciation, ...]:
        """The usual way to sing each word of a text; neighbours decide between homographs."""
        spelled = [_normalize(word) for word in words]
        tags = self._tags(spelled)
        chosen = [self._in_context(spelling, tags, i) for i, spelling in enumerate(spelled)]
        for index, word in enumerate(spelled[:-1]):
            if word == "the" and _begins_with_vowel(chosen[index + 1][0]):
                chosen[index] = (("DH", "IY0"),)
        return tuple(
            Pronunciation(word, self._joined(parts, spelling))
            for word, parts, spelling in zip(words, chosen, spelled, strict=True)
        )

    def alternatives(self, word: str) -> tuple[Pronunciation, ...]:
        """Every way to sing a word, the usual one first, then those with fewer or more notes."""
        spelling = _normalize(word)
        parts = _SEAMS.split(spelling)
        forms = [every_form(self._forms(part), strip_accents(part)) for part in parts]
        choices = islice(product(*forms), _MOST_ALTERNATIVES)
        found = dict.fromkeys(self._joined(choice, spelling) for choice in choices)
        return tuple(Pronunciation(word, syllables) for syllables in found)

    def _in_context(self, spelling: str, tags: Sequence[str], index: int) -> tuple[Arpabet, ...]:
        read = self.dictionary.reading(spelling, tags, index)
        if read:
            return read
        return tuple(self._forms(part)[0] for part in _SEAMS.split(spelling))

    def _forms(self, word: str) -> tuple[Arpabet, ...]:
        forms = Speller(self.dictionary).forms(word)
        return forms or (_guessed(word),)

    def _joined(self, parts: Sequence[Arpabet], spelling: str) -> tuple[Syllable, ...]:
        spellings = _SEAMS.split(spelling)
        if self.language == "en-gb":
            sung = [british_syllables(part, w) for part, w in zip(parts, spellings, strict=True)]
        else:
            sung = [syllables_of(part) for part in parts]
        return tuple(syllable for syllables in sung for syllable in syllables)

    def _tags(self, words: Sequence[str]) -> list[str]:
        """CLAWS tags of the words; asked for only where a homograph stands."""
        if not any(word in self.dictionary.homographs for word in words):
            return [""] * len(words)
        sentence = ["I" if word == "i" else word for word in words]
        return [tag for _, _, tag in _tagger().tag_sent(sentence)]


def _normalize(word: str) -> str:
    return bare_word(word).lower()


def _begins_with_vowel(phones: Arpabet) -> bool:
    return is_vowel(phones[0])


def _guessed(word: str) -> Arpabet:
    from lyrics.english_guess import load_guesser

    if any(char.isdigit() for char in word):
        speller = Speller(load_dictionary())
        return tuple(phone for part in spell_out(word) for phone in speller.forms(part)[0])
    letters = re.sub("[^a-z]", "", strip_accents(word))
    phones = load_guesser().guess(letters) if letters else ()
    if not any(map(is_vowel, phones)):
        raise PronunciationError(
            f"{word!r} has no vowel that could be sung; give its sounds, as in {word}[ʃ ə], or "
            f"add it to a user dictionary"
        )
    return phones


class Tagger(Protocol):
    """HanTa's tagger: word, lemma and CLAWS tag of each word of a sentence."""

    def tag_sent(self, words: list[str]) -> list[tuple[str, str, str]]: ...


@cache
def _tagger() -> Tagger:
    from HanTa.HanoverTagger import HanoverTagger

    return cast(Tagger, HanoverTagger("morphmodel_en.pgz"))
