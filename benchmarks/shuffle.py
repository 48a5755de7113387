"""The words of all hymns dealt out anew, so that nobody can know the verse by heart.

Words change places only with words of as many written syllables, each syllable under its own note:
what is sung makes no sense and fits the melodies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.hymns import Hymn
from voice.score.model import Lyric, Note
from voice.score.syllables import NEXT_SYLLABLE
from voice.score.word_slots import WrittenWord, wording


@dataclass(frozen=True)
class _Seat:
    """Where a word sits: the hymn, and the notes that carry its syllables."""

    hymn: int
    notes: tuple[int, ...]


def shuffled(hymns: Sequence[Hymn], seed: int) -> tuple[Hymn, ...]:
    """The hymns with their words exchanged; the same seed deals the same words."""
    seats: dict[int, list[_Seat]] = {}
    for index, hymn in enumerate(hymns):
        for word in wording(hymn.score.notes).words:
            if _movable(word, hymn.score.notes):
                seat = _Seat(index, tuple(slot.notes[0] for slot in word.slots))
                seats.setdefault(len(seat.notes), []).append(seat)
    melodies = [list(hymn.score.notes) for hymn in hymns]
    random = np.random.default_rng(seed)
    for _, places in sorted(seats.items()):
        words = [_lyrics(hymns[seat.hymn], seat) for seat in places]
        for seat, source in zip(places, random.permutation(len(places)), strict=True):
            for note, lyric in zip(seat.notes, words[source], strict=True):
                melody = melodies[seat.hymn]
                melody[note] = replace(melody[note], lyrics=(lyric,))
    return tuple(
        replace(hymn, score=replace(hymn.score, notes=tuple(notes)))
        for hymn, notes in zip(hymns, melodies, strict=True)
    )


def _lyrics(hymn: Hymn, seat: _Seat) -> list[Lyric | None]:
    return [hymn.score.notes[note].lyrics[0] for note in seat.notes]


def _movable(word: WrittenWord, notes: Sequence[Note]) -> bool:
    """Whether each syllable of a word stands alone under a note of its own."""
    lyrics = [notes[slot.notes[0]].lyrics[0] for slot in word.slots]
    return all(
        lyric is not None and not lyric.elided and lyric.text != NEXT_SYLLABLE for lyric in lyrics
    )
