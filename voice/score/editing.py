"""A score as an editor hands it back: notes moved, split and retyped, the rest as it was."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from voice.errors import ScoreFormatError
from voice.score.model import Bar, Lyric, Note, Score, TempoMap, TempoPoint
from voice.score.syllables import mend_words, syllable

PHRASE_REST_BEATS = Fraction(1, 2)
LONGEST_PHRASE = 16


@dataclass(frozen=True)
class EditedNote:
    """One note on the page.

    Attributes:
        text: a syllable as one writes it ("A-", "-ma-", "zing", "_" to hold the one before).
        origin: which note of the score it was, `None` for a new one; what an editor does not
            show (dynamics, accents, tuning) stays with it.
    """

    start_beats: Fraction
    duration_beats: Fraction
    midi: int
    text: str
    origin: int | None = None


@dataclass(frozen=True)
class Span:
    """A phrase: from its first beat to the end of its last note."""

    start_beats: Fraction
    end_beats: Fraction


def written(lyric: Lyric | None) -> str:
    """A syllable as one types it: hyphens where the word goes on, nothing where one is held."""
    if lyric is None:
        return ""
    pieces = (replace(lyric, elided=()), *lyric.elided)
    text = "‿".join(piece.text for piece in pieces)
    return text if lyric.ends_word else f"{text}-"


def edited(score: Score, notes: Sequence[EditedNote]) -> Score:
    """The score of one verse with these notes instead of its own.

    Raises:
        ScoreFormatError: no notes, or two at once, with the place.
        ScoreLimitError: a pitch that nobody sings.
    """
    if not notes:
        raise ScoreFormatError("the melody has no notes left; undo, or load a melody")
    rows = sorted(notes, key=lambda note: note.start_beats)
    for before, after in itertools.pairwise(rows):
        if after.start_beats < before.start_beats + before.duration_beats:
            raise ScoreFormatError(
                f"{score.place_at(after.start_beats)}: two notes at once; move one of them"
            )
    lyrics = mend_words([syllable(row.text) for row in rows])
    made = tuple(_note(score, row, lyric) for row, lyric in zip(rows, lyrics, strict=True))
    end = rows[-1].start_beats + rows[-1].duration_beats
    return replace(score, notes=made, verses=1, bars=_bars_until(score, end), pitch_lines=())


def phrases(score: Score) -> tuple[Span, ...]:
    """Where a singer breathes: at rests, and after a comma once a phrase has grown long."""
    spans: list[Span] = []
    first: Note | None = None
    count = 0
    for note, after in zip(score.notes, [*score.notes[1:], None], strict=True):
        first, count = first or note, count + 1
        lyric = note.lyrics[0]
        comma = lyric is not None and lyric.ends_word and lyric.text[-1] in ",.;:!?"
        whole = after is None or after.lyrics[0] is not None
        rest = after is not None and after.start_beats - note.end_beats >= PHRASE_REST_BEATS
        if after is None or rest or (whole and (comma or count >= LONGEST_PHRASE)):
            spans.append(Span(first.start_beats, note.end_beats))
            first, count = None, 0
    return tuple(spans)


def excerpt(score: Score, span: Span) -> Score:
    """The notes that begin in a span, moved to the beginning, at the tempo they have there.

    Raises:
        ScoreFormatError: no note begins there.
    """
    chosen = [n for n in score.notes if span.start_beats <= n.start_beats < span.end_beats]
    if not chosen:
        raise ScoreFormatError("no note begins there; choose a phrase with notes")
    verse_lyrics = zip(*(note.lyrics for note in chosen), strict=True)
    mended = [mend_words(line) for line in verse_lyrics]
    notes = tuple(
        replace(
            note,
            start_beats=note.start_beats - span.start_beats,
            lyrics=tuple(line[index] for line in mended),
        )
        for index, note in enumerate(chosen)
    )
    length = notes[-1].end_beats
    return replace(
        score,
        notes=notes,
        bars=(Bar(Fraction(0), length, chosen[0].place.bar),),
        tempo=_tempo_from(score.tempo, span.start_beats),
        meters=(replace(score.meter_at(span.start_beats), start_beats=Fraction(0)),),
        pitch_lines=(),
    )


def _note(score: Score, row: EditedNote, lyric: Lyric | None) -> Note:
    place = score.place_at(row.start_beats)
    if row.origin is None or not 0 <= row.origin < len(score.notes):
        return Note(row.start_beats, row.duration_beats, row.midi, (lyric,), place)
    was = score.notes[row.origin]
    return replace(
        was,
        slur=was.slur and lyric is None,
        start_beats=row.start_beats,
        duration_beats=row.duration_beats,
        midi=row.midi,
        lyrics=(lyric,),
        place=place,
    )


def _bars_until(score: Score, end: Fraction) -> tuple[Bar, ...]:
    """The bars of the score, and as many more as the notes need."""
    bars = list(score.bars)
    while bars[-1].end_beats < end:
        last = bars[-1]
        length = score.meter_at(last.end_beats).bar_beats
        bars.append(Bar(last.end_beats, length, last.number + 1))
    return tuple(bars)


def _tempo_from(tempo: TempoMap, start: Fraction) -> TempoMap:
    """The tempo as it goes on from `start`, counted from there."""
    first = TempoPoint(Fraction(0), tempo.quarters_per_minute_at(start))
    later = (replace(p, beat=p.beat - start) for p in tempo.points if p.beat > start)
    return TempoMap((first, *later))
