"""What can be counted in a melody: its own statistics, and how it keeps to chords and words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from lyrics.writer.accents import StressFit
from lyrics.writer.plan import Accent
from voice.composing.corpus import CorpusMelody
from voice.composing.harmony import scale
from voice.composing.plan import MelodyPlan
from voice.composing.words import Words
from voice.lyric_plan import lyric_plan, metrical_weight
from voice.score.model import Bar, Note, Place, Score

STEP, LEAP = 2, 5
MOTIF = 4
STRONG = 3


@dataclass(frozen=True)
class Heard:
    """A note as the statistics need it."""

    midi: int
    start_beats: Fraction
    duration_beats: Fraction


@dataclass(frozen=True)
class Shape:
    """How a melody moves.

    Attributes:
        steps: share of moves of one or two semitones; repeats: of none; leaps: of five or more.
        answered: share of leaps that are followed by a turn of at most a third.
        entropy: of intervals given the one before, in bits.
        motifs: share of notes that belong to four intervals and lengths which occur again.
        range: semitones from the lowest to the highest note.
    """

    steps: float
    repeats: float
    leaps: float
    answered: float
    entropy: float
    motifs: float
    range: int


def shape(notes: Sequence[Heard]) -> Shape:
    """The statistics of one melody of at least six notes."""
    moves = [after.midi - here.midi for here, after in pairwise(notes)]
    sizes = np.abs(moves)
    answers = [
        (b == 0 or (b > 0) != (a > 0)) and abs(b) <= 4 for a, b in pairwise(moves) if abs(a) >= LEAP
    ]
    return Shape(
        steps=float(np.mean((sizes > 0) & (sizes <= STEP))),
        repeats=float(np.mean(sizes == 0)),
        leaps=float(np.mean(sizes >= LEAP)),
        answered=float(np.mean(answers)) if answers else 1.0,
        entropy=_conditional_entropy(moves),
        motifs=_motif_share(notes),
        range=max(n.midi for n in notes) - min(n.midi for n in notes),
    )


def _conditional_entropy(moves: Sequence[int]) -> float:
    pairs, firsts = Counter(pairwise(moves)), Counter(moves[:-1])
    total = sum(pairs.values())
    return -sum(
        count / total * math.log2(count / firsts[first]) for (first, _), count in pairs.items()
    )


def _motif_share(notes: Sequence[Heard]) -> float:
    moves: list[Hashable] = [
        (after.midi - here.midi, after.start_beats - here.start_beats)
        for here, after in pairwise(notes)
    ]
    grams = [tuple(moves[at : at + MOTIF]) for at in range(len(moves) - MOTIF + 1)]
    counts = Counter(grams)
    covered = {
        at + place for at, gram in enumerate(grams) if counts[gram] > 1 for place in range(MOTIF)
    }
    return len(covered) / len(moves) if moves else 0.0


def of_score(score: Score) -> list[Heard]:
    return [Heard(n.midi, n.start_beats, n.duration_beats) for n in score.notes]


def of_corpus(melody: CorpusMelody) -> list[Heard]:
    return [Heard(n.midi, n.start_beats, n.duration_beats) for n in melody.notes]


@dataclass(frozen=True)
class Kept:
    """Of how many notes, how many keep to a rule."""

    good: int = 0
    all: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.good + other.good, self.all + other.all)

    @property
    def percent(self) -> float:
        return 100 * self.good / self.all if self.all else 100.0


def in_key(score: Score, plan: MelodyPlan) -> Kept:
    """Notes of the key's scale; minor is natural with its raised leading note."""
    tones = scale(plan.key)
    return _kept(note.midi % 12 in tones for note in score.notes)


def in_range(score: Score, plan: MelodyPlan) -> Kept:
    return _kept(plan.range.low_midi <= n.midi <= plan.range.high_midi for n in score.notes)


def chord_tones(score: Score, plan: MelodyPlan) -> Kept:
    """Notes that begin on the first beat or the middle of a bar and belong to their chord."""
    return _kept(
        note.midi % 12 in plan.chord_at(note.start_beats).pitch_classes
        for note in score.notes
        if metrical_weight(score.meter_at(note.start_beats), note.place.beat) >= STRONG
    )


def corpus_chord_tones(melody: CorpusMelody) -> Kept:
    """The same of a human melody and the triads found in its accompaniment."""
    good = []
    for note in melody.notes:
        beat = float((note.start_beats - note.bar) / melody.meter.unit_beats) + 1
        if note.chord is None or metrical_weight(melody.meter, beat) < STRONG:
            continue
        root, mode = note.chord
        third = 4 if mode == "major" else 3
        good.append((note.midi - root) % 12 in (0, third, 7))
    return _kept(good)


def stress_kept(score: Score, words: Words) -> StressFit:
    """Stressed syllables on notes stronger than their neighbours, against weaker ones."""
    return _stress_fit(score, [stress == 2 for line in words.lines for stress in line.stresses])


def corpus_stress(melody: CorpusMelody) -> StressFit:
    """The same of a human melody."""
    bar = melody.meter.bar_beats
    first = min(note.bar for note in melody.notes)
    notes = tuple(
        Note(
            start_beats=note.start_beats - first,
            duration_beats=note.duration_beats,
            midi=note.midi,
            lyrics=(None,),
            place=Place(1, float((note.start_beats - note.bar) / melody.meter.unit_beats) + 1),
            slur=note.stress < 0,
        )
        for note in melody.notes
    )
    count = int(-(-notes[-1].end_beats // bar))
    bars = tuple(Bar(number * bar, bar, number + 1) for number in range(count))
    score = Score(melody.name, notes, bars, meters=(melody.meter,))
    return _stress_fit(score, [note.stress == 1 for note in melody.notes if note.stress >= 0])


def _stress_fit(score: Score, stressed: Sequence[bool]) -> StressFit:
    accents = [accent for line in lyric_plan(score) for accent in line.accents]
    total = StressFit()
    for stress, accent in zip(stressed, accents, strict=True):
        if stress:
            total += StressFit(accent is Accent.STRONG, accent is Accent.WEAK)
    return total


def _kept(checks: Iterable[bool]) -> Kept:
    values = list(checks)
    return Kept(sum(values), len(values))
