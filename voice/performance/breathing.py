"""Where a singer breathes although no rest is written: after words, where a phrase lets go.

Nobody sings on for half a minute. Where a score has no rest for long, a breath mark is put on a
long note that ends a word, best where the text has a comma or a stop; as with a written mark, the
note stops a little early and the next one comes on its beat.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from fractions import Fraction

from voice.score.alignment import SHORTEST_BREATH_REST_S
from voice.score.fitting import FittedScore, SungNote
from voice.score.model import Articulation

SOONEST_S = 3.0
LATEST_S = 9.0
SHORTEST_NOTE_S = 0.6
STOPS = frozenset(",.;:!?…—、。，！？；")
STOP_WORTH = 2.0
LENGTH_WORTH = 1.0


@dataclass(frozen=True)
class _Moment:
    """A note that a breath may follow: when it ends, and how well it would be placed there."""

    index: int
    end_s: float
    worth: float


def with_breaths(fitted: FittedScore) -> FittedScore:
    """The score with breath marks wherever more than some 9 s would be sung without a rest."""
    chosen = frozenset(
        index for stretch in _stretches(fitted) for index in _breaths_in(fitted, stretch)
    )
    if not chosen:
        return fitted
    rows = tuple(
        _marked(sung) if index in chosen else sung for index, sung in enumerate(fitted.notes)
    )
    score = replace(fitted.score, notes=tuple(row.note for row in rows))
    return replace(fitted, score=score, notes=rows)


def _marked(sung: SungNote) -> SungNote:
    marks = sung.note.articulations | {Articulation.BREATH}
    return replace(sung, note=replace(sung.note, articulations=marks))


def _stretches(fitted: FittedScore) -> list[range]:
    """Indices of notes between places where a breath is taken anyway."""
    edges = [0]
    for index in range(len(fitted.notes) - 1):
        here, after = fitted.notes[index].note, fitted.notes[index + 1].note
        rest_s = _seconds(fitted, after.start_beats) - _seconds(fitted, here.end_beats)
        if rest_s >= SHORTEST_BREATH_REST_S or Articulation.BREATH in here.articulations:
            edges.append(index + 1)
    edges.append(len(fitted.notes))
    return [range(a, b) for a, b in itertools.pairwise(edges) if b > a]


def _seconds(fitted: FittedScore, beats: Fraction) -> float:
    return fitted.score.tempo.seconds_at(beats)


def _breaths_in(fitted: FittedScore, stretch: range) -> list[int]:
    """Notes of a stretch after which to breathe, from left to right."""
    moments = _moments(fitted, stretch)
    last_s = _seconds(fitted, fitted.notes[stretch[-1]].note.start_beats)
    now_s = _seconds(fitted, fitted.notes[stretch[0]].note.start_beats)
    taken: list[int] = []
    while last_s - now_s > LATEST_S:
        ahead = [m for m in moments if m.end_s - now_s >= SOONEST_S and m.end_s < last_s]
        near = [m for m in ahead if m.end_s - now_s <= LATEST_S]
        if not ahead:
            break
        best = max(near, key=lambda m: (m.worth, m.end_s)) if near else ahead[0]
        taken.append(best.index)
        now_s = best.end_s
    return taken


def _moments(fitted: FittedScore, stretch: range) -> list[_Moment]:
    found = []
    text = ""
    for index in stretch[:-1]:
        sung = fitted.notes[index]
        text = sung.text or text
        start_s = _seconds(fitted, sung.note.start_beats)
        end_s = _seconds(fitted, sung.note.end_beats)
        if not sung.word_end or end_s - start_s < SHORTEST_NOTE_S:
            continue
        stops = text.rstrip("\"'”’)»")[-1:] in STOPS
        worth = STOP_WORTH * stops + LENGTH_WORTH * (end_s - start_s)
        found.append(_Moment(index, end_s, worth))
    return found
