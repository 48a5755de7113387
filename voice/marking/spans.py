"""Which stretches of a sound carry a mark, and whether they still follow one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voice.marking.detect import Sighting, read_mark
from voice.marking.payload import Payload
from voice.marking.sequence import PERIOD_S, RATE_HZ

WINDOW_S, STEP_S = 12.0, 4.0
SAME_PLACE_S = 0.005

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Span:
    """A stretch that carries one mark without a break.

    `phase_s` is the place in the mark's period at which the whole sound would have to begin.
    """

    payload: Payload
    start_s: float
    end_s: float
    phase_s: float
    strength: float


def find_spans(flat: Floats) -> tuple[Span, ...]:
    """The marked stretches of flattened sound, in order; each is at least some seconds long."""
    spans: list[Span] = []
    for start_s, end_s, seen in _windows(flat):
        phase_s = (seen.phase_s - start_s) % PERIOD_S
        found = Span(seen.payload, start_s, end_s, phase_s, seen.strength)
        if spans and _follows(spans[-1], found):
            last = spans.pop()
            strength = max(last.strength, found.strength)
            found = Span(last.payload, last.start_s, end_s, last.phase_s, strength)
        spans.append(found)
    return tuple(spans)


def _windows(flat: Floats) -> Iterator[tuple[float, float, Sighting]]:
    duration_s = flat.size / RATE_HZ
    for start_s in np.arange(0.0, max(duration_s - WINDOW_S, 0.0) + STEP_S, STEP_S):
        end_s = min(float(start_s) + WINDOW_S, duration_s)
        piece = flat[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]
        if piece.size < RATE_HZ:
            return
        seen = read_mark(piece)
        if seen is not None:
            yield float(start_s), end_s, seen


def _follows(last: Span, found: Span) -> bool:
    apart_s = abs(last.phase_s - found.phase_s)
    same = min(apart_s, PERIOD_S - apart_s) <= SAME_PLACE_S
    return last.payload == found.payload and same and found.start_s <= last.end_s
