"""How fast written tempo marks are: numbers first, then words by a fixed table, else 90."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from xml.etree.ElementTree import Element

from voice.score.model import DEFAULT_QPM

TEMPO_WORDS: dict[str, float] = {
    "larghissimo": 30,
    "grave": 40,
    "largo": 50,
    "lento": 52,
    "lent": 52,
    "slow": 56,
    "slowly": 56,
    "langsam": 56,
    "adagio": 58,
    "larghetto": 62,
    "adagietto": 66,
    "ruhig": 66,
    "mournfully": 66,
    "andante": 76,
    "walking": 76,
    "gehend": 76,
    "tranquillo": 76,
    "andantino": 84,
    "maestoso": 84,
    "mässig": 88,
    "mäßig": 88,
    "modéré": 92,
    "moderato": 96,
    "moderately": 96,
    "moderate": 96,
    "bewegt": 104,
    "allegretto": 108,
    "con moto": 108,
    "animé": 116,
    "animato": 116,
    "cheerfully": 116,
    "lively": 124,
    "lebhaft": 124,
    "allegro": 126,
    "vif": 132,
    "fast": 132,
    "schnell": 132,
    "vivace": 144,
    "vivo": 144,
    "vivacissimo": 160,
    "presto": 168,
    "prestissimo": 192,
}
"""Quarters a minute for a tempo word; where several stand together, the first one counts."""

FASTER, SLOWER = 1.15, 0.85
"""What "più mosso" and "meno mosso" make of the tempo before them."""

_QUICK = r"(mosso|moto|animato|allegro|vivo|vivace|presto|agitato)"
_FASTER = re.compile(rf"pi[uù] {_QUICK}|poco pi[uù]|\b(faster|quicker)\b|schneller|bewegter")
_SLOWER = re.compile(
    rf"pi[uù] (lento|adagio|largo|tranquillo|calmo)|meno {_QUICK}|\bslower\b|langsamer|ruhiger"
)

_UNITS = {
    "long": Fraction(16),
    "breve": Fraction(8),
    "whole": Fraction(4),
    "half": Fraction(2),
    "quarter": Fraction(1),
    "eighth": Fraction(1, 2),
    "16th": Fraction(1, 4),
    "32nd": Fraction(1, 8),
}
_WORD = re.compile(r"(?<!\w)(" + "|".join(sorted(TEMPO_WORDS, key=len, reverse=True)) + r")(?!\w)")


@dataclass(frozen=True)
class TempoMark:
    """A tempo as written: bar by index, quarter notes into the bar, quarters a minute."""

    bar_index: int
    offset_beats: Fraction
    quarters_per_minute: float


def tempo_of_words(words: str) -> float | None:
    """Quarters a minute for words like "Andante con moto", `None` where no word is known."""
    found = _WORD.search(words.lower())
    return TEMPO_WORDS[found.group(1)] if found else None


def tempo_marks(root: Element) -> tuple[TempoMark, ...]:
    """Every change of tempo written above any part, in order, one per moment.

    What stands at one moment is read together: a number counts before any word.
    """
    directions = sorted(
        (found for part in root.iter("part") for found in _directions(part)),
        key=lambda found: found[0],
    )
    marks: list[TempoMark] = []
    first = current = steady = DEFAULT_QPM
    for (bar, offset), group in groupby(directions, key=lambda found: found[0]):
        together = [direction for _, direction in group]
        words = " ".join(w.text or "" for d in together for w in d.iter("words")).lower()
        number = next((n for d in together if (n := _number(d))), None)
        stated = number or _by_words(words, current, steady, first)
        if stated is None:
            continue
        if not marks:
            first = stated
        if words or any(d.find(".//metronome") is not None for d in together):
            steady = stated
        current = stated
        marks.append(TempoMark(bar, offset, stated))
    return tuple(marks)


def _by_words(words: str, current: float, steady: float, first: float) -> float | None:
    """What words say of the tempo: back to one before, faster or slower than now, or a name."""
    if re.search(r"tempo (primo|1|i\b)", words):
        return first
    if "a tempo" in words:
        return steady
    if _SLOWER.search(words):
        return max(current * SLOWER, first / 2)
    if _FASTER.search(words):
        return min(current * FASTER, first * 2)
    return tempo_of_words(words)


def _directions(part: Element) -> list[tuple[tuple[int, Fraction], Element]]:
    """Directions and loose sounds of a part with bar index and quarter notes into the bar."""
    found: list[tuple[tuple[int, Fraction], Element]] = []
    divisions = 1
    for index, measure in enumerate(part.iter("measure")):
        cursor = Fraction(0)
        for element in measure:
            if element.tag == "attributes":
                divisions = int(element.findtext("divisions") or divisions) or 1
            length = Fraction(element.findtext("duration") or 0) / divisions
            if element.tag == "backup":
                cursor -= length
            elif element.tag == "forward" or (
                element.tag == "note" and element.find("chord") is None
            ):
                cursor += length
            elif element.tag in ("direction", "sound"):
                shift = Fraction(element.findtext("offset") or 0) / divisions
                found.append(((index, max(cursor + shift, Fraction(0))), element))
    return found


def _number(direction: Element) -> float | None:
    for sound in direction.iter("sound"):
        if sound.get("tempo"):
            return float(sound.get("tempo") or 0) or None
    metronome = direction.find(".//metronome")
    if metronome is None:
        return None
    number = re.search(r"\d+(\.\d+)?", metronome.findtext("per-minute") or "")
    unit = _UNITS.get(metronome.findtext("beat-unit") or "")
    if number is None or unit is None:
        return None
    dotted = unit * (2 - Fraction(1, 2 ** len(metronome.findall("beat-unit-dot"))))
    return float(number.group()) * float(dotted)
