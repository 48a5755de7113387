"""Loudness as a staff writes it: marks such as p and ff, hairpins between them, and sforzati."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

LEVELS: Mapping[str, float] = {
    "pppp": 0.15, "ppp": 0.2, "pp": 0.3, "p": 0.42, "mp": 0.52,
    "mf": 0.62, "f": 0.74, "ff": 0.86, "fff": 0.93,
}  # fmt: skip
USUAL = LEVELS["mf"]
STRUCK = frozenset(("sf", "sfz", "sffz", "fz", "rf", "rfz", "sfp", "fp"))
"""Marks of a single note: an accent, not a level."""

SWELL = 0.11
"""What a whole hairpin adds or takes: about the step from one mark to the next."""


class DynamicMarks:
    """The loudness of one note after another, in the order in which they are played."""

    def __init__(self, staff: Any) -> None:
        from music21 import dynamics

        self._mark_class = dynamics.Dynamic
        self._swells = _swells(staff)
        self._level: float | None = None
        self._levels: list[tuple[Fraction, float]] = []
        self._struck: frozenset[Fraction] = frozenset()

    def enter(self, measure: Any) -> None:
        """Go on to another bar; whatever of the last one was not yet passed holds."""
        self._level = self._levels[-1][1] if self._levels else self._level
        marks = [
            (Fraction(mark.offset), mark.value)
            for mark in measure.recurse().getElementsByClass(self._mark_class)
        ]
        self._levels = [(at, LEVELS[value]) for at, value in marks if value in LEVELS]
        self._struck = frozenset(at for at, value in marks if value in STRUCK)

    def level(self, offset: Fraction, note: Any) -> float | None:
        """Of a note of this bar; None where nothing was ever written.

        A hairpin's last note leaves its level to those that follow, until another mark.
        """
        passed = [value for at, value in self._levels if at <= offset]
        if passed:
            self._level = passed[-1]
            self._levels = self._levels[len(passed) :]
        swell = self._swells.get(id(note))
        if swell is None:
            return self._level
        base = USUAL if self._level is None else self._level
        level = min(max(base + swell, LEVELS["pppp"]), 1.0)
        if abs(swell) == SWELL:
            self._level = level
        return level

    def struck(self, offset: Fraction) -> bool:
        """Whether a sforzato stands under this moment of the bar."""
        return offset in self._struck


def _swells(staff: Any) -> Mapping[int, float]:
    """By identity of a note: what the hairpin it stands over has added when it begins."""
    from music21 import dynamics

    notes = list(staff.recurse().notes)
    position = {id(note): index for index, note in enumerate(notes)}
    swells: dict[int, float] = {}
    for wedge in staff.recurse().getElementsByClass(dynamics.DynamicWedge):
        ends = [position[id(end)] for end in wedge.getSpannedElements() if id(end) in position]
        if not ends or min(ends) == max(ends):
            continue
        first, last = min(ends), max(ends)
        sign = 1.0 if isinstance(wedge, dynamics.Crescendo) else -1.0
        for index in range(first, last):
            swells[id(notes[index])] = sign * SWELL * (index - first) / (last - first)
        swells[id(notes[last])] = sign * SWELL
    return swells
