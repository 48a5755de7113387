"""ARPABET, the alphabet of the CMU dictionary, to the inventory's IPA, and English syllables."""

from __future__ import annotations

from collections.abc import Sequence

from lyrics.errors import PronunciationError
from lyrics.syllables import Syllable, syllabify

Arpabet = tuple[str, ...]

_IPA: dict[str, tuple[str, ...]] = {
    "AA": ("ɑ",),
    "AE": ("æ",),
    "AH": ("ʌ",),
    "AO": ("ɔ",),
    "AW": ("a", "ʊ̯"),
    "AY": ("a", "ɪ̯"),
    "EH": ("ɛ",),
    "ER": ("ɝ",),
    "EY": ("e", "ɪ̯"),
    "IH": ("ɪ",),
    "IY": ("i",),
    "OW": ("o", "ʊ̯"),
    "OY": ("ɔ", "ɪ̯"),
    "UH": ("ʊ",),
    "UW": ("u",),
    "B": ("b",),
    "CH": ("tʃ",),
    "D": ("d",),
    "DH": ("ð",),
    "F": ("f",),
    "G": ("ɡ",),
    "HH": ("h",),
    "JH": ("dʒ",),
    "K": ("k",),
    "L": ("l",),
    "M": ("m",),
    "N": ("n",),
    "NG": ("ŋ",),
    "P": ("p",),
    "R": ("ɹ",),
    "S": ("s",),
    "SH": ("ʃ",),
    "T": ("t",),
    "TH": ("θ",),
    "V": ("v",),
    "W": ("w",),
    "Y": ("j",),
    "Z": ("z",),
    "ZH": ("ʒ",),
}
PHONES = tuple(_IPA)
VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
_ONSETS_AFTER_S = ("p", "t", "k", "m", "n", "f", "l", "w", "p l", "p ɹ", "p j", "t ɹ", "t j")
_ONSETS_BY_SECOND = {
    "l": "p b k ɡ f s",
    "ɹ": "p b t d k ɡ f θ ʃ",
    "w": "t d k ɡ h θ",
    "j": "p b t d k f v m h",
}
_ONSETS = frozenset(
    [("s", *rest.split()) for rest in (*_ONSETS_AFTER_S, "k l", "k ɹ", "k w", "k j")]
    + [(first, second) for second, firsts in _ONSETS_BY_SECOND.items() for first in firsts.split()]
)


def is_vowel(phone: str) -> bool:
    """Whether an ARPABET phone such as `AH0` is a vowel, with or without its stress digit."""
    return phone.rstrip("012") in VOWELS


def vowel_count(phones: Sequence[str]) -> int:
    return sum(map(is_vowel, phones))


def english_onset(cluster: tuple[str, ...]) -> bool:
    """Whether an English syllable may begin with these consonants."""
    if len(cluster) == 1:
        return cluster[0] != "ŋ"
    return cluster in _ONSETS


def symbols_of(phone: str) -> tuple[str, ...]:
    """The inventory's symbols for one ARPABET phone; unstressed AH is ə."""
    name = phone.rstrip("012")
    if name not in _IPA:
        raise PronunciationError(f"no ARPABET phone {phone!r}; there are {' '.join(_IPA)}")
    return ("ə",) if phone == "AH0" else _IPA[name]


def syllables_of(phones: Sequence[str]) -> tuple[Syllable, ...]:
    """The syllables of an ARPABET pronunciation in American sounds."""
    symbols: list[str] = []
    stresses: list[int] = []
    for phone in phones:
        sounds = symbols_of(phone)
        stress = int(phone[-1]) if phone[-1].isdigit() else 0
        symbols.extend(sounds)
        stresses.extend([stress] * len(sounds))
    return syllabify(symbols, stresses, english_onset)
