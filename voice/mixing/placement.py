"""Where in an instrumental a song begins: at a bar, or at a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from voice.errors import MixError
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


def second_of_bar(bar: int, downbeats_s: Sequence[float]) -> float:
    """Where a bar of the instrumental begins.

    Raises:
        MixError: the instrumental has fewer bars.
    """
    if not 1 <= bar <= len(downbeats_s):
        raise MixError(
            f"bar {bar} is not in the instrumental, in which {len(downbeats_s)} bars were found; "
            "start at one of them, or at a second such as 7.5s"
        )
    return float(downbeats_s[bar - 1])


def start_second(start: Start, downbeats_s: Sequence[float], pickup_s: float = 0.0) -> float:
    """The second of the instrumental on which beat 0 of the score falls.

    A pickup sounds before the bar that was asked for; where there is no room for it, the result
    is negative.

    Raises:
        MixError: the instrumental has fewer bars.
    """
    if isinstance(start, AtSecond):
        return start.seconds
    return second_of_bar(start.bar, downbeats_s) - pickup_s


def pickup_seconds(score: Score, tempo_qpm: float | None = None) -> float:
    """How long after beat 0 the first full bar begins."""
    tempo = score.tempo if tempo_qpm is None else TempoMap.constant(tempo_qpm)
    full_bar = score.meter_at(Fraction(0)).bar_beats
    first = score.bars[0]
    pickup = first.duration_beats if first.duration_beats < full_bar else Fraction(0)
    return float(pickup) * 60.0 / tempo.quarters_per_minute_at(0)
