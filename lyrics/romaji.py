"""Romaji to kana: Hepburn and Kunrei spellings, long vowels with macron or doubled."""

from __future__ import annotations

import unicodedata

from lyrics.errors import PronunciationError

_VOWELS = "aiueo"
_ROWS: dict[str, str] = {
    "": "あいうえお",
    "k": "かきくけこ",
    "g": "がぎぐげご",
    "s": "さしすせそ",
    "z": "ざじずぜぞ",
    "t": "たちつてと",
    "d": "だぢづでど",
    "n": "なにぬねの",
    "h": "はひふへほ",
    "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
    "m": "まみむめも",
    "r": "らりるれろ",
}
_SMALL = dict(zip(_VOWELS, "ぁぃぅぇぉ", strict=True))
_SMALL_Y = {"a": "ゃ", "u": "ゅ", "o": "ょ", "e": "ぇ"}
_HISSING = {"sh": "し", "ch": "ち", "j": "じ", "jy": "じ", "cy": "ち"}


def _table() -> dict[str, str]:
    table = {"n": "ん", "n'": "ん", "shi": "し", "chi": "ち", "ji": "じ"}
    for consonant, row in _ROWS.items():
        table |= {consonant + vowel: kana for vowel, kana in zip(_VOWELS, row, strict=True)}
        if consonant:
            table |= {f"{consonant}y{vowel}": row[1] + y for vowel, y in _SMALL_Y.items()}
    for consonant, kana in _HISSING.items():
        table |= {consonant + vowel: kana + y for vowel, y in _SMALL_Y.items()}
    for consonant, kana in (("f", "ふ"), ("v", "ゔ"), ("ts", "つ"), ("w", "う")):
        table |= {consonant + vowel: kana + small for vowel, small in _SMALL.items()}
    table |= {"fu": "ふ", "vu": "ゔ", "tsu": "つ", "wa": "わ", "wo": "を", "wu": "う"}
    table |= {"ya": "や", "yu": "ゆ", "yo": "よ", "ye": "いぇ"}
    return table | {"kwa": "くぁ", "gwa": "ぐぁ", "thi": "てぃ", "dhi": "でぃ", "twu": "とぅ"}


_KANA = _table() | {"-": "ー", "ー": "ー"}
_LONGEST = max(map(len, _KANA))
_LONG_MARKS = dict.fromkeys(map(ord, "\u0304\u0302ー"))
_MACRONS = str.maketrans({"ā": "aー", "ī": "iー", "ū": "uー", "ē": "eー", "ō": "oー"})
_CIRCUMFLEXES = str.maketrans({"â": "aー", "î": "iー", "û": "uー", "ê": "eー", "ô": "oー"})


def is_romaji(word: str) -> bool:
    """Whether the word is in Latin letters, macrons and circumflexes included."""
    return unicodedata.normalize("NFD", word).translate(_LONG_MARKS).isascii()


def romaji_to_kana(romaji: str) -> str:
    """`kyatto` becomes `きゃっと`. Raises PronunciationError where no kana begins."""
    letters = unicodedata.normalize("NFC", romaji.strip().lower())
    letters = letters.translate(_MACRONS).translate(_CIRCUMFLEXES)
    kana, position = "", 0
    while position < len(letters):
        written, length = _next_kana(letters[position:], romaji)
        kana += written
        position += length
    return kana


def _next_kana(rest: str, romaji: str) -> tuple[str, int]:
    """The kana that the remaining letters begin with, and how many letters it takes."""
    doubled = rest[0].isalpha() and rest[0] == rest[1:2] and rest[0] not in _VOWELS + "ー"
    if doubled or rest.startswith("tch"):
        return ("ん" if rest[0] == "n" else "っ"), 1
    if rest[0] == "m" and rest[1:2] in ("b", "p"):
        return "ん", 1
    for length in range(_LONGEST, 0, -1):
        if rest[:length] in _KANA:
            return _KANA[rest[:length]], length
    raise PronunciationError(
        f"{romaji!r} is not romaji at {rest!r}; write it in kana, or as in 'kyatto'"
    )
