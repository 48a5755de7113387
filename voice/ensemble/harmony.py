"""A second voice under or over a melody: in its key, in its chords, and led like a voice.

Every note of the melody has a few candidates within the key or the chord that sounds; the row of
candidates with the least cost is sung (dynamic programming). What costs: another interval than the
one asked for, notes foreign to the chord, a phrase that does not end on its tonic's triad, leaps,
and fifths or octaves in parallel.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np

from voice.analysis.model import Key
from voice.composing.chords import ChordInBeats
from voice.composing.harmony import key_from, triad
from voice.errors import ScoreError
from voice.score.model import Articulation, Note, Score

Interval = Literal["thirds", "sixths"]
Side = Literal["below", "above"]

MAJOR_STEPS = (0, 2, 4, 5, 7, 9, 11)
MINOR_STEPS = (0, 2, 3, 5, 7, 8, 10)
DISTANCE_COSTS: Mapping[Interval, Mapping[int, float]] = {
    "thirds": {3: 0.0, 4: 0.0, 5: 1.0, 6: 2.0, 7: 1.4, 8: 1.1, 9: 1.1},
    "sixths": {8: 0.0, 9: 0.0, 7: 1.2, 5: 1.0, 10: 2.0, 4: 1.1, 3: 1.1, 6: 2.0},
}
"""What it costs to sing so many semitones from the melody."""

FOREIGN_TO_CHORD = 1.6
FOREIGN_IN_PASSING = 0.4
FOREIGN_AT_END = 1.6
PASSING_BEATS = Fraction(1, 2)
LEAP_COST = 0.12
STEP_SEMITONES = 2
NEEDLESS_MOVE = 0.25
PARALLEL_COST = 2.0
ENDING_BEATS = 8.0
"""A melody that ends on a tonic speaks for it as much as two bars of its triad."""

PERFECT = frozenset((0, 7))


@dataclass(frozen=True)
class SecondVoice:
    """What a caller wants of a harmony. Without a key, the melody's own is found.

    `chords` are those of the accompaniment, in beats of the score.
    """

    interval: Interval = "thirds"
    side: Side = "below"
    key: Key | None = None
    chords: tuple[ChordInBeats, ...] = ()


@dataclass(frozen=True)
class _Place:
    """A note of the melody with all that may be sung to it, and what each costs by itself."""

    melody: int
    candidates: tuple[int, ...]
    costs: tuple[float, ...]


def key_of(score: Score) -> Key:
    """The key of a melody: by its key signature if it has one, and by what sounds in it.

    What sounds is how long each pitch class lasts, and on which the melody ends.
    """
    if score.key_fifths is not None:
        return _signed(score, score.key_fifths)
    weights = np.full(12, 1e-6)
    for note in score.notes:
        weights[note.midi % 12] += float(note.duration_beats)
    return key_from(weights, score.notes[-1].midi % 12 if score.notes else None)


def _signed(score: Score, fifths: int) -> Key:
    """Of the two keys of a signature the one on whose triad more of the melody lies."""
    keys = Key(7 * fifths % 12, "major"), Key((7 * fifths - 3) % 12, "minor")

    def at_home(key: Key) -> float:
        home = triad(key.tonic, key.mode)
        beats = sum(float(n.duration_beats) for n in score.notes if n.midi % 12 in home)
        ends = bool(score.notes) and score.notes[-1].midi % 12 == key.tonic
        return beats + ENDING_BEATS * ends

    return max(keys, key=at_home)


def harmonised(score: Score, wanted: SecondVoice) -> Score:
    """The same rhythm and words on the notes of a second voice.

    Raises:
        ScoreError: a score without notes.
    """
    if not score.notes:
        raise ScoreError(f"{score.title}: has no notes to sing a harmony to")
    key = wanted.key or key_of(score)
    places = [
        _place(note, ends, key, wanted)
        for note, ends in zip(score.notes, _phrase_ends(score.notes), strict=True)
    ]
    row = _cheapest(places)
    notes = tuple(replace(note, midi=midi) for note, midi in zip(score.notes, row, strict=True))
    return replace(score, notes=notes, pitch_lines=(), part=f"{wanted.interval} {wanted.side}")


def _phrase_ends(notes: Sequence[Note]) -> list[bool]:
    """Whether a phrase ends with each note: a rest, a breath, a fermata, or the end follows."""
    marks = (Articulation.BREATH, Articulation.FERMATA)
    ends = [
        after.start_beats > here.end_beats or any(mark in here.articulations for mark in marks)
        for here, after in itertools.pairwise(notes)
    ]
    return [*ends, True]


def _place(note: Note, ends: bool, key: Key, wanted: SecondVoice) -> _Place:
    steps = MAJOR_STEPS if key.mode == "major" else MINOR_STEPS
    scale = frozenset((key.tonic + step) % 12 for step in steps)
    chord = _chord_at(note.start_beats, wanted.chords)
    direction = -1 if wanted.side == "below" else 1
    options = {
        note.midi + direction * distance: cost
        for distance, cost in DISTANCE_COSTS[wanted.interval].items()
    }
    allowed = {midi: c for midi, c in options.items() if midi % 12 in scale | chord} or options
    home = triad(key.tonic, key.mode)
    total = {
        midi: cost + _chord_cost(note, midi, chord) + _end_cost(note, midi, home, chord, ends)
        for midi, cost in allowed.items()
    }
    return _Place(note.midi, tuple(total), tuple(total.values()))


def _chord_at(beat: Fraction, chords: Sequence[ChordInBeats]) -> frozenset[int]:
    found = (span.chord for span in chords if span.start_beats <= beat < span.end_beats)
    return frozenset(next((chord.pitch_classes for chord in found), ()))


def _chord_cost(note: Note, midi: int, chord: frozenset[int]) -> float:
    """Dear where the melody rests on its chord, cheap where it passes through."""
    if not chord or midi % 12 in chord:
        return 0.0
    passing = note.midi % 12 not in chord or note.duration_beats < PASSING_BEATS
    return FOREIGN_IN_PASSING if passing else FOREIGN_TO_CHORD


def _end_cost(
    note: Note, midi: int, home: frozenset[int], chord: frozenset[int], ends: bool
) -> float:
    """Where no chord is known, a phrase that ends at home ends there in both voices."""
    if not ends or chord or note.midi % 12 not in home or midi % 12 in home:
        return 0.0
    return FOREIGN_AT_END


def _cheapest(places: Sequence[_Place]) -> list[int]:
    """The row of candidates that costs least, notes and steps between them together."""
    totals = list(places[0].costs)
    origins: list[list[int]] = []
    for before, here in itertools.pairwise(places):
        came_from, now = [], []
        for midi, cost in zip(here.candidates, here.costs, strict=True):
            ways = [
                total + _step_cost(before.melody, other, here.melody, midi)
                for total, other in zip(totals, before.candidates, strict=True)
            ]
            best = min(range(len(ways)), key=ways.__getitem__)
            came_from.append(best)
            now.append(ways[best] + cost)
        origins.append(came_from)
        totals = now
    index = min(range(len(totals)), key=totals.__getitem__)
    row = [places[-1].candidates[index]]
    for place, came_from in zip(reversed(places[:-1]), reversed(origins), strict=True):
        index = came_from[index]
        row.append(place.candidates[index])
    return row[::-1]


def _step_cost(melody: int, voice: int, next_melody: int, next_voice: int) -> float:
    leap = abs(next_voice - voice)
    cost = LEAP_COST * max(0, leap - STEP_SEMITONES)
    if melody == next_melody and leap:
        cost += NEEDLESS_MOVE
    apart, next_apart = abs(melody - voice) % 12, abs(next_melody - next_voice) % 12
    if apart == next_apart and apart in PERFECT and melody != next_melody:
        cost += PARALLEL_COST
    return cost
