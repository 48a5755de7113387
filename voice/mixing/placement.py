"""Where in an instrumental a song begins: at a bar, or at a second."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from voice.score.model import Score, TempoMap


@dataclass(frozen=True)
class AtSecond:
    """Beat 0 of the score falls on this second of the instrumental."""

    seconds: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.seconds <= 36_000.0:
            raise ValueError(f"a song starts within 0-36,000 s, not at {self.seconds}")


@dataclass(frozen=True)
class AtBar:
    """The score's first full bar falls on this bar of the instrumental, counted from 1."""

    bar: int

    def __post_init__(self) -> None:
        if not 1 <= self.bar <= 10_000:
            raise ValueError(f"a song starts at one of the bars 1-10,000, not at {self.bar}")


Start = AtSecond | AtBar


def start_seconds(start: Start, score: Score, tempo_qpm: float | None = None) -> float:
    """The second of the instrumental on which beat 0 of the score falls.

    The instrumental is taken to be in the first metre and tempo of the score from its own first
    sample. A pickup sounds before the bar that was asked for; where there is no room for it, the
    result is negative.
    """
    if isinstance(start, AtSecond):
        return start.seconds
    tempo = score.tempo if tempo_qpm is None else TempoMap.constant(tempo_qpm)
    quarter_s = 60.0 / tempo.quarters_per_minute_at(0)
    full_bar = score.meter_at(Fraction(0)).bar_beats
    first = score.bars[0]
    pickup = first.duration_beats if first.duration_beats < full_bar else Fraction(0)
    return float((start.bar - 1) * full_bar - pickup) * quarter_s
