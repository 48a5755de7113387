"""Rhyme by sound: what two line ends must share, and what must differ.

A perfect rhyme has the same sounds from the last stressed vowel on, and other consonants before it
("night", "light", but not "night", "knight"). A slant rhyme has the same vowel, and consonants of
the same kind after it ("home", "stone").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lyrics.phonemes import PhoneClass, Phoneme
from lyrics.syllables import Syllable

_KINDS = {
    PhoneClass.PLOSIVE: "T",
    PhoneClass.AFFRICATE: "T",
    PhoneClass.FRICATIVE: "S",
    PhoneClass.NASAL: "N",
    PhoneClass.LIQUID: "L",
}


class RhymeKind(StrEnum):
    PERFECT = "perfect"
    SLANT = "slant"


@dataclass(frozen=True)
class RhymeSound:
    """The end of a word as the ear keeps it.

    Attributes:
        onset: consonants before the last stressed vowel.
        perfect: that vowel and all sounds after it.
        slant: the same with consonants told apart by kind only.
    """

    onset: str
    perfect: str
    slant: str

    def key(self, kind: RhymeKind) -> str:
        return self.perfect if kind is RhymeKind.PERFECT else self.slant

    def rhymes_with(self, other: RhymeSound, kind: RhymeKind) -> bool:
        """Whether two ends rhyme; the same sounds all through are a repetition, not a rhyme."""
        if self.key(kind) != other.key(kind):
            return False
        return self.perfect != other.perfect or self.onset != other.onset


def rhyme_sound(syllables: Sequence[Syllable]) -> RhymeSound:
    """The rhyming end of a word; in a word without stress (as "the") the last vowel counts."""
    stressed = [index for index, syllable in enumerate(syllables) if syllable.stress]
    start = stressed[-1] if stressed else len(syllables) - 1
    head, *later = syllables[start:]
    sounds: list[Phoneme] = [head.nucleus, *head.coda]
    for syllable in later:
        sounds += syllable.phonemes
    return RhymeSound(
        onset=" ".join(phoneme.symbol for phoneme in head.onset),
        perfect=" ".join(phoneme.symbol for phoneme in sounds),
        slant=" ".join(_kind(phoneme) for phoneme in sounds),
    )


def _kind(phoneme: Phoneme) -> str:
    return _KINDS.get(phoneme.kind, phoneme.symbol)
