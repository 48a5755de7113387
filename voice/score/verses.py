"""Which line of words is sung when: verses, passes of a repeat, refrains printed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from voice.errors import ScoreWordsError
from voice.score.model import Lyric, Meter, Note, PitchPoint, Score, Syllabic, TempoMap, TempoPoint
from voice.score.syllables import mend_words

REFRAIN_SYLLABLES = 3
SPARSE_LINE = 1 / 8


@dataclass(frozen=True)
class WrittenWords:
    """The words under one note as it is played: one entry per printed line.

    Attributes:
        played_before: how often its bar was played before.
        plays: how often its bar is played altogether.
        slur: whether a slur binds the note to the one before it.
    """

    lines: tuple[Lyric | None, ...]
    played_before: int
    plays: int
    slur: bool = False


def verses_of(words: Sequence[WrittenWords]) -> tuple[tuple[Lyric | None, ...], ...]:
    """The lyrics of every verse, shape `(verses, notes)`.

    Where a repeat carries several lines, its passes sing them in turn; where the lines run on
    outside the repeats too, each line is a verse of its own. A verse that has no words for a
    stretch sings the line that has: a refrain is printed once.
    """
    words = full_lines(words)
    lines = max((len(word.lines) for word in words), default=0)
    per_verse = _lines_per_verse(words)
    verses = []
    for first in range(0, max(lines, 1), per_verse):
        chosen = [_line(word, first + min(word.played_before, per_verse - 1)) for word in words]
        verses.append(mend_words(_with_refrains(chosen, words, first)))
    return tuple(verses)


def _line(word: WrittenWords, line: int) -> Lyric | None:
    return word.lines[line] if line < len(word.lines) else None


def _lines_per_verse(words: Sequence[WrittenWords]) -> int:
    """Lines that the passes of a repeat sing in turn, 1 where each line is a verse."""
    several = [word for word in words if sum(line is not None for line in word.lines) > 1]
    inside = sum(1 for word in several if word.plays > 1 and word.played_before == 0)
    outside = sum(1 for word in several if word.plays == 1)
    if outside > inside or not inside:
        return 1
    return max(word.plays for word in words)


def _with_refrains(
    chosen: list[Lyric | None], words: Sequence[WrittenWords], verse_line: int
) -> list[Lyric | None]:
    filled = list(chosen)
    start = 0
    while start < len(chosen):
        if chosen[start] is not None:
            start += 1
            continue
        end = start
        while end < len(chosen) and chosen[end] is None:
            end += 1
        before = next((lyric for lyric in reversed(chosen[:start]) if lyric is not None), None)
        if before is None or before.ends_word:
            _fill(filled, words, range(start, end), verse_line)
        start = end
    return filled


def _fill(
    filled: list[Lyric | None], words: Sequence[WrittenWords], run: range, verse_line: int
) -> None:
    """Give a stretch without words those of the nearest line above that has some, or below."""
    lines = max((len(words[index].lines) for index in run), default=0)
    counts = {
        line: sum(_line(words[index], line) is not None for index in run) for line in range(lines)
    }
    least = REFRAIN_SYLLABLES if any(words[index].slur for index in run) else 2
    rich = [line for line, count in counts.items() if count >= least]
    if not rich:
        return
    begun = False
    for index in run:
        line = verse_line + words[index].played_before
        worded = [source for source in rich if _line(words[index], source) is not None]
        if not worded:
            continue
        lower = [source for source in worded if source <= line]
        lyric = _line(words[index], max(lower) if lower else min(worded))
        begun = begun or (lyric is not None and lyric.syllabic in (Syllabic.SINGLE, Syllabic.BEGIN))
        if begun:
            filled[index] = lyric


def full_lines(words: Sequence[WrittenWords]) -> tuple[WrittenWords, ...]:
    """Without the lines that only offer another reading of a few syllables."""
    lines = max((len(word.lines) for word in words), default=0)
    counts = [sum(_line(word, line) is not None for word in words) for line in range(lines)]
    if any(word.plays > 1 for word in words):
        return tuple(words)
    kept = [line for line, count in enumerate(counts) if count > max(counts) * SPARSE_LINE]
    return tuple(replace(word, lines=tuple(_line(word, line) for line in kept)) for word in words)


def passes(order: Sequence[int]) -> tuple[int, ...]:
    """For each bar as played, how many times it was played before."""
    seen: dict[int, int] = {}
    result = []
    for index in order:
        result.append(seen.get(index, 0))
        seen[index] = result[-1] + 1
    return tuple(result)


def verse(score: Score, number: int) -> Score:
    """The score with the words of one verse only, counted from 1."""
    if not 1 <= number <= score.verses:
        raise ScoreWordsError(
            f"verse {number}: the score has {score.verses} "
            f"verse{'s' if score.verses > 1 else ''}; choose --verse 1"
            + (f" to {score.verses}, or all" if score.verses > 1 else "")
        )
    notes = tuple(replace(note, lyrics=(note.lyrics[number - 1],)) for note in score.notes)
    return replace(score, notes=notes, verses=1)


def all_verses(score: Score) -> Score:
    """All verses one after another, the music played once for each."""
    if score.verses == 1:
        return score
    length = score.length_beats
    shifts = [length * index for index in range(score.verses)]
    notes = tuple(
        _later(note, shift, note.lyrics[index])
        for index, shift in enumerate(shifts)
        for note in score.notes
    )
    return replace(
        score,
        notes=notes,
        verses=1,
        bars=tuple(
            replace(bar, start_beats=bar.start_beats + shift)
            for shift in shifts
            for bar in score.bars
        ),
        tempo=_repeated_tempo(score.tempo, shifts),
        meters=_repeated_meters(score.meters, shifts),
        pitch_lines=tuple(
            tuple(PitchPoint(p.beats + shift, p.cents) for p in line)
            for shift in shifts
            for line in score.pitch_lines
        ),
    )


def _later(note: Note, shift: Fraction, lyric: Lyric | None) -> Note:
    return replace(note, start_beats=note.start_beats + shift, lyrics=(lyric,))


def _repeated_tempo(tempo: TempoMap, shifts: Sequence[Fraction]) -> TempoMap:
    points: list[TempoPoint] = []
    for shift in shifts:
        for point in tempo.points:
            later = replace(point, beat=point.beat + shift)
            if not points or points[-1].quarters_per_minute != later.quarters_per_minute:
                points.append(later)
    return TempoMap(tuple(points))


def _repeated_meters(meters: Sequence[Meter], shifts: Sequence[Fraction]) -> tuple[Meter, ...]:
    result: list[Meter] = []
    for shift in shifts:
        for meter in meters:
            later = replace(meter, start_beats=meter.start_beats + shift)
            same = result and (result[-1].numerator, result[-1].denominator) == (
                later.numerator,
                later.denominator,
            )
            if not same:
                result.append(later)
    return tuple(result)
