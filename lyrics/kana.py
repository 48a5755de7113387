"""Japanese kana to phonemes, mora by mora.

A mora is what a Japanese singer puts on one note: `か`, `きゃ`, the long vowel `ー`, the nasal `ん`
and the stop `っ`. Hiragana, katakana and half-width katakana read alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lyrics.errors import PronunciationError

Mora = tuple[str, ...]

_VOWELS = ("a", "i", "ɯ", "e", "o")
_ROWS: tuple[tuple[str, str], ...] = (
    ("かきくけこ", "k k k k k"),
    ("がぎぐげご", "ɡ ɡ ɡ ɡ ɡ"),
    ("さしすせそ", "s ɕ s s s"),
    ("ざじずぜぞ", "z dʑ z z z"),
    ("たちつてと", "t tɕ ts t t"),
    ("だぢづでど", "d dʑ z d d"),
    ("なにぬねの", "n n n n n"),
    ("はひふへほ", "h ç ɸ h h"),
    ("ばびぶべぼ", "b b b b b"),
    ("ぱぴぷぺぽ", "p p p p p"),
    ("まみむめも", "m m m m m"),
    ("らりるれろ", "ɾ ɾ ɾ ɾ ɾ"),
)
_IRREGULAR: dict[str, Mora] = {
    **{kana: (vowel,) for kana, vowel in zip("あいうえお", _VOWELS, strict=True)},
    **{kana: (vowel,) for kana, vowel in zip("ぁぃぅぇぉ", _VOWELS, strict=True)},
    **{kana: ("j", vowel) for kana, vowel in zip("やゆよゃゅょ", "aɯoaɯo", strict=True)},
    **{kana: ("v", vowel) for kana, vowel in zip("ヷヸヹヺ", "aieo", strict=True)},
    "わ": ("w", "a"),
    "ゎ": ("w", "a"),
    "ゐ": ("i",),
    "ゑ": ("e",),
    "を": ("o",),
    "ゔ": ("v", "ɯ"),
    "ゕ": ("k", "a"),
    "ゖ": ("k", "e"),
    "ん": ("ɴ",),
    "っ": ("ʔ",),
}
_PALATAL = ("ɕ", "tɕ", "dʑ", "ç")
_SMALL_Y = {"ゃ": "a", "ゅ": "ɯ", "ょ": "o"}
_SMALL_VOWELS = dict(zip("ぁぃぅぇぉ", _VOWELS, strict=True))
_NASAL_G = dict(zip("かきくけこ", "がぎぐげご", strict=True))
_LONG_MARKS = "ー〜~"
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def _single_morae() -> dict[str, Mora]:
    table = dict(_IRREGULAR)
    for row, consonants in _ROWS:
        for kana, consonant, vowel in zip(row, consonants.split(), _VOWELS, strict=True):
            table[kana] = (consonant, vowel)
    return table


def _palatal_morae(single: dict[str, Mora]) -> Iterator[tuple[str, Mora]]:
    """`きゃ` is k j a, but `しゃ` is ɕ a: ɕ is palatal already."""
    endings = {**_SMALL_Y, "ぇ": "e"}
    for row, _ in _ROWS:
        consonant = single[row[1]][:-1]
        glide = () if consonant[0] in _PALATAL else ("j",)
        for small, vowel in endings.items():
            yield row[1] + small, (*consonant, *glide, vowel)
    yield "いぇ", ("j", "e")
    for kana in ("ふ", "ゔ", "て", "で"):
        for small, vowel in _SMALL_Y.items():
            yield kana + small, (*single[kana][:-1], "j", vowel)
    for kana in ("て", "で", "ゔ", "ふ"):
        yield kana + "ぃぇ", (*single[kana][:-1], "j", "e")


def _foreign_morae(single: dict[str, Mora]) -> Iterator[tuple[str, Mora]]:
    """`ファ` replaces the vowel, `クァ` and `ウィ` round the lips first."""
    for small, vowel in _SMALL_VOWELS.items():
        if small != "ぅ":
            for kana in "ふつすずづゔ":
                yield kana + small, (*single[kana][:-1], vowel)
            for kana in "ぬぶぷむる":
                yield kana + small, (*single[kana][:-1], "w", vowel)
            yield "う" + small, ("w", vowel)
        for kana in "くぐ":
            yield kana + small, (*single[kana][:-1], "w", vowel)
    yield "くゎ", ("k", "w", "a")
    yield "ぐゎ", ("ɡ", "w", "a")
    for kana in "てで":
        yield kana + "ぃ", (*single[kana][:-1], "i")
    for kana in "とど":
        yield kana + "ぅ", (*single[kana][:-1], "ɯ")


def _all_morae() -> dict[str, Mora]:
    single = _single_morae()
    return {**single, **dict(_palatal_morae(single)), **dict(_foreign_morae(single))}


MORAE = _all_morae()
"""Every spelling of a mora in hiragana, with its phonemes."""

_LONGEST = max(map(len, MORAE))


def normalize_kana(text: str) -> str:
    """Composed hiragana: `ｶﾞ`, `ガ`, `か゛` and `か゜` become `が`, `こゝろ` becomes `こころ`."""
    joined = text.replace("゛", "\u3099").replace("゜", "\u309a")
    hiragana = unicodedata.normalize("NFKC", joined).translate(_KATAKANA_TO_HIRAGANA)
    composed = unicodedata.normalize("NFC", hiragana.replace("ヽ", "ゝ").replace("ヾ", "ゞ"))
    plain = re.sub("([か-こ])\u309a", lambda found: _NASAL_G[found[1]], composed)
    repeated = re.sub("(.)ゝ", r"\1\1", plain)
    return re.sub("(.)ゞ", lambda found: found[1] + _voiced(found[1]), repeated)


def _voiced(kana: str) -> str:
    return unicodedata.normalize("NFC", kana + "\u3099")


def is_kana(text: str) -> bool:
    """Whether every character of `text` is kana or a long mark."""
    plain = normalize_kana(text)
    return bool(plain) and all(char in MORAE or char in _LONG_MARKS for char in plain)


def kana_to_phonemes(kana: str) -> tuple[Mora, ...]:
    """The IPA symbols of each mora of a word in kana.

    A long mark, and a small vowel that repeats the one before it, are morae of their own: the vowel
    again. Raises PronunciationError with the character that is not kana.
    """
    plain = normalize_kana(kana)
    morae: list[Mora] = []
    position = 0
    while position < len(plain):
        if plain[position] in _LONG_MARKS:
            morae.append(_prolonged(morae, kana))
            position += 1
            continue
        spelling = _longest_spelling(plain, position)
        if spelling is None:
            raise PronunciationError(
                f"{plain[position]!r} in {kana!r} is not kana; write the word in kana or give its "
                f"sounds, as in 君[k i . m i]"
            )
        morae.append(MORAE[spelling])
        position += len(spelling)
    return tuple(morae)


def _longest_spelling(plain: str, position: int) -> str | None:
    for length in range(_LONGEST, 0, -1):
        spelling = plain[position : position + length]
        if spelling in MORAE:
            return spelling
    return None


def _prolonged(morae: list[Mora], kana: str) -> Mora:
    if not morae or morae[-1] == MORAE["っ"]:
        raise PronunciationError(f"the long mark in {kana!r} has no vowel before it to hold")
    return morae[-1][-1:]
