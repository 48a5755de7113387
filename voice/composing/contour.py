"""Where a line lies and how it rises and falls: the arcs that a singer feels."""

from __future__ import annotations

from math import pi, sin

from voice.composing.plan import MelodyPlan, Style

_USUAL_WIDTH = 21
_CENTRES = {"verse": -2.5, "prechorus": -0.5, "chorus": 2.5, "refrain": 2.5, "hook": 2.5,
            "bridge": 0.5, "outro": -1.0, "intro": -2.5}  # fmt: skip
_LEVELS = (0.0, -0.6, 1.0, -0.4)
"""How high the lines of four stand against one another: the third leads to the climax."""
_HEIGHT = {Style.BALLAD: 3.0, Style.POP: 2.4, Style.FOLK: 3.2, Style.RAP: 0.6}
_CENTRE_SHARE = {Style.BALLAD: 1.0, Style.POP: 1.0, Style.FOLK: 0.9, Style.RAP: 0.6}


def centre_of(kind: str, plan: MelodyPlan) -> float:
    """The pitch around which a section lies: choruses higher than verses, all within the voice."""
    voice = plan.range
    middle = (voice.low_midi + voice.high_midi) / 2
    return middle + _scaled(_CENTRES.get(kind, 0.0), plan) * _CENTRE_SHARE[plan.style]


def arc(line: int, lines: int, notes: int, centre: float, plan: MelodyPlan) -> list[float]:
    """A pitch to aim at for each note: up and down again, the last line of a section downward."""
    height = _scaled(_HEIGHT[plan.style], plan)
    level = _LEVELS[line % 4] * height / 2
    last = line == lines - 1
    targets = []
    for note in range(notes):
        along = note / max(notes - 1, 1)
        shape = sin(pi * along**0.8) - 0.5
        fall = (0.3 - along) * 0.8 if last else 0.0
        targets.append(centre + level + height * (shape + fall))
    return targets


def _scaled(semitones: float, plan: MelodyPlan) -> float:
    """Less where the voice is narrow, hardly more where it is wide."""
    width = plan.range.high_midi - plan.range.low_midi
    return semitones * min(width / _USUAL_WIDTH, 1.2)
