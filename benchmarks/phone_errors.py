"""Phones wrong in held-back strings, recorded and rendered, by a recogniser trained on others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.rows import measured
from benchmarks.strings import Rendered, SungString
from benchmarks.table import Row, at_most
from vocoder.audio import Audio
from vocoder.frames import GRID
from vocoder.mel import log_mel

BEFORE_S, AFTER_S = 0.25, 0.15
GOAL_POINTS = 5.0

RECORDED = (
    "phones wrong in held-back recordings of {count} strings (CTC recogniser trained on other "
    "strings of the sung corpora; best path)"
)
RENDERED = "the same strings sung by the voice, at the same pitch, times and style"

Mel = npt.NDArray[np.float32]
Hear = Callable[[Mel], Sequence[str]]


@dataclass(frozen=True)
class PhonesHeard:
    """Errors against what was to be heard, insertions too."""

    phones: int
    errors: int
    wanted: str
    heard: str


def phones_heard(audio: Audio, string: SungString, hear: Hear) -> PhonesHeard:
    """What the recogniser makes of the sung part of a sound."""
    import jiwer

    first = max(0, GRID.seconds_to_frames(string.starts_s[0] - BEFORE_S))
    last = GRID.seconds_to_frames(string.starts_s[-1] + AFTER_S)
    heard = " ".join(hear(log_mel(audio.mono().samples[0])[:, first:last]))
    wanted = " ".join(without_repeats(string.phones))
    found = jiwer.process_words(wanted, heard or "-")
    errors = found.substitutions + found.deletions + found.insertions
    return PhonesHeard(len(wanted.split()), errors, wanted, heard)


def without_repeats(phones: Sequence[str]) -> tuple[str, ...]:
    """One phone where the same follows itself, as the recogniser hears it."""
    return tuple(p for at, p in enumerate(phones) if at == 0 or phones[at - 1] != p)


def phone_rows(voice: str, language: str, strings: Sequence[Rendered], hear: Hear) -> list[Row]:
    """Error rates of recordings and of renders; the goal stands a few points above the former."""
    recorded = [phones_heard(each.recorded, each.string, hear) for each in strings]
    made = [phones_heard(each.made, each.string, hear) for each in strings]
    counted = (sum(each.phones for each in recorded), "phones")
    key = f"phones.{voice}.{language}"
    definition = RECORDED.format(count=len(strings))
    goal = at_most(round(_percent(recorded) + GOAL_POINTS, 2))
    return [
        measured(f"{key}.recordings", definition, recorded, _percent, "%", counted),
        measured(key, RENDERED, made, _percent, "%", counted, goal),
    ]


def _percent(heard: Sequence[PhonesHeard]) -> float:
    return 100.0 * sum(each.errors for each in heard) / sum(each.phones for each in heard)
