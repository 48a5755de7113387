"""Words for a harmony that was written without any: those the melody sings at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from voice.score.model import Lyric, Note, Score

Lyrics = tuple[Lyric | None, ...]


def with_words_of(harmony: Score, melody: Score) -> Score:
    """The harmony with a syllable wherever the melody begins one; its own words if it has any.

    A note during which the melody begins further syllables is divided, so that none is lost. The
    melody's tempo holds for both.
    """
    if any(lyric is not None for note in harmony.notes for lyric in note.lyrics):
        return replace(harmony, tempo=melody.tempo)
    worded = [note for note in melody.notes if any(note.lyrics)]
    notes: list[Note] = []
    for note in harmony.notes:
        inside = [n for n in worded if note.start_beats <= n.start_beats < note.end_beats]
        notes += _divided(note, inside, melody.verses)
    return replace(
        harmony,
        notes=tuple(notes),
        tempo=melody.tempo,
        verses=melody.verses,
        language=melody.language,
    )


def _divided(note: Note, words: Sequence[Note], verses: int) -> list[Note]:
    """The note in as many pieces as the melody begins syllables in it."""
    silent: Lyrics = (None,) * verses
    heads: list[tuple[Fraction, Lyrics]] = [(each.start_beats, each.lyrics) for each in words]
    if not heads or heads[0][0] > note.start_beats:
        heads.insert(0, (note.start_beats, silent))
    ends = [start for start, _ in heads[1:]] + [note.end_beats]
    return [
        replace(note, start_beats=start, duration_beats=end - start, lyrics=lyrics)
        for (start, lyrics), end in zip(heads, ends, strict=True)
    ]
