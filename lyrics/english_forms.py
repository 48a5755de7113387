"""One word, another number of notes: heav'n for heaven, fi-er for fire, bless-ed for blessed.

All on ARPABET. Poets shorten and stretch words by a few habits that have old names; each is a
function here that yields the pronunciations one syllable shorter or longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lyrics.arpabet import Arpabet, is_vowel, vowel_count

_SONORANTS = ("L", "M", "N", "R")
_DIPHTHONG_BEFORE_R = ("AY", "AW")
_DIPHTHONG_BEFORE_L = ("AY", "AW", "OY")


def shortened(phones: Arpabet) -> Iterator[Arpabet]:
    """Pronunciations with one syllable less."""
    if vowel_count(phones) < 2:
        return
    for index, phone in enumerate(phones):
        before = phones[index - 1] if index else ""
        after = phones[index + 1] if index + 1 < len(phones) else ""
        head, tail = phones[:index], phones[index + 1 :]
        if phone == "ER0" and before and (is_vowel(before) or is_vowel(after or "-")):
            yield (*head, "R", *tail)
        elif phone in ("IY0", "IH0", "UW0") and after and is_vowel(after) and not is_vowel(before):
            yield (*head, "W" if phone == "UW0" else "Y", *tail)
        elif phone in ("OW0", "OW2") and after and is_vowel(after):
            yield (*head, "W", *tail)
        elif phone in ("AH0", "IH0") and _can_drop(before, after, tail):
            yield (*head, *tail)


def _can_drop(before: str, after: str, tail: Arpabet) -> bool:
    """Heav(e)n, mem(o)ry, be(i)ng, spir(i)t: an unstressed vowel beside a sonorant or a vowel."""
    if not before or not after or is_vowel(after):
        return False
    if is_vowel(before):
        return before[-1] != "0"
    if after in _SONORANTS:
        return len(tail) == 1 or is_vowel(tail[1]) or before in ("V", "Z", "S")
    return before == "R" and after in ("T", "D") and vowel_count(tail) == 0


def lengthened(phones: Arpabet, word: str) -> Iterator[Arpabet]:
    """Pronunciations with one syllable more; `word` is the spelling."""
    if word.endswith("ed"):
        yield from _sung_ed(phones)
    for index in range(1, len(phones)):
        before, phone = phones[index - 1].rstrip("012"), phones[index]
        after = phones[index + 1] if index + 1 < len(phones) else ""
        head, tail = phones[:index], phones[index + 1 :]
        if phone == "R" and before in _DIPHTHONG_BEFORE_R and not is_vowel(after or "-"):
            yield (*head, "ER0", *tail)
        elif phone == "L" and before in _DIPHTHONG_BEFORE_L and not is_vowel(after or "-"):
            yield (*head, "AH0", phone, *tail)
        elif phone == "Y" and after in ("AH0", "ER0") and not is_vowel(phones[index - 1]):
            yield (*head, "IY0", *tail)
        elif phone == "SH" and tail[:2] == ("AH0", "N") and "tion" in word:
            yield (*head, "S", "IY0", *tail)


def _sung_ed(phones: Arpabet) -> Iterator[Arpabet]:
    if len(phones) > 1 and phones[-1] in ("T", "D") and phones[-2] not in ("IH0", "AH0"):
        yield (*phones[:-1], "IH0", "D")


def with_sung_ed(forms: Iterable[Arpabet]) -> tuple[Arpabet, ...]:
    """The forms whose -ed is a syllable, as `blessèd` demands."""
    return tuple(
        dict.fromkeys(stretched for form in forms for stretched in (next(_sung_ed(form), form),))
    )


def fewest_syllables(forms: Iterable[Arpabet]) -> tuple[Arpabet, ...]:
    """What an apostrophe asks for (`heav'n`): the shortest forms, shortened if all are long."""
    known = tuple(forms)
    if len(set(map(vowel_count, known))) == 1:
        known = (*known, *(short for form in known for short in shortened(form)))
    least = min(map(vowel_count, known))
    return tuple(dict.fromkeys(form for form in known if vowel_count(form) == least))


def every_form(forms: Iterable[Arpabet], word: str) -> tuple[Arpabet, ...]:
    """The forms given, then those one or two syllables shorter, then those one longer."""
    known = tuple(dict.fromkeys(forms))
    shorter = [short for form in known for short in shortened(form)]
    shortest = [short for form in shorter for short in shortened(form)]
    longer = [long for form in known for long in lengthened(form, word)]
    return tuple(dict.fromkeys((*known, *shorter, *longer, *shortest)))
