"""Bars in playing order: when each begins, its metre and its tempo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from voice.errors import ScoreLimitError
from voice.score.model import (
    DEFAULT_QPM,
    MOST_BARS,
    Bar,
    Meter,
    Place,
    TempoMap,
    TempoPoint,
    place_in,
)
from voice.score.tempo_marks import TempoMark


@dataclass(frozen=True)
class WrittenBar:
    """A bar as printed; `meter` is `None` where no time signature was ever written."""

    number: int
    duration_beats: Fraction
    meter: Meter | None


@dataclass(frozen=True)
class LaidOut:
    """Bars, metres and tempo of a whole score as it is played."""

    bars: tuple[Bar, ...]
    meters: tuple[Meter, ...]
    tempo: TempoMap

    def place_at(self, beats: Fraction) -> Place:
        meter = next((m for m in reversed(self.meters) if m.start_beats <= beats), self.meters[0])
        return place_in(self.bars, meter, beats)


def lay_out(
    written: Sequence[WrittenBar], order: Sequence[int], marks: Sequence[TempoMark]
) -> LaidOut:
    """Play the written bars in `order`; a jump takes the tempo written where it lands."""
    bars: list[Bar] = []
    meters: list[Meter] = []
    tempi: list[TempoPoint] = []
    start = Fraction(0)
    for index in order:
        bar = written[index]
        bars.append(Bar(start, bar.duration_beats, bar.number))
        _append_meter(meters, start, bar)
        _append_tempo(tempi, start, _tempo_before(marks, index))
        for mark in marks:
            if mark.bar_index == index and mark.offset_beats < bar.duration_beats:
                _append_tempo(tempi, start + mark.offset_beats, mark.quarters_per_minute)
        start += bar.duration_beats
    return LaidOut(tuple(bars), tuple(meters), TempoMap(tuple(tempi)))


def regular_bars(meters: Sequence[Meter], length_beats: Fraction) -> tuple[Bar, ...]:
    """Full bars of the given metres from 1 on, until all of `length_beats` is covered."""
    bars: list[Bar] = []
    start = Fraction(0)
    most = length_beats / min(meter.bar_beats for meter in meters)
    if most > MOST_BARS:
        raise ScoreLimitError(
            f"its {int(most):,} bars are more than {MOST_BARS:,}; cut the score into songs"
        )
    while start < length_beats or not bars:
        meter = next((m for m in reversed(meters) if m.start_beats <= start), meters[0])
        changes = [m.start_beats for m in meters if start < m.start_beats]
        length = min([meter.bar_beats, *(change - start for change in changes)])
        bars.append(Bar(start, length, len(bars) + 1))
        start += length
    return tuple(bars)


def _append_meter(meters: list[Meter], start: Fraction, bar: WrittenBar) -> None:
    if bar.meter is not None:
        numerator, denominator = bar.meter.numerator, bar.meter.denominator
    else:
        numerator, denominator = _signature_of(bar.duration_beats)
    if not meters or (meters[-1].numerator, meters[-1].denominator) != (numerator, denominator):
        meters.append(Meter(start, numerator, denominator))


def _signature_of(length: Fraction) -> tuple[int, int]:
    """A time signature for a bar of free length."""
    for denominator in (4, 8, 16, 32):
        units = length * denominator / 4
        if units >= 1 and units.denominator == 1:
            return int(units), denominator
    return max(round(length), 1), 4


def _tempo_before(marks: Sequence[TempoMark], index: int) -> float:
    """The tempo in force at the head of a bar; the first one written holds from the start."""
    earlier = [m for m in marks if (m.bar_index, m.offset_beats) <= (index, 0)]
    if earlier:
        return earlier[-1].quarters_per_minute
    return marks[0].quarters_per_minute if marks else DEFAULT_QPM


def _append_tempo(tempi: list[TempoPoint], beat: Fraction, qpm: float) -> None:
    if tempi and tempi[-1].quarters_per_minute == qpm:
        return
    if tempi and tempi[-1].beat == beat:
        tempi.pop()
        _append_tempo(tempi, beat, qpm)
        return
    tempi.append(TempoPoint(beat, qpm))
