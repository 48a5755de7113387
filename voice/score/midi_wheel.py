"""The pitch wheel of a MIDI track: notes that were bent by hand become drawn pitch lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from voice.score.model import Note, PitchPoint

USUAL_RANGE_SEMITONES = 2.0
WIDEST_RANGE_SEMITONES = 48.0
FULL_WHEEL = 8_192
LEAST_CENTS = 2.0
_RPN_COARSE, _RPN_FINE, _DATA = 101, 100, 6


@dataclass(frozen=True)
class Wheel:
    """Where a channel's wheel stood: from each moment on, so many cents; first at beat 0."""

    moments: tuple[Fraction, ...] = (Fraction(0),)
    cents: tuple[float, ...] = (0.0,)

    def at(self, beat: Fraction) -> float:
        return self.cents[max(bisect_right(self.moments, beat) - 1, 0)]


def wheel_of(track: Any, channel: int, ticks_per_beat: int) -> Wheel:
    """Every movement of a channel's wheel, in cents by the range that the track states."""
    semitones, parameter = USUAL_RANGE_SEMITONES, (127, 127)
    moments, cents = [Fraction(0)], [0.0]
    tick = 0
    for message in track:
        tick += message.time
        if getattr(message, "channel", None) != channel:
            continue
        if message.type == "control_change":
            if message.control == _RPN_COARSE:
                parameter = (message.value, parameter[1])
            elif message.control == _RPN_FINE:
                parameter = (parameter[0], message.value)
            elif message.control == _DATA and parameter == (0, 0):
                semitones = min(float(message.value), WIDEST_RANGE_SEMITONES)
        elif message.type == "pitchwheel":
            moments.append(Fraction(tick, ticks_per_beat))
            cents.append(100.0 * semitones * message.pitch / FULL_WHEEL)
    return Wheel(tuple(moments), tuple(cents))


def bent_lines(notes: Sequence[Note], wheel: Wheel) -> tuple[tuple[PitchPoint, ...], ...]:
    """A pitch line for every note during which the wheel stands away from its middle."""
    lines = []
    for note in notes:
        first = bisect_right(wheel.moments, note.start_beats)
        last = bisect_left(wheel.moments, note.end_beats)
        inside = zip(wheel.moments[first:last], wheel.cents[first:last], strict=True)
        points = [(note.start_beats, wheel.at(note.start_beats)), *inside]
        points.append((note.end_beats, points[-1][1]))
        kept = [here for here, after in pairwise(points) if here[0] < after[0]] + points[-1:]
        if max(abs(cents) for _, cents in kept) >= LEAST_CENTS:
            lines.append(tuple(PitchPoint(b, 100.0 * note.pitch_midi + c) for b, c in kept))
    return tuple(lines)
