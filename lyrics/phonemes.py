"""One IPA inventory for every language Melisma sings.

Sounds that several languages share have one symbol, so that a singer who recorded Japanese lends
her /e/ and her /k/ to English. Diphthongs are a nucleus and a glide (`e` + `ɪ̯`): singers hold the
first and close with the second. The features are those of the International Phonetic
Association's chart (2020); they name the nearest neighbour of a phone a voice never sang.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class PhoneClass(StrEnum):
    VOWEL = "vowel"
    GLIDE = "glide"
    LIQUID = "liquid"
    NASAL = "nasal"
    FRICATIVE = "fricative"
    AFFRICATE = "affricate"
    PLOSIVE = "plosive"
    SILENCE = "silence"
    BREATH = "breath"


@dataclass(frozen=True)
class Phoneme:
    """One sound: its IPA symbol and what the mouth does.

    Attributes:
        front: place of articulation or vowel backness, 0 (lips, front) to 1 (glottis, back).
        open: vowel height, 0 (close) to 1 (open); for consonants how free the air flows.
        rounded: whether the lips are rounded.
        aspirated: whether a puff of breath follows.
    """

    symbol: str
    kind: PhoneClass
    voiced: bool
    front: float
    open: float
    rounded: bool = False
    aspirated: bool = False

    @property
    def is_vowel(self) -> bool:
        return self.kind is PhoneClass.VOWEL

    @property
    def is_pause(self) -> bool:
        return self.kind in (PhoneClass.SILENCE, PhoneClass.BREATH)

    def distance(self, other: Phoneme) -> float:
        """How unlike two sounds are: 0 for the same features, above 3 for unrelated classes."""
        apart = 0.0 if self.kind is other.kind else _class_distance(self.kind, other.kind)
        apart += 0.8 * (self.voiced != other.voiced)
        apart += 1.6 * abs(self.front - other.front) + 1.6 * abs(self.open - other.open)
        apart += 0.3 * (self.rounded != other.rounded) + 0.2 * (self.aspirated != other.aspirated)
        return apart


def _class_distance(one: PhoneClass, other: PhoneClass) -> float:
    near = {
        frozenset((PhoneClass.VOWEL, PhoneClass.GLIDE)): 1.0,
        frozenset((PhoneClass.GLIDE, PhoneClass.LIQUID)): 0.8,
        frozenset((PhoneClass.FRICATIVE, PhoneClass.AFFRICATE)): 0.6,
        frozenset((PhoneClass.PLOSIVE, PhoneClass.AFFRICATE)): 0.8,
        frozenset((PhoneClass.PLOSIVE, PhoneClass.FRICATIVE)): 1.0,
        frozenset((PhoneClass.PLOSIVE, PhoneClass.LIQUID)): 1.4,
        frozenset((PhoneClass.NASAL, PhoneClass.LIQUID)): 1.2,
        frozenset((PhoneClass.SILENCE, PhoneClass.BREATH)): 1.0,
    }
    return near.get(frozenset((one, other)), 3.0)


SILENCE = Phoneme("_", PhoneClass.SILENCE, voiced=False, front=0.5, open=0.0)
BREATH = Phoneme("<br>", PhoneClass.BREATH, voiced=False, front=1.0, open=0.5)


def _vowel(symbol: str, front: float, height: float, rounded: bool = False) -> Phoneme:
    return Phoneme(symbol, PhoneClass.VOWEL, True, front, height, rounded)


def _sound(
    symbol: str, kind: PhoneClass, voiced: bool, front: float, aspirated: bool = False
) -> Phoneme:
    flow = {PhoneClass.GLIDE: 0.6, PhoneClass.LIQUID: 0.5, PhoneClass.NASAL: 0.3}.get(kind, 0.2)
    rounded = symbol in ("w", "ʊ̯", "ɥ", "ʃ", "ʒ")
    return Phoneme(symbol, kind, voiced, front, flow, rounded, aspirated)


_V, _G, _L, _N = PhoneClass.VOWEL, PhoneClass.GLIDE, PhoneClass.LIQUID, PhoneClass.NASAL
_F, _A, _P = PhoneClass.FRICATIVE, PhoneClass.AFFRICATE, PhoneClass.PLOSIVE

_TABLE: tuple[Phoneme, ...] = (
    SILENCE,
    BREATH,
    _vowel("i", 0.0, 0.0),
    _vowel("ɪ", 0.15, 0.15),
    _vowel("e", 0.0, 0.35),
    _vowel("ɛ", 0.05, 0.6),
    _vowel("æ", 0.1, 0.85),
    _vowel("a", 0.35, 1.0),
    _vowel("ɑ", 0.9, 1.0),
    _vowel("ɒ", 1.0, 0.95, True),
    _vowel("ɔ", 1.0, 0.65, True),
    _vowel("o", 1.0, 0.4, True),
    _vowel("ʊ", 0.85, 0.15, True),
    _vowel("u", 1.0, 0.0, True),
    _vowel("ʌ", 0.8, 0.7),
    _vowel("ə", 0.5, 0.5),
    _vowel("ɝ", 0.5, 0.45, True),
    _vowel("ɜ", 0.5, 0.6),
    _vowel("ɯ", 0.8, 0.05),
    _vowel("ɤ", 0.9, 0.4),
    _vowel("y", 0.0, 0.0, True),
    _vowel("ø", 0.1, 0.4, True),
    _vowel("œ", 0.1, 0.65, True),
    _vowel("ɿ", 0.3, 0.1),
    _vowel("ʅ", 0.45, 0.1),
    _sound("ɪ̯", _G, True, 0.15),
    _sound("ʊ̯", _G, True, 0.85),
    _sound("j", _G, True, 0.45),
    _sound("w", _G, True, 0.75),
    _sound("ɥ", _G, True, 0.5),
    _sound("l", _L, True, 0.3),
    _sound("ɹ", _L, True, 0.38),
    _sound("ɾ", _L, True, 0.3),
    _sound("r", _L, True, 0.3),
    _sound("m", _N, True, 0.0),
    _sound("n", _N, True, 0.3),
    _sound("ŋ", _N, True, 0.75),
    _sound("ɴ", _N, True, 0.85),
    _sound("ɲ", _N, True, 0.5),
    _sound("f", _F, False, 0.1),
    _sound("v", _F, True, 0.1),
    _sound("θ", _F, False, 0.2),
    _sound("ð", _F, True, 0.2),
    _sound("s", _F, False, 0.3),
    _sound("z", _F, True, 0.3),
    _sound("ʃ", _F, False, 0.4),
    _sound("ʒ", _F, True, 0.4),
    _sound("ɕ", _F, False, 0.45),
    _sound("ʂ", _F, False, 0.42),
    _sound("ʐ", _F, True, 0.42),
    _sound("ç", _F, False, 0.5),
    _sound("x", _F, False, 0.75),
    _sound("ɣ", _F, True, 0.75),
    _sound("h", _F, False, 1.0),
    _sound("ɸ", _F, False, 0.0),
    _sound("β", _F, True, 0.0),
    _sound("p", _P, False, 0.0, True),
    _sound("b", _P, True, 0.0),
    _sound("b̥", _P, False, 0.0),
    _sound("t", _P, False, 0.3, True),
    _sound("d", _P, True, 0.3),
    _sound("d̥", _P, False, 0.3),
    _sound("k", _P, False, 0.75, True),
    _sound("ɡ", _P, True, 0.75),
    _sound("ɡ̊", _P, False, 0.75),
    _sound("ʔ", _P, False, 1.0),
    _sound("tʃ", _A, False, 0.4),
    _sound("dʒ", _A, True, 0.4),
    _sound("ts", _A, False, 0.3),
    _sound("tsʰ", _A, False, 0.3, True),
    _sound("dz", _A, True, 0.3),
    _sound("tɕ", _A, False, 0.45),
    _sound("tɕʰ", _A, False, 0.45, True),
    _sound("dʑ", _A, True, 0.45),
    _sound("ʈʂ", _A, False, 0.42),
    _sound("ʈʂʰ", _A, False, 0.42, True),
    _sound("pʰ", _P, False, 0.0, True),
    _sound("tʰ", _P, False, 0.3, True),
    _sound("kʰ", _P, False, 0.75, True),
)


class UnknownPhonemeError(KeyError):
    """A symbol that the inventory does not hold."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class PhonemeInventory:
    """The sounds a model knows, in the order of their ids; the table travels inside the voice."""

    phonemes: tuple[Phoneme, ...] = _TABLE

    def __post_init__(self) -> None:
        if len({p.symbol for p in self.phonemes}) != len(self.phonemes):
            raise ValueError("a phoneme inventory lists each symbol once")
        if not self.phonemes or self.phonemes[0] != SILENCE:
            raise ValueError("a phoneme inventory begins with silence, whose id is 0")

    def __len__(self) -> int:
        return len(self.phonemes)

    @cached_property
    def ids(self) -> Mapping[str, int]:
        return {phoneme.symbol: index for index, phoneme in enumerate(self.phonemes)}

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.ids

    def __getitem__(self, symbol: str) -> Phoneme:
        return self.phonemes[self.id_of(symbol)]

    def id_of(self, symbol: str) -> int:
        if symbol not in self.ids:
            raise UnknownPhonemeError(
                f"no phoneme {symbol!r} in the inventory; it knows {' '.join(self.ids)}"
            )
        return self.ids[symbol]

    def nearest(self, phoneme: Phoneme, among: Iterable[str]) -> Phoneme:
        """The sound among `among` that is least unlike `phoneme`."""
        return min((self[symbol] for symbol in among), key=phoneme.distance)


INVENTORY = PhonemeInventory()
