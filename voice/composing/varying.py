"""Some bars of a melody written anew, everything else left as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from voice.composing.errors import ComposingError
from voice.composing.features import BEFORE_LAST, FIRST, INSIDE, LAST
from voice.composing.form import weight_at
from voice.composing.pitches import NoteToSing, Tonality, sing_line
from voice.composing.plan import MelodyPlan
from voice.composing.table import melody_table
from voice.score.model import Note, Score

NOISE = 0.9
_BARS = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")
_KEPT_PITCH_COST = -1.2
_SMOOTHED = 4


@dataclass(frozen=True)
class BarSpan:
    """Bars from the first to the last, both included, by their printed numbers."""

    first: int
    last: int


def parse_bars(text: str) -> BarSpan:
    """Raises ComposingError for what is no span of bars."""
    found = _BARS.fullmatch(text.strip())
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise ComposingError(f'"{text}" is no span of bars; write it as 5-8')
    return BarSpan(int(found[1]), int(found[2] or found[1]))


def varied(score: Score, bars: BarSpan, plan: MelodyPlan) -> Score:
    """The same score with new pitches in these bars; rhythm, words and all else stay.

    Raises:
        ComposingError: no notes begin there.
    """
    chosen = [at for at, note in enumerate(score.notes) if _inside(score, note, bars)]
    if not chosen:
        raise ComposingError(
            f"no notes begin in bars {bars.first}-{bars.last}; the melody has bars "
            f"{score.bars[0].number}-{score.bars[-1].number}"
        )
    random = np.random.default_rng(plan.seed)
    notes = list(score.notes)
    for run in _runs(chosen):
        low, high = run[0], run[-1]
        before = (notes[max(low - 2, 0)].midi, notes[low - 1].midi) if low else None
        after = notes[high + 1].midi if high + 1 < len(notes) else None
        asked = [_asked(score, at, run, plan) for at in run]
        noise = NOISE * random.gumbel(size=(len(run), 128))
        for row, at in enumerate(run):
            noise[row, score.notes[at].midi] += _KEPT_PITCH_COST
        tonality = Tonality(plan.key, plan.range, plan.style)
        pitches, _ = sing_line(asked, before, after, tonality, melody_table(), noise)
        for at, midi in zip(run, pitches, strict=True):
            notes[at] = replace(notes[at], midi=midi, cents=0.0)
    return replace(score, notes=tuple(notes))


def _inside(score: Score, note: Note, bars: BarSpan) -> bool:
    bar = next(b for b in reversed(score.bars) if b.start_beats <= note.start_beats)
    return bars.first <= bar.number <= bars.last


def _runs(chosen: list[int]) -> list[list[int]]:
    """Notes that follow one another; repeats bring the same bars several times."""
    runs: list[list[int]] = []
    for at in chosen:
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _asked(score: Score, at: int, run: list[int], plan: MelodyPlan) -> NoteToSing:
    notes = score.notes
    note = notes[at]
    rests = at + 1 == len(notes) or notes[at + 1].start_beats > note.end_beats
    begins = at == 0 or notes[at - 1].end_beats < note.start_beats
    near_end = at + 2 < len(notes) and notes[at + 2].start_beats > notes[at + 1].end_beats
    around = [notes[i].midi for i in range(max(at - _SMOOTHED, 0), min(at + _SMOOTHED, len(notes)))]
    usual = float(np.median([float(n.duration_beats) for n in notes]))
    return NoteToSing(
        chord=plan.chord_at(note.start_beats),
        weight=weight_at(plan, note.start_beats),
        long=float(note.duration_beats) >= 1.5 * usual or note.duration_beats >= Fraction(3, 2),
        stress=1,
        place=LAST if rests else FIRST if begins else BEFORE_LAST if near_end else INSIDE,
        target_midi=float(np.mean(around)),
        closing=1 if rests else 0,
    )
