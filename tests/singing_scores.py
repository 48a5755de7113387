"""Fitted scores made by hand: what each note sings is known without any dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lyrics.phonemes import INVENTORY
from voice.score.fitting import FittedScore, SungNote
from voice.score.model import Articulation, Bar, Lyric, Note, Place, Score, TempoMap


@dataclass(frozen=True)
class Syllable:
    """One note: a rest before it and its length in beats, and the sounds on it."""

    rest: Fraction
    beats: Fraction
    onset: tuple[str, ...]
    nucleus: str = "a"
    coda: tuple[str, ...] = ()
    midi: int = 60
    marks: frozenset[Articulation] = frozenset()
    stress: int = 0
    dynamic: float | None = None


def sung(
    onset: str = "", nucleus: str = "a", coda: str = "",
    beats: float | Fraction = 1, rest: float | Fraction = 0,
    midi: int = 60, marks: Sequence[Articulation] = (), dynamic: float | None = None,
) -> Syllable:  # fmt: skip
    """A syllable with its consonants separated by spaces."""
    return Syllable(
        Fraction(rest).limit_denominator(64),
        Fraction(beats).limit_denominator(64),
        tuple(onset.split()),
        nucleus,
        tuple(coda.split()),
        midi,
        frozenset(marks),
        dynamic=dynamic,
    )


def fitted(syllables: Sequence[Syllable], qpm: float = 120.0, tail: float = 0.0) -> FittedScore:
    """The syllables one after the other, as a score that is ready to be sung."""
    notes: list[SungNote] = []
    now = Fraction(0)
    for number, each in enumerate(syllables):
        now += each.rest
        note = Note(
            start_beats=now,
            duration_beats=each.beats,
            midi=each.midi,
            lyrics=(Lyric("la"),),
            place=Place(1 + number, 1.0),
            articulations=each.marks,
            dynamic=each.dynamic,
        )
        now += each.beats
        notes.append(
            SungNote(
                note=note,
                text="la",
                onset=tuple(INVENTORY[symbol] for symbol in each.onset),
                nucleus=INVENTORY[each.nucleus],
                coda=tuple(INVENTORY[symbol] for symbol in each.coda),
                stress=each.stress,
                continues=False,
                word="la",
                word_end=True,
            )
        )
    length = now + Fraction(tail).limit_denominator(64)
    score = Score(
        title="made",
        notes=tuple(one.note for one in notes),
        bars=(Bar(Fraction(0), length, 1),),
        tempo=TempoMap.constant(qpm),
    )
    return FittedScore(score, tuple(notes), ())
