"""What a user types for verse, transposition and start, turned into values or one clear refusal."""

from __future__ import annotations

import re
from typing import Literal

from voice.errors import OutputError
from voice.mixing.placement import AtBar, AtSecond, Start
from voice.range_fit import Transposition

WIDEST_SHIFT = 48
NAMED_SHIFTS: dict[str, Transposition] = {"auto": "auto", "octave": "octave", "none": "none"}
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s|(\d+\.\d+)")


def parse_verse(text: str) -> int | Literal["all"]:
    if text == "all":
        return "all"
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise OutputError(f"--verse {text}: give a number from 1, or all")


def parse_transposition(text: str) -> Transposition:
    named = NAMED_SHIFTS.get(text)
    if named is not None:
        return named
    if re.fullmatch(r"[+-]?\d{1,2}", text) and abs(int(text)) <= WIDEST_SHIFT:
        return int(text)
    raise OutputError(
        f"--transpose {text}: give semitones between -{WIDEST_SHIFT} and {WIDEST_SHIFT}, "
        "auto, octave or none"
    )


def parse_start(text: str) -> Start:
    """`5` is a bar of the instrumental, `7.5` or `7s` are seconds."""
    seconds = _SECONDS.fullmatch(text)
    if seconds is not None:
        return AtSecond(float(seconds[1] or seconds[2]))
    if text.isdecimal() and int(text) >= 1:
        return AtBar(int(text))
    raise OutputError(f"--start {text}: give a bar such as 5, or seconds such as 7.5 or 7s")


def in_words(semitones: int) -> str:
    """A transposition as a musician says it."""
    if semitones == 0:
        return "as written"
    direction = "up" if semitones > 0 else "down"
    octaves, rest = divmod(abs(semitones), 12)
    parts = []
    if octaves:
        parts.append(f"{octaves} octave{'s' if octaves > 1 else ''}")
    if rest:
        parts.append(f"{rest} semitone{'s' if rest > 1 else ''}")
    return f"{' and '.join(parts)} {direction}"
