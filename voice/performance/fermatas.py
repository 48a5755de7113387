"""Fermatas held: time stands still under them, and everything after comes later."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from voice.score.model import SLOWEST_QPM, Articulation, Score, TempoMap, TempoPoint

FERMATA = 1.5
"""How many times longer a note under a fermata lasts where nothing else keeps the time."""


def held(score: Score, times: float) -> Score:
    """The score with a slower tempo under every fermata, so that its note lasts `times` as long."""
    spans = [
        (note.start_beats, note.end_beats)
        for note in score.notes
        if Articulation.FERMATA in note.articulations
    ]
    if times == 1.0 or not spans:
        return score
    tempo = score.tempo
    beats = {point.beat for point in tempo.points} | {edge for span in spans for edge in span}
    points = [
        TempoPoint(
            beat,
            max(
                tempo.quarters_per_minute_at(beat) / (times if _under(beat, spans) else 1.0),
                SLOWEST_QPM,
            ),
        )
        for beat in sorted(beats)
    ]
    return replace(score, tempo=TempoMap(tuple(points)))


def _under(beat: Fraction, spans: list[tuple[Fraction, Fraction]]) -> bool:
    return any(start <= beat < end for start, end in spans)
