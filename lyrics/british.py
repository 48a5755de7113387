"""British sounds from American ones: Received Pronunciation on top of the English dictionary.

R is silent except before a vowel, `god` has ɒ, `bath` has ɑ, `go` begins in ə, `tune` has a j.
Which A and O are meant is told from the spelling.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lyrics.arpabet import Arpabet, english_onset, is_vowel, symbols_of
from lyrics.syllables import Syllable, syllabify

_BATH = re.compile(
    r"^(after|ask|aunt|basket|bath|blast|branch|brass|calf|calm|can't|cast|castle|chance|chant|"
    r"class|clasp|command|craft|dance|demand|disaster|draught|enchant|fast|fasten|father|flask|"
    r"france|ghastly|giraffe|glance|glass|graft|grant|grasp|grass|half|halves|lance|last|laugh|"
    r"mask|mast|master|nasty|pass|past|pastor|pastoral|pasture|path|plant|plaster|raft|rafter|"
    r"rather|shaft|slant|staff|surpass|task|trance|vast)(e?s|e?d|ing|er|ers|ly|ward|men|man)?$"
)
_ROUNDED_O = re.compile(r"o|[wq]u?a")
_YOD = re.compile(r"[tdn](ew|eu|u(?!o)|ui|iew)")


def british_syllables(phones: Arpabet, word: str) -> tuple[Syllable, ...]:
    """The syllables of an ARPABET pronunciation as British singers sound them."""
    symbols: list[str] = []
    stresses: list[int] = []
    for index, phone in enumerate(phones):
        after = phones[index + 1] if index + 1 < len(phones) else ""
        before = phones[index - 1] if index else ""
        stress = int(phone[-1]) if phone[-1].isdigit() else 0
        sounds = _sounds(phone, before, after, word)
        symbols.extend(sounds)
        stresses.extend([stress] * len(sounds))
    return syllabify(symbols, stresses, english_onset)


def _sounds(phone: str, before: str, after: str, word: str) -> Sequence[str]:
    name, linking = phone.rstrip("012"), is_vowel(after or "-")
    if name == "R":
        return ("ɹ",) if linking else ()
    if name == "ER":
        vowel = "ə" if phone == "ER0" else "ɜ"
        return (vowel, "ɹ") if linking else (vowel,)
    if name == "AA" and after != "R":
        return ("ɒ",) if _ROUNDED_O.search(word) else ("ɑ",)
    if name == "AE" and _BATH.match(word):
        return ("ɑ",)
    if name == "OW":
        return ("ə", "ʊ̯")
    if name == "UW" and before in ("T", "D", "N") and _YOD.search(word):
        return ("j", "u")
    if name == "UH" and after == "R":
        return ("ɔ",)
    return symbols_of(phone)
