"""Sounds as a person types them: IPA, with ASCII stand-ins, in hints and user dictionaries.

`ɹ ɛ d`, `rɛd`, `R EH1 D` and `r ɛ d` are the same word. Syllables are parted by `.` and may begin
with a stress mark.
"""

from __future__ import annotations

import re

from lyrics.arpabet import PHONES, symbols_of
from lyrics.errors import PronunciationError
from lyrics.ipa import phone_to_symbols
from lyrics.phonemes import INVENTORY
from lyrics.syllables import Syllable, syllable_of

_STRESS_MARKS = {"ˈ": 1, "'": 1, "ˌ": 2, ",": 2}
_ALIASES: dict[str, str] = {
    "r": "ɹ",
    "rr": "r",
    "g": "ɡ",
    "sh": "ʃ",
    "zh": "ʒ",
    "ch": "tʃ",
    "jh": "dʒ",
    "th": "θ",
    "dh": "ð",
    "ng": "ŋ",
    "?": "ʔ",
    "@": "ə",
}
_RUN = re.compile(r"r+|[^r]+")


def parse_syllables(text: str) -> tuple[Syllable, ...]:
    """`ˈh ɛ . v ə n` as syllables. Raises PronunciationError saying which sound is unknown."""
    parts = [part.strip() for part in text.split(".")]
    if not all(parts):
        raise PronunciationError(f"{text!r} has an empty syllable; write them as in 'h ɛ . v ə n'")
    return tuple(_syllable(part) for part in parts)


def _syllable(part: str) -> Syllable:
    stress = _STRESS_MARKS.get(part[0], 0)
    sounds = part[1:] if part[0] in _STRESS_MARKS else part
    symbols: list[str] = []
    for token in sounds.split():
        found, spoken_stress = _symbols(token)
        symbols.extend(found)
        stress = stress or spoken_stress
    if sum(INVENTORY[symbol].is_vowel for symbol in symbols) > 1:
        raise PronunciationError(
            f"the syllable {part!r} has more than one vowel; part syllables with '.', and write a "
            f"diphthong as in 'aɪ' or 'a ɪ̯'"
        )
    return syllable_of(symbols, stress)


def _symbols(token: str) -> tuple[tuple[str, ...], int]:
    if token in INVENTORY and token not in _ALIASES:
        return (token,), 0
    if token in _ALIASES:
        return (_ALIASES[token],), 0
    if token.rstrip("012") in PHONES:
        stress = int(token[-1]) if token[-1].isdigit() else 0
        return symbols_of(token), stress
    plain = "".join(_ALIASES.get(run, run) for run in _RUN.findall(token))
    return phone_to_symbols(plain), 0
