"""Words as they stand in printed lyrics, without the marks around them."""

from __future__ import annotations

import unicodedata

from lyrics.errors import PronunciationError

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´′‛", "'"))


def bare_word(word: str) -> str:
    """The word in composed form without surrounding punctuation; apostrophes straight and kept.

    Raises PronunciationError when nothing is left to sing.
    """
    plain = unicodedata.normalize("NFC", word).translate(_APOSTROPHES)
    start, end = 0, len(plain)
    while start < end and not _belongs(plain[start]):
        start += 1
    while end > start and not _belongs(plain[end - 1]):
        end -= 1
    bare = plain[start:end]
    if not any(char.isalnum() for char in bare):
        raise PronunciationError(f"{word!r} has no letter to sing; leave it out of the lyrics")
    return bare


def _belongs(char: str) -> bool:
    return char == "'" or unicodedata.category(char)[0] in "LMN" or char in "ー゛゜"
