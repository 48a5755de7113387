"""Mandarin: characters through pypinyin, which reads phrases, and pinyin as it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from lyrics.errors import PronunciationError
from lyrics.phonemes import INVENTORY
from lyrics.pinyin import is_pinyin, pinyin_to_phonemes
from lyrics.syllables import Pronunciation, Syllable, syllable_of
from lyrics.words import bare_word

_SEPARATORS = re.compile(r"[-'\s]+|(?<=[0-5])(?=\D)")
_LONGEST_PINYIN = 6
_DIMINUTIVE = "儿兒"


@dataclass(frozen=True)
class MandarinPronouncer:
    """One character, or one pinyin syllable, is one note."""

    language: str = "zh"

    def pronounce(self, words: Sequence[str]) -> tuple[Pronunciation, ...]:
        """All words are read together, so that 行 in 银行 differs from 行 in 行走."""
        bare = [bare_word(word) for word in words]
        readings = _read("".join(bare))
        found: list[Pronunciation] = []
        position = 0
        for word, plain in zip(words, bare, strict=True):
            end = position + len(plain)
            found.append(Pronunciation(word, _syllables(plain, readings[position:end])))
            position = end
        return tuple(found)

    def alternatives(self, word: str) -> tuple[Pronunciation, ...]:
        """The reading of each character; then with a final 儿 joined to the note before it."""
        (usual,) = self.pronounce([word])
        syllables = usual.syllables
        if len(syllables) < 2 or bare_word(word)[-1] not in _DIMINUTIVE:
            return (usual,)
        stem = syllables[-2]
        kept = tuple(phoneme for phoneme in stem.coda if phoneme.symbol not in ("n", "ɪ̯"))
        joined = Syllable(stem.onset, stem.nucleus, (*kept, INVENTORY["ɹ"]))
        return usual, Pronunciation(word, (*syllables[:-2], joined))


def _read(text: str) -> list[str]:
    """Pinyin of each character of a text; letters stand for themselves."""
    if text.isascii():
        return list(text)
    reader = import_module("pypinyin")
    return list(reader.lazy_pinyin(text, errors=list, v_to_u=True))


def _syllables(word: str, readings: Sequence[str]) -> tuple[Syllable, ...]:
    syllables: list[Syllable] = []
    letters = ""
    for char, reading in zip(word, readings, strict=True):
        if reading == char:
            letters += char
            continue
        syllables += [*_pinyin_syllables(letters), syllable_of(pinyin_to_phonemes(reading))]
        letters = ""
    return (*syllables, *_pinyin_syllables(letters))


def _pinyin_syllables(letters: str) -> list[Syllable]:
    parts = [part for part in _SEPARATORS.split(letters) if part]
    spelled = [syllable for part in parts for syllable in split_pinyin(part)]
    return [syllable_of(pinyin_to_phonemes(syllable)) for syllable in spelled]


def split_pinyin(letters: str) -> tuple[str, ...]:
    """`nihao` becomes ni, hao: as few syllables as possible, long ones first.

    Raises PronunciationError for letters that are no pinyin.
    """
    best: dict[int, tuple[str, ...]] = {len(letters): ()}
    for start in range(len(letters) - 1, -1, -1):
        splits = [
            (letters[start:end], *best[end])
            for end in range(min(len(letters), start + _LONGEST_PINYIN + 1), start, -1)
            if end in best and is_pinyin(letters[start:end])
        ]
        if splits:
            best[start] = min(splits, key=len)
    if 0 not in best:
        raise PronunciationError(
            f"{letters!r} is neither Chinese characters nor pinyin; write one such as 'ni3 hao3'"
        )
    return best[0]
