"""As many syllables as notes: choose another form of a word, stretch it, or join two syllables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from lyrics.errors import LyricsError
from lyrics.phonemes import INVENTORY, PhoneClass, Phoneme
from lyrics.syllables import Pronunciation, Syllable
from voice.score.syllables import NEXT_SYLLABLE
from voice.score.word_slots import Slot, WrittenWord

_LETTER_VOWELS = frozenset("aeiouyäöüáàâãåæéèêëíìîïóòôõøœúùûýÿ")
_WEAK = frozenset(("ə", "ɪ", "i", "ʊ", "u", "ɝ", "ɯ"))
_GLIDES = {"i": "j", "ɪ": "j", "u": "w", "ʊ": "w", "ɯ": "w"}
_OFF_GLIDES = {"i": "ɪ̯", "ɪ": "ɪ̯", "u": "ʊ̯", "ʊ": "ʊ̯"}


@dataclass(frozen=True)
class Sung:
    """A syllable and the notes it is sung on."""

    syllable: Syllable
    notes: tuple[int, ...]
    text: str


Forms = Callable[[str], Sequence[Pronunciation]]
"""Every way to sing a word, the usual one first."""


def syllables_on_notes(
    word: WrittenWord, usual: Pronunciation, forms_of: Forms
) -> tuple[Sung, ...] | None:
    """Every syllable with its notes, `None` where the word does not fit.

    In this order: the usual form or another with as many syllables as the score writes; fewer
    syllables, drawn on over letters without a vowel ("nau-ght"); two words that a hyphen of the
    score joins by mistake; fewer syllables, drawn on; more syllables, on notes that the score
    leaves without words; neighbouring weak syllables joined; a note divided in two.
    """
    forms = [usual.syllables]
    if len(usual.syllables) != len(word.slots):
        forms += [form.syllables for form in forms_of(word.text)]
    exact = _exact(word.slots, forms)
    if exact is not None:
        return exact
    shorter = max((f for f in forms if len(f) < len(word.slots)), key=len, default=None)
    if shorter is not None and _held_letters(word.slots, shorter):
        return _stretched(word.slots, shorter)
    parted = _parted(word.slots, forms_of)
    if parted is not None:
        return parted
    if shorter is not None and (stretched := _stretched(word.slots, shorter)) is not None:
        return stretched
    for form in sorted(forms, key=len):
        spread = _spread(word.slots, form)
        if spread is not None:
            return spread
        joined = _joined(form, len(word.slots))
        if joined is not None:
            return _exact(word.slots, [joined])
    return _divided(word.slots, min(forms, key=len))


def with_mute_e(word: str, forms: tuple[Pronunciation, ...]) -> tuple[Pronunciation, ...]:
    """French: the e that speech swallows at the end of a word (bel-le) has a note in song."""
    if not re.search(r"[^aeiouéèêà](e|es|ent)\W*$", word.lower()):
        return forms
    sounded = []
    for form in forms:
        *head, last = form.syllables
        if last.coda:
            cut = Syllable(last.onset, last.nucleus, last.coda[:-1], last.stress)
            mute = Syllable(last.coda[-1:], INVENTORY["ə"], ())
            sounded.append(Pronunciation(form.word, (*head, cut, mute)))
    return (*forms, *sounded)


def _exact(slots: Sequence[Slot], forms: Sequence[tuple[Syllable, ...]]) -> tuple[Sung, ...] | None:
    """The first form with one syllable for each slot."""
    form = next((form for form in forms if len(form) == len(slots)), None)
    if form is None:
        return None
    return tuple(
        Sung(syllable, slot.notes, slot.text) for syllable, slot in zip(form, slots, strict=True)
    )


def _parted(slots: Sequence[Slot], forms_of: Forms) -> tuple[Sung, ...] | None:
    """Two or more words joined by hyphens, each with as many syllables as notes."""
    for cut in range(1, len(slots)):
        head = _fits_alone(slots[:cut], forms_of)
        if head is None:
            continue
        tail = _fits_alone(slots[cut:], forms_of) or _parted(slots[cut:], forms_of)
        if tail is not None:
            return (*head, *tail)
    return None


def _fits_alone(slots: Sequence[Slot], forms_of: Forms) -> tuple[Sung, ...] | None:
    text = "".join(slot.text for slot in slots)
    if not _vowel_groups(text) or NEXT_SYLLABLE in text:
        return None
    try:
        return _exact(slots, [form.syllables for form in forms_of(text)])
    except LyricsError:
        return None


def _held_letters(slots: Sequence[Slot], form: Sequence[Syllable]) -> bool:
    """Whether the slots that are too many have no vowel of their own."""
    vowelless = sum(_own_weight(slots, index) < 1 for index in range(1, len(slots)))
    return vowelless >= len(slots) - len(form)


def _stretched(slots: Sequence[Slot], form: Sequence[Syllable]) -> tuple[Sung, ...] | None:
    """Fewer syllables than slots: those continue that have least of their own, later ones first."""
    surplus = len(slots) - len(form)
    best = min(
        combinations(range(1, len(slots)), surplus),
        key=lambda held: (
            sum(_own_weight(slots, index) for index in held) + _mismatch(slots, form, held),
            [-index for index in held],
        ),
    )
    if surplus > 1 and any(_own_weight(slots, index) >= 1 for index in best):
        return None
    sung: list[Sung] = []
    heads = iter(form)
    for index, slot in enumerate(slots):
        if index in best:
            last = sung[-1]
            sung[-1] = Sung(last.syllable, (*last.notes, *slot.notes), last.text + slot.text)
        else:
            sung.append(Sung(next(heads), slot.notes, slot.text))
    return tuple(sung)


def _own_weight(slots: Sequence[Slot], index: int) -> float:
    """How much a slot wants a vowel of its own: 0 for "ght", little for "o" after "glo"."""
    vowels = [letter for letter in slots[index].text.lower() if letter in _LETTER_VOWELS]
    if not vowels:
        return 0.0
    before = [letter for letter in slots[index - 1].text.lower() if letter in _LETTER_VOWELS]
    first = next(letter for letter in slots[index].text.lower() if letter.isalpha())
    if before and before[-1] == first and first in _LETTER_VOWELS:
        return 0.3
    return 1.0


def _mismatch(slots: Sequence[Slot], form: Sequence[Syllable], held: Sequence[int]) -> float:
    """Syllables that begin with a vowel under slots that begin with a consonant, or back."""
    heads = [slot for index, slot in enumerate(slots) if index not in held]
    return 0.2 * sum(
        (slot.text[:1].lower() in _LETTER_VOWELS) != (not syllable.onset)
        for slot, syllable in zip(heads, form, strict=True)
    )


def _spread(slots: Sequence[Slot], form: Sequence[Syllable]) -> tuple[Sung, ...] | None:
    """More syllables than slots, on notes that the score leaves without words."""
    room = [len(slot.notes) for slot in slots]
    if sum(room) < len(form):
        return None
    shares = [1] * len(slots)
    wanted = [max(_vowel_groups(slot.text), 1) for slot in slots]
    while sum(shares) < len(form):
        open_slots = [i for i in range(len(slots)) if shares[i] < room[i]]
        shares[max(open_slots, key=lambda i: (wanted[i] - shares[i], room[i]))] += 1
    sung: list[Sung] = []
    syllables = iter(form)
    for slot, share in zip(slots, shares, strict=True):
        for index in range(share):
            notes = slot.notes[index:] if index == share - 1 else slot.notes[index : index + 1]
            sung.append(Sung(next(syllables), notes, NEXT_SYLLABLE if index else slot.text))
    return tuple(sung)


def _divided(slots: Sequence[Slot], form: Sequence[Syllable]) -> tuple[Sung, ...] | None:
    """More syllables than notes: a note whose text has two vowels is sung as two."""
    if len(form) < len(slots):
        return None
    shares = [1] * len(slots)
    wanted = [_vowel_groups(slot.text) for slot in slots]
    while sum(shares) < len(form):
        fullest = max(range(len(slots)), key=lambda i: wanted[i] - shares[i])
        if shares[fullest] >= 2:
            return None
        shares[fullest] += 1
    syllables = iter(form)
    return tuple(
        Sung(next(syllables), _share(slot.notes, index, share), "" if index else slot.text)
        for slot, share in zip(slots, shares, strict=True)
        for index in range(share)
    )


def _share(notes: tuple[int, ...], index: int, share: int) -> tuple[int, ...]:
    return notes if index == share - 1 else notes[:1]


def _vowel_groups(text: str) -> int:
    groups, inside = 0, False
    for letter in text.lower():
        vowel = letter in _LETTER_VOWELS
        groups += vowel and not inside
        inside = vowel
    return groups


def _joined(form: Sequence[Syllable], count: int) -> tuple[Syllable, ...] | None:
    """Join the cheapest neighbours until `count` syllables are left, each join once at most."""
    syllables = list(form)
    if len(syllables) > 2 * count:
        return None
    while len(syllables) > count:
        joins = [
            (cost, index, whole)
            for index in range(len(syllables) - 1)
            for cost, whole in _joins(syllables[index], syllables[index + 1])
        ]
        if not joins:
            return None
        _, index, whole = min(joins, key=lambda join: join[:2])
        syllables[index : index + 2] = [whole]
    return tuple(syllables)


def _joins(first: Syllable, second: Syllable) -> Iterator[tuple[float, Syllable]]:
    """Ways to sing two syllables as one, with what each costs the word."""
    one, two = first.nucleus, second.nucleus
    stress = max(first.stress, second.stress)
    touching = not first.coda and not second.onset
    if two.kind is PhoneClass.NASAL and not second.onset:
        yield 0.0, Syllable(first.onset, one, (*first.coda, two, *second.coda), stress)
    if touching and one == two:
        yield 0.0, Syllable(first.onset, one, second.coda, stress)
    if touching and first.stress == 0 and one.symbol in _GLIDES and two.is_vowel:
        onset = (*first.onset, INVENTORY[_GLIDES[one.symbol]])
        yield 0.1, Syllable(onset, two, second.coda, stress)
    if touching and second.stress == 0 and two.symbol in _OFF_GLIDES:
        coda = (INVENTORY[_OFF_GLIDES[two.symbol]], *second.coda)
        yield 0.2, Syllable(first.onset, one, coda, stress)
    fades = two.symbol == "ɝ" or (two.symbol in ("ə", "ɪ") and (second.coda or touching))
    if second.stress == 0 and fades and one.is_vowel:
        kept = (INVENTORY["ɹ"],) if two.symbol == "ɝ" else ()
        coda = (*first.coda, *second.onset, *kept, *second.coda)
        yield 0.4 + 0.2 * len(coda), Syllable(first.onset, one, coda, stress)
    if first.stress == 0 and one.symbol in _WEAK and two.is_vowel:
        kept = (INVENTORY["ɹ"],) if one.symbol == "ɝ" else ()
        onset = (*first.onset, *_without_off_glides(first.coda), *kept, *second.onset)
        yield 0.4 + 0.2 * len(onset), Syllable(onset, two, second.coda, stress)


def _without_off_glides(coda: Sequence[Phoneme]) -> tuple[Phoneme, ...]:
    return tuple(phoneme for phoneme in coda if phoneme.symbol not in _OFF_GLIDES.values())
