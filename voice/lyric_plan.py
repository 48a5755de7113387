"""What a melody asks of its words: phrases, their syllables, strong beats and long notes.

A phrase ends at a rest or a breath; a phrase too long for one line is divided after its longest
notes. Every note begins a syllable except those that a slur binds to the one before: they are the
tail of a melisma. That is also how words are laid under a melody by `voice.score.words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median

from lyrics.writer.plan import Accent, LinePlan
from voice.errors import ScoreWordsError
from voice.score.model import Articulation, Meter, Note, Score

LONGEST_LINE = 12
SHORTEST_LINE = 3
_LONG = Fraction(3, 2)


@dataclass(frozen=True)
class _Slot:
    """A note that begins a syllable, and the notes slurred to it."""

    head: Note
    tail: tuple[Note, ...]
    weight: int

    @property
    def end_beats(self) -> Fraction:
        return (self.tail or (self.head,))[-1].end_beats

    @property
    def duration_beats(self) -> Fraction:
        return self.end_beats - self.head.start_beats

    @property
    def breathes(self) -> bool:
        last = (self.tail or (self.head,))[-1]
        return bool({Articulation.BREATH, Articulation.FERMATA} & last.articulations)


def lyric_plan(score: Score) -> tuple[LinePlan, ...]:
    """One line for each phrase; together they have a syllable for each note without a slur.

    Raises:
        ScoreWordsError: the score has no notes.
    """
    slots = _slots(score)
    if not slots:
        raise ScoreWordsError(
            f"{score.title}: part {score.part!r} has no notes to write words for; "
            "choose another with --part"
        )
    usual = Fraction(median(slot.duration_beats for slot in slots))
    phrases = [part for phrase in _phrases(slots) for part in _divided(phrase)]
    return tuple(_line(phrase, usual) for phrase in phrases)


def metrical_weight(meter: Meter, beat: float) -> int:
    """How strong a place of the bar is; `beat` counts units of the lower number, from 1.

    4 the first beat, 3 the middle of an even or compound bar, 2 other beats, 1 between beats.
    """
    unit = beat - 1
    compound = meter.denominator >= 8 and meter.numerator % 3 == 0
    if unit == 0:
        return 4
    if unit % 1:
        return 1
    if compound:
        return 3 if unit % 3 == 0 else 1
    if meter.numerator % 2 == 0 and meter.numerator > 2 and unit == meter.numerator / 2:
        return 3
    return 2


def _slots(score: Score) -> list[_Slot]:
    slots: list[_Slot] = []
    for note in score.notes:
        if note.slur and slots:
            last = slots[-1]
            slots[-1] = _Slot(last.head, (*last.tail, note), last.weight)
        else:
            meter = score.meter_at(note.start_beats)
            slots.append(_Slot(note, (), metrical_weight(meter, note.place.beat)))
    return slots


def _phrases(slots: Sequence[_Slot]) -> list[list[_Slot]]:
    phrases = [[slots[0]]]
    for before, slot in pairwise(slots):
        if slot.head.start_beats > before.end_beats or before.breathes:
            phrases.append([])
        phrases[-1].append(slot)
    return phrases


def _divided(phrase: list[_Slot]) -> list[list[_Slot]]:
    """Parts of at most LONGEST_LINE syllables, each ending on a note that is long there."""
    if len(phrase) <= LONGEST_LINE:
        return [phrase]
    cuts = range(SHORTEST_LINE, len(phrase) - SHORTEST_LINE + 1)
    middle = len(phrase) / 2
    cut = max(cuts, key=lambda at: (phrase[at - 1].duration_beats, -abs(at - middle)))
    return [*_divided(phrase[:cut]), *_divided(phrase[cut:])]


def _line(phrase: Sequence[_Slot], usual: Fraction) -> LinePlan:
    return LinePlan(
        syllables=len(phrase),
        accents=tuple(_accent(phrase, index, usual) for index in range(len(phrase))),
        long=tuple(slot.duration_beats >= usual * _LONG for slot in phrase),
        tails=tuple(len(slot.tail) for slot in phrase),
    )


def _accent(phrase: Sequence[_Slot], index: int, usual: Fraction) -> Accent:
    """Strong where a note outweighs its neighbours, weak where one of them outweighs it.

    A long note that follows a stronger one may still bear a stress (an agogic accent).
    """
    here = phrase[index]
    neighbours = [phrase[at].weight for at in (index - 1, index + 1) if 0 <= at < len(phrase)]
    strongest = max(neighbours, default=0)
    if here.weight >= 3 and here.weight >= strongest:
        return Accent.STRONG
    if here.weight > strongest:
        return Accent.STRONG
    if here.weight < strongest and here.duration_beats < usual * _LONG:
        return Accent.WEAK
    return Accent.FREE
