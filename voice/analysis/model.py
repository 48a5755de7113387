"""What is known of a track: time, key, harmony, form and loudness, each with its confidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Mode = Literal["major", "minor"]
TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
"""How the twelve pitch classes are named, from C."""

NO_CHORD = "N"
NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
KEY_NAME = re.compile(
    r"(?P<letter>[A-Ga-g])(?P<sign>[b#♭♯]?)(?:(?P<minor>m|\s*min|\s*minor)|\s*maj|\s*major)?"
)


@dataclass(frozen=True)
class Key:
    """A tonic, as a pitch class from C = 0, and its mode."""

    tonic: int
    mode: Mode

    @classmethod
    def named(cls, text: str) -> Key:
        """The key that a musician writes: "Bb major", "F# minor", "Am", "G".

        Raises:
            ValueError: no such key.
        """
        match = KEY_NAME.fullmatch(text.strip())
        if match is None:
            raise ValueError(f'{text!r} is no key; write it as "Bb major" or "F# minor"')
        sign = {"": 0, "b": -1, "♭": -1, "#": 1, "♯": 1}[match["sign"]]
        tonic = (NATURALS[match["letter"].upper()] + sign) % len(TONICS)
        return cls(tonic, "minor" if match["minor"] else "major")

    def __post_init__(self) -> None:
        if not 0 <= self.tonic < len(TONICS):
            raise ValueError(f"a tonic is a pitch class of 0-11, not {self.tonic}")

    def __str__(self) -> str:
        return f"{TONICS[self.tonic]} {self.mode}"


@dataclass(frozen=True)
class ChordSpan:
    """A triad that sounds from `start_s` to `end_s`; `root` is None where none was found."""

    start_s: float
    end_s: float
    root: int | None
    mode: Mode = "major"

    @property
    def name(self) -> str:
        """As lead sheets write it: "Am", "Bb"; "N" for no chord."""
        if self.root is None:
            return NO_CHORD
        return TONICS[self.root] + ("m" if self.mode == "minor" else "")

    @property
    def pitch_classes(self) -> frozenset[int]:
        if self.root is None:
            return frozenset()
        third = 4 if self.mode == "major" else 3
        return frozenset({self.root, (self.root + third) % 12, (self.root + 7) % 12})


@dataclass(frozen=True)
class Section:
    """A part of the form; parts that sound alike share a label ("A", "B" …)."""

    start_s: float
    end_s: float
    label: str


@dataclass(frozen=True)
class TempoPoint:
    """The tempo around a second of the track."""

    second: float
    bpm: float


@dataclass(frozen=True)
class Moment:
    """What a bar leaves free and what it takes.

    Attributes:
        second: where the bar begins.
        loudness_lufs: of a stretch of three seconds or the bar around it (K-weighted, ungated).
        energy: 0-1, how full the bar is against the fullest of the track.
        band_db: level in each of `BANDS_HZ`, in decibels of full scale.
        free: 0-1 for each band, how much room a voice finds there: 1 where the band is 30 dB or
            more under the loudest band of the track.
    """

    second: float
    loudness_lufs: float
    energy: float
    band_db: tuple[float, ...]
    free: tuple[float, ...]


BANDS_HZ = (63.0, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0)
"""Middles of the octave bands of `Moment`."""


@dataclass(frozen=True)
class TrackAnalysis:
    """A track as a singer needs to know it.

    Attributes:
        length_s: of the whole track.
        tempo_bpm: beats a minute, the median over the track; 0 where no beat was found.
        meter: beats in a bar and the note that is a beat, such as (4, 4).
        beats_s: every beat.
        downbeats_s: the first beat of every bar; a subset of `beats_s`.
        chords: without gap or overlap from the first beat to the end.
        loudness_lufs: integrated (ITU-R BS.1770-4); -inf for silence.
        confidence: 0-1 for "tempo", "beats", "meter", "key", "chords" and "sections"; 1 for what
            the user said.
        tempo_curve: the tempo at every bar.
        course: loudness, fullness and free bands, bar by bar.
        tuning_cents: how far the track lies above A4 = 440 Hz.
    """

    length_s: float
    tempo_bpm: float
    key: Key
    meter: tuple[int, int]
    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    chords: tuple[ChordSpan, ...]
    sections: tuple[Section, ...]
    loudness_lufs: float
    confidence: Mapping[str, float]
    tempo_curve: tuple[TempoPoint, ...] = ()
    course: tuple[Moment, ...] = ()
    tuning_cents: float = 0.0

    def __post_init__(self) -> None:
        if not set(self.downbeats_s) <= set(self.beats_s):
            raise ValueError("every downbeat is a beat")
        if list(self.beats_s) != sorted(self.beats_s):
            raise ValueError("beats come in their order")

    def chord_at(self, second: float) -> ChordSpan | None:
        """The chord that sounds at a second of the track."""
        for chord in self.chords:
            if chord.start_s <= second < chord.end_s:
                return chord
        return None
