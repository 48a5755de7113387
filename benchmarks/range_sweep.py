"""How far a voice reaches: every semitone sung by itself, held against the pitch goals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from benchmarks.intonation import frames_near_curve, note_cents, written_notes
from benchmarks.praat import praat_track
from benchmarks.table import Row, at_least
from voice.card import VoiceRange
from voice.score.model import Bar, Lyric, Note, Place, Score, TempoMap
from voice.take import VocalTake

WORDS = ("la", "me", "no", "see", "low", "moon")
NOTE_BEATS = Fraction(1)
REST_BEATS = Fraction(1)
TEMPO_QPM = 100.0
BEYOND = 4
CLOSE_CENTS = 5.0
NOTES_GOAL, FRAMES_GOAL = 0.99, 0.97
OCTAVES = 24.0

REACH = (
    "semitones from the lowest to the highest of a row of keys that all meet the goals: notes "
    "within 5 cents ≥ 99 %, frames within 50 cents of the curve ≥ 97 % ({words} on each key)"
)


@dataclass(frozen=True)
class Key:
    """One semitone: shares of notes and of frames that are in tune."""

    midi: int
    notes: float
    frames: float

    @property
    def good(self) -> bool:
        return self.notes >= NOTES_GOAL and self.frames >= FRAMES_GOAL


def sweep(reach: VoiceRange, sing: Callable[[Score], VocalTake]) -> tuple[Key, ...]:
    """Every semitone of a range and some beyond both ends."""
    return tuple(
        _judged(midi, sing(one_key(midi)))
        for midi in range(reach.low_midi - BEYOND, reach.high_midi + BEYOND + 1)
    )


def one_key(midi: int) -> Score:
    """A few plain syllables on one pitch."""
    step = NOTE_BEATS
    notes = tuple(
        Note(
            REST_BEATS + index * step,
            step,
            midi,
            (Lyric(word),),
            Place(1, float(REST_BEATS + index * step) + 1.0),
        )
        for index, word in enumerate(WORDS)
    )
    bars = (Bar(Fraction(0), notes[-1].end_beats + REST_BEATS, 1),)
    return Score(f"key {midi}", notes, bars, TempoMap.constant(TEMPO_QPM), language="en")


def longest_run(keys: Sequence[Key]) -> tuple[Key, ...]:
    """The longest row of neighbouring keys that are all good."""
    best: tuple[Key, ...] = ()
    run: tuple[Key, ...] = ()
    for key in keys:
        run = (*run, key) if key.good else ()
        best = max(best, run, key=len)
    return best


def range_row(voice: str, keys: Sequence[Key]) -> Row:
    run = longest_run(keys)
    span = run[-1].midi - run[0].midi if run else 0
    definition = REACH.format(words=" ".join(WORDS))
    named = f"; MIDI {run[0].midi} to {run[-1].midi}" if run else ""
    return Row(
        f"range.{voice}",
        definition + named,
        float(span),
        "semitones",
        len(keys),
        "keys",
        at_least(OCTAVES),
    )


def _judged(midi: int, take: VocalTake) -> Key:
    track = praat_track(take.audio)
    score = one_key(midi)
    cents = note_cents(track, written_notes(score, take.transposed_semitones))
    near = frames_near_curve(track, take.frames)
    return Key(
        midi,
        float(np.mean(np.abs(cents) <= CLOSE_CENTS)),
        near.good / near.total if near.total else 0.0,
    )
