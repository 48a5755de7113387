"""Sounds that a voice never sang, and what it sings in their place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lyrics.errors import LyricsError
from lyrics.phonemes import INVENTORY, PhonemeInventory

_BY_EAR: dict[str, str] = {
    "u": "ɯ ʊ",
    "ɯ": "u ʊ",
    "ʌ": "a ɑ",
    "ə": "ɜ ʌ a ɤ",
    "ɜ": "ə ʌ a",
    "ɝ": "ɜ ə a",
    "ɛ": "e æ",
    "ɑ": "a ɒ",
    "ɒ": "ɑ ɔ o",
    "x": "h ç",
    "ɣ": "ɡ x",
    "β": "b v",
    "ɥ": "j",
}


@dataclass(frozen=True)
class Replacement:
    """One sound sung for another.

    Attributes:
        missing: the IPA symbol the words ask for.
        nearest: the symbol that the voice was trained on and sings instead.
        distance: how unlike they are, as Phoneme.distance measures.
    """

    missing: str
    nearest: str
    distance: float

    @property
    def warning(self) -> str:
        return f"this voice never sang [{self.missing}]; it sings [{self.nearest}] instead"


def replacements(
    wanted: Iterable[str], trained: Collection[str], inventory: PhonemeInventory = INVENTORY
) -> tuple[Replacement, ...]:
    """What to sing for each wanted sound that is not among the trained ones.

    Nearest by the features of the chart, except where listeners are known to hear otherwise (`u`
    is Japanese ɯ, not o). One record per sound, in the order of the inventory. Pauses are never
    stand-ins, nor are they replaced: a voice without breath is silent there.
    """
    known = set(trained)
    singable = [symbol for symbol in inventory.ids if symbol in known]
    singable = [symbol for symbol in singable if not inventory[symbol].is_pause]
    missing = {symbol for symbol in wanted if symbol not in known}
    unsung = [inventory[symbol] for symbol in sorted(missing, key=inventory.id_of)]
    found: list[Replacement] = []
    for phoneme in unsung:
        if phoneme.is_pause:
            continue
        likes = [symbol for symbol in singable if inventory[symbol].is_vowel == phoneme.is_vowel]
        if not likes:
            raise LyricsError(
                f"a voice trained on {' '.join(singable) or 'nothing'} has no sound to sing for "
                f"[{phoneme.symbol}]"
            )
        preferred = [s for s in _BY_EAR.get(phoneme.symbol, "").split() if s in likes]
        nearest = inventory.nearest(phoneme, preferred[:1] or likes)
        found.append(
            Replacement(phoneme.symbol, nearest.symbol, round(phoneme.distance(nearest), 3))
        )
    return tuple(found)
