"""What a melody is written for: time, key, chords, voice and style."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from statistics import median

from voice.analysis.model import Key, TrackAnalysis
from voice.card import VoiceRange
from voice.composing.chords import (
    Chord,
    ChordInBeats,
    chord_of_span,
    parse_chords,
    parse_key,
    tonic_chord,
)
from voice.composing.errors import PlanError
from voice.score.model import FASTEST_QPM, SLOWEST_QPM, Meter, TempoMap, TempoPoint

NARROWEST_RANGE = 7
USUAL_RANGE = VoiceRange(55, 76)
STEADY_TEMPO = 0.004
_NO_CHORD = Chord("N", ())


class Style(StrEnum):
    BALLAD = "ballad"
    POP = "pop"
    FOLK = "folk"
    RAP = "rap"


@dataclass(frozen=True)
class MelodyPlan:
    """The frame into which a melody is written.

    Beat 0 is the first beat of bar 1; over a track that is its first downbeat, so that a vocal
    sung from the melody is always laid over the track from bar 1.

    Attributes:
        bpm: beats a minute as they are counted: dotted quarters in 6/8, 9/8 and 12/8, else the
            note of the lower number.
        chords: from beat 0 on, without gap.
        bars: how many there are; `None` for as many as the words need, the chords repeated.
        start_bar: the bar, from 1, on which the first line falls; its pickup sounds before.
        tempo: that of a track, where it is not steady.
        section_bars: bars from 1 at which parts of a track begin; sections of the words like to
            begin there.
    """

    bpm: float
    meter: Meter
    key: Key
    chords: tuple[ChordInBeats, ...]
    range: VoiceRange = USUAL_RANGE
    style: Style = Style.POP
    seed: int = 0
    bars: int | None = None
    start_bar: int = 1
    tempo: TempoMap | None = None
    section_bars: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not SLOWEST_QPM <= self.quarters_per_minute <= FASTEST_QPM:
            raise PlanError(
                f"{self.bpm:g} beats a minute is no tempo to sing; give {SLOWEST_QPM:g} to "
                f"{FASTEST_QPM:g} quarter notes a minute"
            )
        if self.range.high_midi - self.range.low_midi < NARROWEST_RANGE:
            raise PlanError(
                f"a range of {self.range.high_midi - self.range.low_midi} semitones is too narrow "
                f"for a melody; it takes at least {NARROWEST_RANGE}"
            )
        if not 2 <= self.meter.numerator <= 12:
            raise PlanError(
                f"no melody is written in {self.meter.numerator}/{self.meter.denominator}; "
                "give 2 to 12 beats in a bar, such as 4/4, 3/4 or 6/8"
            )
        if self.bars is not None and not 1 <= self.start_bar <= self.bars:
            raise PlanError(f"bar {self.start_bar} is not among the {self.bars} bars there are")
        if not self.chords or self.chords[0].start_beats != 0:
            raise PlanError("the chords of a plan begin at beat 0")
        if any(a.end_beats != b.start_beats for a, b in pairwise(self.chords)):
            raise PlanError("the chords of a plan follow one another without gap or overlap")

    @property
    def beat_beats(self) -> Fraction:
        """Quarter notes of a counted beat."""
        unit = self.meter.unit_beats
        return 3 * unit if is_compound(self.meter) else unit

    @property
    def quarters_per_minute(self) -> float:
        return self.bpm * float(self.beat_beats)

    @property
    def tempo_map(self) -> TempoMap:
        return self.tempo or TempoMap.constant(self.quarters_per_minute)

    @property
    def bar_s(self) -> float:
        return float(self.meter.bar_beats) * 60 / self.quarters_per_minute

    def chord_at(self, beats: Fraction) -> Chord:
        """What sounds at a beat; the chords repeat where the bars are not counted."""
        length = self.chords[-1].end_beats
        if beats >= length and self.bars is not None:
            return self.chords[-1].chord
        place = beats % length
        index = bisect_right(self.chords, place, key=lambda span: span.start_beats) - 1
        return self.chords[index].chord


def is_compound(meter: Meter) -> bool:
    """Whether three units make a beat."""
    return meter.denominator >= 8 and meter.numerator % 3 == 0 and meter.numerator > 3


def parse_meter(text: str) -> Meter:
    """Raises PlanError for what is no time signature."""
    upper, _, lower = text.strip().partition("/")
    if not (upper.isdecimal() and lower in ("2", "4", "8", "16")) or int(upper) < 1:
        raise PlanError(f'"{text}" is no metre; write it as 4/4, 3/4 or 6/8')
    return Meter(Fraction(0), int(upper), int(lower))


def parse_style(text: str) -> Style:
    """Raises PlanError for an unknown style."""
    if text not in list(Style):
        raise PlanError(f'no style "{text}"; there are {", ".join(Style)}')
    return Style(text)


def plan_from(
    key: str,
    bpm: float,
    chords: str | None = None,
    meter: str = "4/4",
    *,
    voice: VoiceRange = USUAL_RANGE,
    style: Style | str = Style.POP,
    seed: int = 0,
    bars: int | None = None,
) -> MelodyPlan:
    """A plan from what a user writes; without chords the tonic sounds throughout.

    Raises:
        PlanError: an unknown key, chord, metre or style, or a tempo that nobody sings.
    """
    signature, tonality = parse_meter(meter), parse_key(key)
    bar = signature.bar_beats
    spans = (
        (ChordInBeats(Fraction(0), bar, tonic_chord(tonality)),)
        if chords is None
        else parse_chords(chords, bar)
    )
    return MelodyPlan(
        bpm=bpm,
        meter=signature,
        key=tonality,
        chords=spans,
        range=voice,
        style=parse_style(style),
        seed=seed,
        bars=bars,
    )


def plan_over(
    analysis: TrackAnalysis,
    start_bar: int = 1,
    *,
    voice: VoiceRange = USUAL_RANGE,
    style: Style | str = Style.POP,
    seed: int = 0,
) -> MelodyPlan:
    """A plan over a track: its bars, its tempo bar by bar, and its chords to the nearest beat.

    Args:
        start_bar: where the first line falls, counted from 1 at the first downbeat.

    Raises:
        PlanError: the track has no beat, or no such bar.
    """
    downbeats = analysis.downbeats_s
    if len(downbeats) < 2 or analysis.tempo_bpm <= 0:
        raise PlanError(
            "the track has no bars to sing to; give --bpm, or --key, --bpm and --chords instead"
        )
    numerator, denominator = analysis.meter
    meter = Meter(Fraction(0), numerator, denominator)
    lengths_s = [after - here for here, after in pairwise(downbeats)]
    usual_s = float(median(lengths_s))
    edges = [*downbeats]
    if analysis.length_s - downbeats[-1] >= 0.9 * usual_s:
        edges.append(downbeats[-1] + usual_s)
    bars = len(edges) - 1
    qpm = float(meter.bar_beats) * 60 / usual_s
    beat = 3 * meter.unit_beats if is_compound(meter) else meter.unit_beats
    return MelodyPlan(
        bpm=qpm / float(beat),
        meter=meter,
        key=analysis.key,
        chords=_chords_in_beats(analysis, edges, meter),
        range=voice,
        style=parse_style(style),
        seed=seed,
        bars=bars,
        start_bar=start_bar,
        tempo=_tempo(edges, meter, qpm),
        section_bars=tuple(sorted({_nearest(edges, part.start_s) + 1 for part in analysis.sections
                                   if part.start_s < edges[-1]})),
    )  # fmt: skip


def _tempo(edges: Sequence[float], meter: Meter, usual_qpm: float) -> TempoMap | None:
    """The tempo of every bar, or `None` where the steady one never strays from the downbeats."""
    bar = meter.bar_beats
    bar_s = float(bar) * 60 / usual_qpm
    strays = max(abs(edge - edges[0] - number * bar_s) for number, edge in enumerate(edges))
    if strays <= STEADY_TEMPO * bar_s:
        return None
    points = tuple(
        TempoPoint(number * bar, float(bar) * 60 / (after - here))
        for number, (here, after) in enumerate(pairwise(edges))
    )
    return TempoMap(points)


def _chords_in_beats(
    analysis: TrackAnalysis, edges: Sequence[float], meter: Meter
) -> tuple[ChordInBeats, ...]:
    """One span for each stretch of whole units in which the same chord sounds."""
    names: list[tuple[Fraction, Chord]] = []
    unit, each = meter.unit_beats, meter.numerator
    for number, (here, after) in enumerate(pairwise(edges)):
        for place in range(each):
            middle_s = here + (after - here) * (place + 0.5) / each
            span = analysis.chord_at(middle_s)
            chord = _NO_CHORD if span is None else chord_of_span(span)
            if not names or names[-1][1] != chord:
                names.append((number * meter.bar_beats + place * unit, chord))
    end = (len(edges) - 1) * meter.bar_beats
    ends = [start for start, _ in names[1:]] + [end]
    return tuple(
        ChordInBeats(start, stop, chord) for (start, chord), stop in zip(names, ends, strict=True)
    )


def _nearest(edges: Sequence[float], second: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - second))
