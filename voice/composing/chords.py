"""Keys and chords as musicians write them: "Bb major", "F#m", "Am F | C G7"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from voice.analysis.model import TONICS, ChordSpan, Key
from voice.composing.errors import PlanError

NO_CHORD_NAMES = frozenset(("N", "NC", "N.C.", "-"))
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_CHORD = re.compile(r"([A-G])([#♯b♭]?)([^/\s]*)(?:/([A-G])([#♯b♭]?))?")
_QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "maj": (0, 4, 7),
    "M": (0, 4, 7),
    "m": (0, 3, 7),
    "min": (0, 3, 7),
    "-": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "M7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "min7": (0, 3, 7, 10),
    "-7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "ø": (0, 3, 6, 10),
    "dim": (0, 3, 6),
    "°": (0, 3, 6),
    "dim7": (0, 3, 6, 9),
    "aug": (0, 4, 8),
    "+": (0, 4, 8),
    "sus": (0, 5, 7),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "7sus4": (0, 5, 7, 10),
    "add9": (0, 4, 7, 2),
    "9": (0, 4, 7, 10, 2),
    "m9": (0, 3, 7, 10, 2),
    "maj9": (0, 4, 7, 11, 2),
}


@dataclass(frozen=True)
class Chord:
    """A chord by the pitch classes it is made of, its root first; none where nothing sounds."""

    name: str
    pitch_classes: tuple[int, ...]

    @property
    def root(self) -> int | None:
        return self.pitch_classes[0] if self.pitch_classes else None


@dataclass(frozen=True)
class ChordInBeats:
    """A chord and the quarter notes through which it sounds."""

    start_beats: Fraction
    end_beats: Fraction
    chord: Chord

    def __post_init__(self) -> None:
        if not 0 <= self.start_beats < self.end_beats:
            raise ValueError(f"a chord sounds from {self.start_beats} to {self.end_beats}")


def parse_key(text: str) -> Key:
    """Raises PlanError for what is no key."""
    try:
        return Key.named(text)
    except ValueError as error:
        raise PlanError(str(error)) from error


def parse_chord(text: str) -> Chord:
    """Raises PlanError for what is no chord."""
    if text in NO_CHORD_NAMES:
        return Chord("N", ())
    found = _CHORD.fullmatch(text)
    steps = _QUALITIES.get(found[3]) if found else None
    if found is None or steps is None:
        known = " ".join(quality for quality in _QUALITIES if quality.isascii() and quality)
        raise PlanError(
            f'"{text}" is no chord; write a root of C to B with # or b, and one of {known} after it'
        )
    root = (_LETTERS[found[1]] + _SIGNS[found[2]]) % 12
    return Chord(text, tuple((root + step) % 12 for step in steps))


def parse_chords(text: str, bar_beats: Fraction) -> tuple[ChordInBeats, ...]:
    """One chord for each bar; where | parts the bars, those of one bar share it evenly.

    Raises:
        PlanError: no chords, or a word among them that is none.
    """
    marked = "|" in text
    bars = [bar.split() for bar in text.strip().strip("|").split("|")] if marked else [
        [name] for name in text.split()
    ]  # fmt: skip
    bars = [bar for bar in bars if bar]
    if not bars:
        raise PlanError('no chords given; write one for each bar, such as "Am F C G"')
    spans = []
    for number, names in enumerate(bars):
        share = bar_beats / len(names)
        for place, name in enumerate(names):
            start = number * bar_beats + place * share
            spans.append(ChordInBeats(start, start + share, parse_chord(name)))
    return tuple(spans)


def chord_of_span(span: ChordSpan) -> Chord:
    """A chord of an analysis."""
    if span.root is None:
        return Chord("N", ())
    third = 4 if span.mode == "major" else 3
    return Chord(span.name, (span.root, (span.root + third) % 12, (span.root + 7) % 12))


def tonic_chord(key: Key) -> Chord:
    """The triad on the tonic, for a key without chords."""
    name = TONICS[key.tonic] + ("m" if key.mode == "minor" else "")
    return parse_chord(name)
