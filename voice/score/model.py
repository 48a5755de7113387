"""What the composer wrote, in musical time: notes, words, tempo and metre.

Beats are quarter notes everywhere, exact fractions, counted from the beginning of the first bar.
Repeats are already played out, ties joined and grace notes given their share of the time, so that
a score is one melody without overlaps. Bars keep the numbers that are printed.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from voice.errors import ScoreLimitError

SLOWEST_QPM = 10.0
FASTEST_QPM = 600.0
DEFAULT_QPM = 90.0
MOST_BARS = 5_000
LOWEST_MIDI = 12
HIGHEST_MIDI = 120
MOST_FIFTHS = 7


class Syllabic(StrEnum):
    """Where a syllable stands in its word."""

    SINGLE = "single"
    BEGIN = "begin"
    MIDDLE = "middle"
    END = "end"


class Articulation(StrEnum):
    STACCATO = "staccato"
    TENUTO = "tenuto"
    ACCENT = "accent"
    FERMATA = "fermata"
    BREATH = "breath"


@dataclass(frozen=True)
class Place:
    """Where a reader of the printed score finds something: bar and beat of the bar, both from 1.

    A pickup bar is bar 0. `beat` counts the units of the time signature's lower number.
    """

    bar: int
    beat: float

    def __str__(self) -> str:
        return f"bar {self.bar}, beat {self.beat:g}"


@dataclass(frozen=True)
class Lyric:
    """One syllable under a note.

    Attributes:
        extends: whether the score draws the syllable on over the notes that follow.
        elided: further syllables sung on the same note ("glo-ry‿and").
    """

    text: str
    syllabic: Syllabic = Syllabic.SINGLE
    extends: bool = False
    elided: tuple[Lyric, ...] = ()

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError(f"a lyric needs letters, not {self.text!r}")

    @property
    def ends_word(self) -> bool:
        last = self.elided[-1] if self.elided else self
        return last.syllabic in (Syllabic.SINGLE, Syllabic.END)


@dataclass(frozen=True)
class Note:
    """One sung pitch.

    Attributes:
        start_beats: quarter notes from the beginning of the score.
        duration_beats: quarter notes, ties joined.
        midi: pitch of the nearest key, 60 = C4.
        lyrics: one entry per verse, `None` where the verse has no syllable on this note.
        slur: whether the note is bound to the one before it by a slur.
        cents: tuning against the key.
        dynamic: loudness from 0 (nothing) to 1 (as loud as can be); `None` where not written.
        grace: whether the note was written as a grace note.
    """

    start_beats: Fraction
    duration_beats: Fraction
    midi: int
    lyrics: tuple[Lyric | None, ...]
    place: Place
    slur: bool = False
    cents: float = 0.0
    dynamic: float | None = None
    articulations: frozenset[Articulation] = frozenset()
    grace: bool = False

    def __post_init__(self) -> None:
        if self.start_beats < 0 or self.duration_beats <= 0:
            raise ValueError(
                f"a note starts at or after 0 and lasts, not {self.start_beats} for "
                f"{self.duration_beats} beats ({self.place})"
            )
        if not LOWEST_MIDI <= self.midi <= HIGHEST_MIDI:
            raise ScoreLimitError(
                f"{self.place}: MIDI note {self.midi} is outside {LOWEST_MIDI}–{HIGHEST_MIDI}, "
                "which nobody sings; transpose the part or choose another with --part"
            )
        if self.dynamic is not None and not 0 <= self.dynamic <= 1:
            raise ValueError(f"a dynamic lies between 0 and 1, not {self.dynamic} ({self.place})")

    @property
    def end_beats(self) -> Fraction:
        return self.start_beats + self.duration_beats

    @property
    def pitch_midi(self) -> float:
        """Pitch in fractional MIDI notes."""
        return self.midi + self.cents / 100


@dataclass(frozen=True)
class Rest:
    """Silence between two notes, or before the first or after the last."""

    start_beats: Fraction
    duration_beats: Fraction

    @property
    def end_beats(self) -> Fraction:
        return self.start_beats + self.duration_beats


@dataclass(frozen=True)
class TempoPoint:
    """From `beat` on, `quarters_per_minute`."""

    beat: Fraction
    quarters_per_minute: float

    def __post_init__(self) -> None:
        if not SLOWEST_QPM <= self.quarters_per_minute <= FASTEST_QPM:
            raise ScoreLimitError(
                f"beat {float(self.beat):g}: a tempo of {self.quarters_per_minute:g} quarters a "
                f"minute is outside {SLOWEST_QPM:g}–{FASTEST_QPM:g}; mend it or give --tempo"
            )


@dataclass(frozen=True)
class TempoMap:
    """Steps of tempo, the first at beat 0; where beats and seconds convert."""

    points: tuple[TempoPoint, ...] = (TempoPoint(Fraction(0), DEFAULT_QPM),)

    def __post_init__(self) -> None:
        beats = [point.beat for point in self.points]
        if not beats or beats[0] != 0:
            raise ValueError(f"a tempo map begins at beat 0, not at {beats[:1]}")
        if any(later <= earlier for earlier, later in itertools.pairwise(beats)):
            raise ValueError("the beats of a tempo map grow")

    @classmethod
    def constant(cls, quarters_per_minute: float) -> TempoMap:
        return cls((TempoPoint(Fraction(0), quarters_per_minute),))

    @cached_property
    def _beats(self) -> tuple[float, ...]:
        return tuple(float(point.beat) for point in self.points)

    @cached_property
    def _seconds(self) -> tuple[float, ...]:
        seconds = [0.0]
        for here, after in itertools.pairwise(self.points):
            seconds.append(
                seconds[-1] + float(after.beat - here.beat) * 60 / here.quarters_per_minute
            )
        return tuple(seconds)

    def seconds_at(self, beats: Fraction | float) -> float:
        """Seconds from beat 0; beats before 0 run at the first tempo."""
        index = max(bisect_right(self._beats, float(beats)) - 1, 0)
        past = float(beats) - self._beats[index]
        return self._seconds[index] + past * 60 / self.points[index].quarters_per_minute

    def beats_at(self, seconds: float) -> float:
        """Quarter notes from beat 0; the inverse of `seconds_at`."""
        index = max(bisect_right(self._seconds, seconds) - 1, 0)
        past = seconds - self._seconds[index]
        return self._beats[index] + past * self.points[index].quarters_per_minute / 60

    def quarters_per_minute_at(self, beats: Fraction | float) -> float:
        index = max(bisect_right(self._beats, float(beats)) - 1, 0)
        return self.points[index].quarters_per_minute


@dataclass(frozen=True)
class Meter:
    """A time signature and the beat from which it holds."""

    start_beats: Fraction = Fraction(0)
    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if self.numerator < 1 or self.denominator not in (1, 2, 4, 8, 16, 32, 64):
            raise ValueError(f"{self.numerator}/{self.denominator} is no time signature")

    @property
    def bar_beats(self) -> Fraction:
        """Quarter notes of a full bar."""
        return Fraction(4 * self.numerator, self.denominator)

    @property
    def unit_beats(self) -> Fraction:
        """Quarter notes of one unit of the lower number."""
        return Fraction(4, self.denominator)


@dataclass(frozen=True)
class Bar:
    """One bar as it is played: repeats bring the same number again."""

    start_beats: Fraction
    duration_beats: Fraction
    number: int

    @property
    def end_beats(self) -> Fraction:
        return self.start_beats + self.duration_beats


@dataclass(frozen=True)
class PitchPoint:
    """One point of a pitch line drawn by a user.

    Attributes:
        cents: hundredths of a semitone above MIDI note 0, so 6,900 is A4 of 440 Hz.
    """

    beats: Fraction
    cents: float


@dataclass(frozen=True)
class Score:
    """One melody with its words.

    Attributes:
        notes: monophonic, in order of time.
        bars: every bar as played; together they cover the notes without a gap.
        language: as the file states it (ISO 639-1), `None` where it says nothing.
        verses: how many lines of words stand under the notes; each note has that many lyrics.
        part: the name of the part in its file.
        key_fifths: sharps of the first key signature, flats if negative; None where none is stated.
        pitch_lines: pitch lines drawn by a user; where there is none, the voice decides.
        warnings: what was read otherwise than written, one line each.
    """

    title: str
    notes: tuple[Note, ...]
    bars: tuple[Bar, ...]
    tempo: TempoMap = field(default_factory=TempoMap)
    meters: tuple[Meter, ...] = (Meter(),)
    language: str | None = None
    verses: int = 1
    part: str = ""
    key_fifths: int | None = None
    pitch_lines: tuple[tuple[PitchPoint, ...], ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for before, after in itertools.pairwise(self.notes):
            if after.start_beats < before.end_beats:
                raise ValueError(f"two notes sound at once at {after.place}")
        for note in self.notes:
            if len(note.lyrics) != self.verses:
                raise ValueError(
                    f"{note.place} has {len(note.lyrics)} lyrics in a score of {self.verses} verses"
                )
        if not self.bars:
            raise ValueError("a score has at least one bar")
        if self.key_fifths is not None and abs(self.key_fifths) > MOST_FIFTHS:
            raise ValueError(
                f"a key has up to {MOST_FIFTHS} sharps or flats, not {self.key_fifths}"
            )

    @property
    def length_beats(self) -> Fraction:
        """Where the score ends: the last bar line, or the end of a note that rings beyond it."""
        end = self.bars[-1].end_beats
        return max(end, self.notes[-1].end_beats) if self.notes else end

    @property
    def length_s(self) -> float:
        return self.tempo.seconds_at(self.length_beats)

    @property
    def rests(self) -> tuple[Rest, ...]:
        """The silences around and between the notes, in order."""
        edges = [Fraction(0)]
        for note in self.notes:
            edges += [note.start_beats, note.end_beats]
        edges.append(self.length_beats)
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return tuple(Rest(start, end - start) for start, end in pairs if end > start)

    def meter_at(self, beats: Fraction) -> Meter:
        return next((m for m in reversed(self.meters) if m.start_beats <= beats), self.meters[0])

    def place_at(self, beats: Fraction) -> Place:
        """The bar and beat that a musician would name for a moment."""
        return place_in(self.bars, self.meter_at(beats), beats)


def place_in(bars: Sequence[Bar], meter: Meter, beats: Fraction) -> Place:
    """The place of a moment; a pickup bar (number 0) is counted back from its bar line."""
    index = max(bisect_right(bars, beats, key=lambda bar: bar.start_beats) - 1, 0)
    bar = bars[index]
    missing = max(meter.bar_beats - bar.duration_beats, Fraction(0)) if bar.number == 0 else 0
    return Place(bar.number, float((beats - bar.start_beats + missing) / meter.unit_beats) + 1)
