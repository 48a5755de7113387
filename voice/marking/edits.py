"""What seems to have been done to a sound since it was written, told from bytes and mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from voice.marking.record import Written
from voice.marking.spans import STEP_S, WINDOW_S, Span

SAME_LENGTH_S = 0.06
"""Lossy formats may add some milliseconds."""
UNHEARD_S = WINDOW_S + STEP_S


def edits_since(made: Written, found: Written, spans: Sequence[Span]) -> tuple[str, ...]:
    """Sentences, never empty: the bytes are others, so something was done."""
    told = [*_of_the_file(made, found), *_of_the_sound(found.duration_s, spans)]
    return tuple(told) or ("its sound or its tags were changed: by gain, filter or encoder",)


def _of_the_file(made: Written, found: Written) -> Iterator[str]:
    if found.form != made.form:
        yield f"stored as {found.form}, was {made.form}"
    if found.rate_hz != made.rate_hz:
        yield f"resampled to {found.rate_hz} Hz from {made.rate_hz} Hz"
    if found.channels != made.channels:
        yield f"has {found.channels} channels, had {made.channels}"
    if abs(found.duration_s - made.duration_s) > SAME_LENGTH_S:
        yield f"lasts {found.duration_s:.1f} s, lasted {made.duration_s:.1f} s"


def _of_the_sound(duration_s: float, spans: Sequence[Span]) -> Iterator[str]:
    at_s = 0.0
    for span in spans:
        if span.start_s - at_s >= UNHEARD_S:
            yield f"no mark is heard from {clock(at_s)} to {clock(span.start_s)}"
        at_s = span.end_s
    if spans and duration_s - at_s >= UNHEARD_S:
        yield f"no mark is heard from {clock(at_s)} to {clock(duration_s)}"
    for before, after in pairwise(spans):
        middle_s = (after.start_s + before.end_s) / 2
        if before.payload != after.payload:
            yield f"another sound of Melisma's follows from about {clock(middle_s)}"
        elif after.start_s - before.end_s < UNHEARD_S and before.phase_s != after.phase_s:
            yield f"cut or joined at about {clock(middle_s)}"


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
