"""Every language of espeak-ng, through phonemizer and the library that espeakng-loader carries."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from lyrics.errors import PronunciationError
from lyrics.french import sung_forms, with_glides
from lyrics.ipa import phone_to_symbols, rising_onset, sonority
from lyrics.phonemes import INVENTORY, PhoneClass
from lyrics.syllables import Pronunciation, Syllable, syllabify
from lyrics.words import bare_word

_STRESS = {"ˈ": 1, "ˌ": 2}
_PHONE, _WORD = "_", "|"
_NEUTRAL = "ə"
_WITHOUT_DICTIONARY = ("fo", "kaa", "py", "xex")
_NEEDS_NO_J: tuple[list[str], ...] = ([], ["i"], ["ɪ"])
_RINGING = (PhoneClass.LIQUID, PhoneClass.NASAL)


class Backend(Protocol):
    """What is used of phonemizer's EspeakBackend."""

    def phonemize(self, text: list[str], separator: object, strip: bool) -> list[str]: ...


@dataclass(frozen=True)
class EspeakPronouncer:
    """A language by its espeak code; sentences go in whole, so that liaisons are made."""

    language: str

    def pronounce(self, words: Sequence[str]) -> tuple[Pronunciation, ...]:
        bare = [bare_word(word) for word in words]
        spoken = _spoken(self.language, [" ".join(bare)])[0]
        if len(spoken) != len(bare):
            spoken = [_only(phones) for phones in _spoken(self.language, bare)]
        return tuple(
            Pronunciation(word, self._syllables(word, phones))
            for word, phones in zip(words, spoken, strict=True)
        )

    def alternatives(self, word: str) -> tuple[Pronunciation, ...]:
        """The usual way; in French also with the mute e and the hiatus of verse."""
        (usual,) = self.pronounce([word])
        if not self._french:
            return (usual,)
        forms = sung_forms(bare_word(word), usual.syllables)
        return tuple(Pronunciation(word, form) for form in forms)

    @property
    def _french(self) -> bool:
        return self.language.startswith("fr")

    def _sounds(self, phone: str) -> tuple[str, ...]:
        try:
            return phone_to_symbols(phone)
        except PronunciationError as error:
            raise PronunciationError(
                f"espeak's {self.language!r} writes {phone!r}: {error}"
            ) from error

    def _syllables(self, word: str, phones: Sequence[str]) -> tuple[Syllable, ...]:
        symbols: list[str] = []
        stresses: list[int] = []
        for phone in phones:
            sounds = self._sounds(phone)
            stress = max((_STRESS.get(char, 0) for char in phone), default=0)
            symbols.extend(sounds)
            stresses.extend([stress] * len(sounds))
        _drop_idle_glides(symbols, stresses)
        if not symbols:
            raise PronunciationError(
                f"espeak reads nothing in {word!r} as {self.language!r}; give its sounds, as in "
                f"{word}[l a]"
            )
        if not any(INVENTORY[symbol].is_vowel for symbol in symbols):
            place = _vowel_place(symbols)
            symbols.insert(place, _NEUTRAL)
            stresses.insert(place, 0)
        if self._french:
            symbols = with_glides(symbols)
        return syllabify(symbols, stresses, rising_onset)


def _drop_idle_glides(symbols: list[str], stresses: list[int]) -> None:
    """Take out the j of a soft consonant where i follows, or nothing: Slavic `bʲi` is sung b i."""
    for index in range(len(symbols) - 1, 0, -1):
        after_consonant = sonority(symbols[index - 1]) < sonority("l") + 1
        if symbols[index] == "j" and after_consonant and symbols[index + 1 :][:1] in _NEEDS_NO_J:
            del symbols[index], stresses[index]


def _vowel_place(symbols: Sequence[str]) -> int:
    """Where a word without a vowel gets one: before its ringing sound (`prst`), else at the end."""
    ringing = [i for i, symbol in enumerate(symbols) if INVENTORY[symbol].kind in _RINGING]
    return ringing[0] if ringing else len(symbols)


def _only(words: Sequence[Sequence[str]]) -> list[str]:
    return [phone for word in words for phone in word]


def _spoken(language: str, lines: Sequence[str]) -> list[list[list[str]]]:
    """Phones of each word of each line, as espeak gives them."""
    separator = import_module("phonemizer.separator").Separator(phone=_PHONE, word=_WORD)
    spoken = _backend(language).phonemize(list(lines), separator=separator, strip=True)
    return [
        [[phone for phone in word.split(_PHONE) if phone.strip("-")] for word in line.split(_WORD)]
        for line in spoken
    ]


@cache
def _backend(language: str) -> Backend:
    return cast(
        Backend,
        _backend_class()(
            language, with_stress=True, language_switch="remove-flags", logger=_quiet_logger()
        ),
    )


@cache
def _backend_class() -> Any:
    loader = import_module("espeakng_loader")
    wrapper = import_module("phonemizer.backend.espeak.wrapper").EspeakWrapper
    wrapper.set_library(loader.get_library_path())
    wrapper.set_data_path(loader.get_data_path())
    return import_module("phonemizer.backend").EspeakBackend


def _quiet_logger() -> logging.Logger:
    """Phonemizer reports each language switch in a line; a song in two languages is no fault."""
    logger = logging.getLogger("lyrics.espeak")
    logger.setLevel(logging.ERROR)
    return logger


@cache
def espeak_languages() -> Mapping[str, str]:
    """Language names by espeak code."""
    listed: Mapping[str, str] = _backend_class().supported_languages()
    return {code: name for code, name in listed.items() if code not in _WITHOUT_DICTIONARY}
