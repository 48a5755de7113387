"""The way in: words of any language to syllables.

    pronouncer_for("en").pronounce(["Amazing", "grace,"])

Hints in brackets and the user's lexicon come first; the language's own rules see all other words
of the text together, so that neighbours can tell homographs apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol

from lyrics.errors import UnknownLanguageError
from lyrics.hints import has_hint, split_hints
from lyrics.lexicon import Lexicon
from lyrics.syllables import Pronunciation, Syllable

__all__ = [
    "GuidedPronouncer",
    "Pronouncer",
    "Pronunciation",
    "Syllable",
    "known_languages",
    "pronouncer_for",
]


class Pronouncer(Protocol):
    """Whoever knows how to sing the words of a language."""

    @property
    def language(self) -> str: ...

    def pronounce(self, words: Sequence[str]) -> tuple[Pronunciation, ...]:
        """The usual way to sing each word of a text, one result per word.

        Raises PronunciationError naming the word that has no sound.
        """
        ...

    def alternatives(self, word: str) -> tuple[Pronunciation, ...]:
        """Every way to sing a word, the usual one first; they differ in syllables or sounds."""
        ...


@dataclass(frozen=True)
class GuidedPronouncer:
    """A language's pronouncer that obeys hints first and the user's lexicon second."""

    inner: Pronouncer
    lexicon: Lexicon = field(default_factory=Lexicon)

    @property
    def language(self) -> str:
        return self.inner.language

    def pronounce(self, words: Sequence[str]) -> tuple[Pronunciation, ...]:
        guided = [self._guided(word)[:1] for word in words]
        rest = [word for word, known in zip(words, guided, strict=True) if not known]
        found = iter(self.inner.pronounce(rest))
        return tuple(known[0] if known else next(found) for known in guided)

    def alternatives(self, word: str) -> tuple[Pronunciation, ...]:
        return self._guided(word) or self.inner.alternatives(word)

    def _guided(self, word: str) -> tuple[Pronunciation, ...]:
        if has_hint(word):
            said = [hinted.pronunciation for hinted in split_hints(word)]
            return tuple(pronunciation for pronunciation in said if pronunciation)
        return self.lexicon.pronunciations(word) if self.lexicon.entries else ()


def pronouncer_for(language: str, lexicon: Lexicon | None = None) -> Pronouncer:
    """The pronouncer of a language, by code (`en`, `en-gb`, `ja`, `zh`, `de`, `fr`, `pt-br` …).

    Raises UnknownLanguageError naming the codes that come close.
    """
    code = _resolve(language)
    builder = _BUILDERS.get(code, _espeak)
    return GuidedPronouncer(builder(code), lexicon or Lexicon())


def known_languages() -> Mapping[str, str]:
    """Names of all languages by code; our own first, then espeak's."""
    from lyrics.espeak import espeak_languages

    return _OWN_NAMES | {
        code: name for code, name in espeak_languages().items() if code not in _OWN_NAMES
    }


def _english(code: str) -> Pronouncer:
    from lyrics.english import EnglishPronouncer

    return EnglishPronouncer(code)


def _japanese(code: str) -> Pronouncer:
    from lyrics.japanese import JapanesePronouncer

    return JapanesePronouncer(code)


def _mandarin(code: str) -> Pronouncer:
    from lyrics.mandarin import MandarinPronouncer

    return MandarinPronouncer(code)


def _espeak(code: str) -> Pronouncer:
    from lyrics.espeak import EspeakPronouncer

    return EspeakPronouncer(code)


_BUILDERS: dict[str, Callable[[str], Pronouncer]] = {
    "en": _english,
    "en-gb": _english,
    "ja": _japanese,
    "zh": _mandarin,
}
_OWN_NAMES = {
    "en": "English (America)",
    "en-gb": "English (Great Britain)",
    "ja": "Japanese",
    "zh": "Mandarin Chinese",
}
_SAME = {
    "en-us": "en",
    "en-uk": "en-gb",
    "jp": "ja",
    "cmn": "zh",
    "zh-cn": "zh",
    "zh-tw": "zh",
    "fr": "fr-fr",
    "no": "nb",
}


def _resolve(language: str) -> str:
    """The code that has a pronouncer: `de-DE`, `de_AT` and `DE` are de."""
    code = language.strip().replace("_", "-").lower()
    code = _SAME.get(code, code)
    if code in _BUILDERS:
        return code
    known = {name.lower(): name for name in known_languages()}
    primary = code.split("-")[0]
    for candidate in (code, _SAME.get(primary, primary)):
        if candidate in known:
            return known[candidate]
    raise UnknownLanguageError(
        f"no language {language!r} is known; {_suggestion(code)}; there are {len(known)} in all"
    )


def _suggestion(code: str) -> str:
    """Languages whose code or name comes close, else those that this project sings itself."""
    names = known_languages()
    by_text = {text.lower(): own for own, name in names.items() for text in (name, own)}
    close = dict.fromkeys(by_text[text] for text in get_close_matches(code, list(by_text), n=4))
    listed = ", ".join(f"{own} ({names[own]})" for own in close or _OWN_NAMES)
    return f"close to it are {listed}" if close else f"try {listed}, or any code of espeak-ng"
