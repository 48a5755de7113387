"""French words on more notes than speech gives them: the mute e and the old hiatus.

Verse counts the e of `lune`, `seulement` and `fermée`, and may part `gra-ci-eux`. Each habit yields
the word with one syllable more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lyrics.phonemes import INVENTORY
from lyrics.syllables import Syllable, syllable_of

Word = tuple[Syllable, ...]

_FINAL_E = re.compile(r"(?<!^)(e|es|ent)$")
_INNER_E = re.compile(r"[^aeiouyàâéèêëîïôùûü'-]e[^aeiouyàâéèêëîïôùûü'-]")
_MOST_ADDED = 3
_PARTED = {"j": "i", "w": "u", "ɥ": "y"}


def sung_forms(word: str, usual: Word) -> tuple[Word, ...]:
    """The usual form, then those with one, two and three syllables more, without repeats."""
    found: dict[Word, None] = {usual: None}
    newest = [usual]
    for _ in range(_MOST_ADDED):
        newest = [longer for form in newest for longer in _longer(word.lower(), form)]
        found |= dict.fromkeys(newest)
    return tuple(found)


def _longer(word: str, form: Word) -> Iterator[Word]:
    if _FINAL_E.search(word) and form[-1].nucleus.symbol != "ə":
        yield from _with_final_e(form)
    if _INNER_E.search(word):
        yield from _with_inner_e(form)
    yield from _with_hiatus(form)


def _with_final_e(form: Word) -> Iterator[Word]:
    *before, last = form
    if not last.coda:
        yield (*form, syllable_of(("ə",)))
    elif last.coda[-1].symbol != "ɴ":
        moved = _moved(last)
        kept = Syllable(last.onset, last.nucleus, last.coda[: len(last.coda) - moved], last.stress)
        sounds = [phoneme.symbol for phoneme in last.coda[-moved:]]
        yield (*before, kept, syllable_of((*sounds, "ə")))


def _moved(syllable: Syllable) -> int:
    """How many final consonants go with the e: both of `quat-re`, one of `por-te`."""
    liquid_end = syllable.coda[-1].symbol in ("r", "l")
    return 2 if liquid_end and len(syllable.coda) > 1 else 1


def _with_inner_e(form: Word) -> Iterator[Word]:
    """`seul|ement` and `ch|eveux`: an ə after the consonant that lost it."""
    for index, (one, other) in enumerate(pairwise(form)):
        if one.coda and other.onset and one.coda[-1].symbol != "ɴ":
            kept = Syllable(one.onset, one.nucleus, one.coda[:-1], one.stress)
            restored = syllable_of((one.coda[-1].symbol, "ə"))
            yield (*form[:index], kept, restored, *form[index + 1 :])
    for index, syllable in enumerate(form):
        if len(syllable.onset) > 1:
            restored = syllable_of((syllable.onset[0].symbol, "ə"))
            rest = Syllable(syllable.onset[1:], syllable.nucleus, syllable.coda, syllable.stress)
            yield (*form[:index], restored, rest, *form[index + 1 :])


def _with_hiatus(form: Word) -> Iterator[Word]:
    for index, syllable in enumerate(form):
        glide = syllable.onset[-1].symbol if syllable.onset else ""
        if glide in _PARTED:
            first = Syllable(syllable.onset[:-1], INVENTORY[_PARTED[glide]], ())
            second = Syllable((), syllable.nucleus, syllable.coda, syllable.stress)
            yield (*form[:index], first, second, *form[index + 1 :])


def with_glides(symbols: Sequence[str]) -> list[str]:
    """`y i` of huit and nuit, which espeak writes as two vowels, is one syllable: ɥ i."""
    following = [*symbols[1:], ""]
    return [
        "ɥ" if symbol == "y" and after == "i" else symbol
        for symbol, after in zip(symbols, following, strict=True)
    ]
