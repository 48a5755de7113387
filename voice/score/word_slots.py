"""The words of a verse and the notes that each of their syllables was written under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voice.score.model import Lyric, Note, Score, Syllabic
from voice.score.syllables import NEXT_SYLLABLE


@dataclass(frozen=True)
class Slot:
    """A written syllable: its text, and the notes that it has, the first one its own.

    Attributes:
        notes: indices of the notes, the later ones sung on the same syllable.
    """

    text: str
    notes: tuple[int, ...]


@dataclass(frozen=True)
class WrittenWord:
    slots: tuple[Slot, ...]

    @property
    def text(self) -> str:
        """The word as it is spelled, without the hyphens of the music."""
        return "".join(slot.text for slot in self.slots if slot.text != NEXT_SYLLABLE)

    @property
    def first_note(self) -> int:
        return self.slots[0].notes[0]

    @property
    def notes(self) -> tuple[int, ...]:
        return tuple(index for slot in self.slots for index in slot.notes)


@dataclass(frozen=True)
class Wording:
    """All words of a verse; `unworded` are the notes before the first of them."""

    words: tuple[WrittenWord, ...]
    unworded: tuple[int, ...]


def one_syllable_each(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Notes of one verse; one that carries elided syllables becomes several of the same pitch."""
    result: list[Note] = []
    for note in notes:
        lyric = note.lyrics[0]
        if lyric is None or not lyric.elided:
            result.append(note)
            continue
        pieces = (replace(lyric, elided=(), extends=False), *lyric.elided)
        result += split_note(note, pieces)
    return tuple(result)


def with_one_syllable_each(score: Score) -> Score:
    """The first verse of a score, its elisions divided."""
    notes = tuple(replace(note, lyrics=note.lyrics[:1]) for note in score.notes)
    return replace(score, notes=one_syllable_each(notes), verses=1)


def split_note(note: Note, lyrics: Sequence[Lyric | None]) -> list[Note]:
    """Equal shares of a note, one for each lyric."""
    each = note.duration_beats / len(lyrics)
    return [
        replace(
            note,
            start_beats=note.start_beats + each * index,
            duration_beats=each,
            lyrics=(lyric,),
            slur=note.slur or index > 0,
        )
        for index, lyric in enumerate(lyrics)
    ]


def wording(notes: Sequence[Note]) -> Wording:
    """Group the syllables of a one-verse melody into words."""
    words: list[list[Slot]] = []
    unworded: list[int] = []
    open_word = False
    for index, note in enumerate(notes):
        lyric = note.lyrics[0]
        if lyric is None:
            if words:
                last = words[-1][-1]
                words[-1][-1] = replace(last, notes=(*last.notes, index))
            else:
                unworded.append(index)
            continue
        slot = Slot(lyric.text, (index,))
        continued = lyric.syllabic in (Syllabic.MIDDLE, Syllabic.END)
        if words and (lyric.text == NEXT_SYLLABLE or (open_word and continued)):
            words[-1].append(slot)
        else:
            words.append([slot])
        open_word = lyric.syllabic in (Syllabic.BEGIN, Syllabic.MIDDLE)
    return Wording(tuple(WrittenWord(tuple(slots)) for slots in words), tuple(unworded))
