"""The International Phonetic Alphabet to the inventory's symbols.

Covers every letter of the IPA chart: what the inventory lacks becomes its nearest sound, by a table
that a reader can check, always the same way. Diacritics are read where they matter (length is the
note's, tones are the melody's) and dropped otherwise.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from lyrics.errors import PronunciationError
from lyrics.phonemes import INVENTORY
from lyrics.syllables import OFF_GLIDES

Sounds = tuple[str, ...]

_NEAREST: dict[str, str] = {
    # vowels
    "ɨ": "ɯ",
    "ʉ": "u",
    "ʏ": "y",
    "ɘ": "ə",
    "ɵ": "ø",
    "ɞ": "œ",
    "ɐ": "ʌ",
    "ɶ": "œ",
    "ɚ": "ɝ",
    "ᵻ": "ɪ",
    "ᵿ": "ʊ",
    "ᵊ": "ə",
    # plosives
    "g": "ɡ",
    "ʈ": "t",
    "ɖ": "d",
    "c": "tɕ",
    "ɟ": "dʑ",
    "q": "k",
    "ɢ": "ɡ",
    "ʡ": "ʔ",
    "ɓ": "b",
    "ɗ": "d",
    "ʄ": "dʑ",
    "ɠ": "ɡ",
    "ʛ": "ɡ",
    # nasals
    "ɱ": "m",
    "ɳ": "n",
    # liquids and glides; the uvular r of French and German is rolled in song
    "ʀ": "r",
    "ʁ": "r",
    "ʙ": "r",
    "ⱱ": "v",
    "ɽ": "ɾ",
    "ɻ": "ɹ",
    "ɺ": "ɾ",
    "ɭ": "l",
    "ɫ": "l",
    "ʟ": "l",
    "ʎ": "l j",
    "ʋ": "v",
    "ɰ": "w",
    "ʍ": "h w",
    # fricatives
    "ʝ": "j",
    "χ": "x",
    "ħ": "h",
    "ʕ": "ʔ",
    "ɦ": "h",
    "ʜ": "h",
    "ʢ": "ʔ",
    "ʑ": "ʒ",
    "ɧ": "ʃ",
    "ɬ": "ʃ l",
    "ɮ": "ʒ l",
    "sx": "ʃ",
    # affricates
    "ɖʐ": "dʒ",
    "dʐ": "dʒ",
    "tʂ": "ʈʂ",
    "tʂʰ": "ʈʂʰ",
    "ɟʝ": "dʑ",
    "cç": "tɕ",
    # ligatures, and letters that espeak-ng writes where it knows no IPA
    "ʦ": "ts",
    "ʣ": "dz",
    "ʧ": "tʃ",
    "ʤ": "dʒ",
    "ʨ": "tɕ",
    "ʥ": "dʑ",
    "ε": "ɛ",
    "Φ": "ɸ",
    "A": "ɑ",
    "F": "f",
    "K": "k",
    "N": "ŋ",
    "S": "ʃ",
    "X": "x",
    "Z": "ʒ",
    "tS": "tʃ",
    "dZ": "dʒ",
    # clicks
    "ʘ": "p",
    "ǀ": "t",
    "ǃ": "t",
    "ǂ": "t",
    "ǁ": "k",
}
_LETTERS: dict[str, Sounds] = {
    **{symbol: (symbol,) for symbol in INVENTORY.ids if not INVENTORY[symbol].is_pause},
    **{letter: tuple(near.split()) for letter, near in _NEAREST.items()},
}
_LONGEST = max(map(len, _LETTERS))
_NASAL, _SYLLABIC, _NON_SYLLABIC, _PALATAL = "\u0303", "\u0329", "\u032f", "ʲ"
_HIGH = {"i": "ɪ̯", "ɪ": "ɪ̯", "e": "ɪ̯", "y": "ɪ̯", "ø": "ɪ̯", "u": "ʊ̯", "ʊ": "ʊ̯", "o": "ʊ̯", "ɯ": "ʊ̯"}
_BEFORE_VOWEL = {"i": "j", "ɪ": "j", "y": "ɥ", "u": "w", "ʊ": "w"}
_CENTRAL = ("ə", "ʌ", "ɜ")


def phone_to_symbols(phone: str) -> Sounds:
    """One phone or diphthong, as `oʊ`, `tʃ`, `ɔ̃` or `bʲ`, in the inventory's symbols.

    Raises PronunciationError naming the letter that is not IPA.
    """
    sounds: list[str] = []
    nasal = False
    for letter, marks in _letters(_decomposed(phone)):
        vowel = INVENTORY[letter[-1]].is_vowel
        nasal = nasal or (_NASAL in marks and vowel)
        if _SYLLABIC in marks and not vowel:
            sounds.append("ə")
        sounds.extend(letter)
        if _PALATAL in marks:
            sounds[-1:] = ["ɲ"] if letter == ("n",) else [letter[-1], "j"]
        if _NON_SYLLABIC in marks:
            sounds[-1] = _HIGH.get(sounds[-1], sounds[-1])
    spoken = _one_nucleus(_without_repeats(sounds))
    return (*spoken, "ɴ") if nasal else spoken


def _decomposed(phone: str) -> str:
    """Letters and diacritics apart, except ç, which is a letter of its own."""
    return unicodedata.normalize("NFD", phone).replace("c\u0327", "ç")


def _letters(phone: str) -> Iterator[tuple[Sounds, str]]:
    """The letters of a phone in inventory symbols, each with the marks that follow it."""
    position = 0
    while position < len(phone):
        length = next(
            (n for n in range(_LONGEST, 0, -1) if phone[position : position + n] in _LETTERS), 0
        )
        if length:
            letter = _LETTERS[phone[position : position + length]]
            position += length
            start = position
            while position < len(phone) and _is_mark(phone[position]):
                position += 1
            yield letter, phone[start:position]
        elif _is_mark(phone[position]):
            position += 1
        else:
            raise PronunciationError(
                f"{phone[position]!r} in {phone!r} is not a letter of the IPA that can be sung"
            )


def _is_mark(char: str) -> bool:
    """Length, stress, tone and diacritics: everything of a phone that is not a letter."""
    return unicodedata.category(char)[0] in "MNPSC" or unicodedata.category(char) == "Lm"


def _without_repeats(sounds: list[str]) -> list[str]:
    return [s for i, s in enumerate(sounds) if i == 0 or s != sounds[i - 1]]


def _one_nucleus(sounds: list[str]) -> Sounds:
    """A diphthong as nucleus and glide: `aɪ` closes, `uo` opens, `iə` loses its tail."""
    for index, (first, second) in enumerate(pairwise(sounds)):
        if not (INVENTORY[first].is_vowel and INVENTORY[second].is_vowel):
            continue
        head, tail = sounds[:index], sounds[index + 2 :]
        opening = first in _BEFORE_VOWEL and second not in ("i", "ɪ", "u", "ʊ", "y")
        if second in _CENTRAL:
            return (*head, first, *tail)
        if opening:
            return (*head, _BEFORE_VOWEL[first], second, *tail)
        if second in _HIGH:
            return (*head, first, _HIGH[second], *tail)
    return tuple(sounds)


def sonority(symbol: str) -> int:
    """How freely a sound rings, 0 (plosive) to 5 (vowel): syllables rise to the nucleus."""
    ranks = {"plosive": 0, "affricate": 0, "fricative": 1, "nasal": 2, "liquid": 3, "glide": 4}
    return ranks.get(INVENTORY[symbol].kind.value, 5)


def rising_onset(cluster: tuple[str, ...]) -> bool:
    """Whether the sounds ring more and more towards the vowel, as onsets do in most languages.

    A sibilant before a plosive is let through, as in `stella`; two sounds alike are not.
    """
    if any(symbol in (*OFF_GLIDES, "ŋ", "ɴ") for symbol in cluster):
        return False
    if len(cluster) > 1 and cluster[0] in ("s", "ʃ") and sonority(cluster[1]) == 0:
        cluster = cluster[1:]
    ranks = [sonority(symbol) for symbol in cluster]
    rises = all(one < other for one, other in pairwise(ranks))
    return rises and cluster[:2] not in (("t", "l"), ("d", "l"), ("t", "n"), ("d", "n"))
