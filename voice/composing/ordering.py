"""From what a user orders to a plan: a track, its analysis, or key, tempo and chords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from lyrics.writer.errors import LyricsFileError
from voice.analysis.model import Key, TrackAnalysis
from voice.card import VoiceRange
from voice.composing.chords import Chord, ChordInBeats, parse_chords, parse_key
from voice.composing.errors import PlanError, WordsError
from voice.composing.harmony import best_triad, harmony_window, key_from, triad
from voice.composing.plan import (
    USUAL_RANGE,
    MelodyPlan,
    is_compound,
    parse_style,
    plan_from,
    plan_over,
)
from voice.composing.words import Words, words_from
from voice.errors import OutputError
from voice.score.model import Score
from voice.score.words import read_words
from voice.score.writing import WRITERS

MOST_ALTERNATIVES = 50


@dataclass(frozen=True)
class MelodyOrder:
    """What a user says of the music; a track, its analysis, or neither with key and tempo."""

    over: Path | None = None
    analysis: Path | None = None
    start_bar: int = 1
    key: str | None = None
    bpm: float | None = None
    chords: str | None = None
    meter: str | None = None
    style: str = "pop"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.over is not None and self.analysis is not None:
            raise PlanError("--over and --analysis say the same; give one of them")
        if self.start_bar < 1:
            raise PlanError(f"--start {self.start_bar}: bars are counted from 1")


def check_count(alternatives: int) -> None:
    if not 1 <= alternatives <= MOST_ALTERNATIVES:
        raise PlanError(f"{alternatives} alternatives: ask for 1 to {MOST_ALTERNATIVES}")


def check_target(path: Path) -> None:
    """Refuse before any work what could not be written in the end.

    Raises:
        OutputError: another format, or a folder that is not there.
    """
    if path.suffix.lower() not in WRITERS:
        known = " ".join(sorted(WRITERS))
        raise OutputError(f"{path}: a melody is written as one of {known}")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}; make it first")


def read_lyrics(path: Path, language: str = "en") -> Words:
    """The words of a text file.

    Raises:
        ScoreError, WordsError: no such file, or no words in it.
    """
    try:
        return words_from(read_words(path), language, path.stem)
    except (WordsError, LyricsFileError) as error:
        raise WordsError(f"{path}: {error}") from error


def plan_for(order: MelodyOrder, voice: VoiceRange = USUAL_RANGE) -> MelodyPlan:
    """The plan of an order.

    Raises:
        PlanError: something is missing, or is no key, chord, tempo or metre.
    """
    if order.over is not None or order.analysis is not None:
        plan = plan_over(
            _analysis(order), order.start_bar, voice=voice, style=order.style, seed=order.seed
        )
        return plan if order.chords is None else _with_chords(plan, order.chords)
    if order.bpm is None:
        raise PlanError("no tempo: give --over TRACK, --analysis FILE, or --bpm with --key")
    if order.key is None and order.chords is None:
        raise PlanError('no key: give --key, such as "A minor", or --chords')
    meter = order.meter or "4/4"
    key = order.key or str(_key_of(parse_chords(order.chords or "", Fraction(4))))
    plan = plan_from(key, order.bpm, order.chords, meter, voice=voice, style=order.style,
                     seed=order.seed)  # fmt: skip
    return replace(plan, start_bar=order.start_bar)


def plan_of_melody(
    score: Score,
    key: str | None,
    chords: str | None,
    analysis: Path | None,
    voice: VoiceRange | None,
    style: str,
) -> MelodyPlan:
    """The plan that a melody seems to have been written for; what is said overrules it."""
    meter = score.meters[0]
    unit = 3 * meter.unit_beats if is_compound(meter) else meter.unit_beats
    pitches = [note.midi for note in score.notes]
    weights = np.full(12, 1e-6)
    for note in score.notes:
        weights[note.midi % 12] += float(note.duration_beats)
    tonality = parse_key(key) if key else key_from(weights, pitches[-1] % 12)
    reach = voice or VoiceRange(min(pitches) - 1, max(max(pitches) + 1, min(pitches) + 8))
    plan = MelodyPlan(
        bpm=score.tempo.quarters_per_minute_at(0) / float(unit),
        meter=meter,
        key=tonality,
        chords=_implied_chords(score, tonality),
        range=reach,
        style=parse_style(style),
        bars=len(score.bars),
    )
    if analysis is not None:
        track = _analysis(MelodyOrder(analysis=analysis, key=key))
        over = plan_over(track, voice=reach, style=style)
        plan = replace(over, bars=max(over.bars or 1, len(score.bars)))
    return plan if chords is None else _with_chords(plan, chords)


def _analysis(order: MelodyOrder) -> TrackAnalysis:
    if order.analysis is not None:
        from voice.analysis.files import read_analysis

        found = read_analysis(order.analysis)
        return found if order.key is None else replace(found, key=parse_key(order.key))
    from vocoder.audio import read_audio
    from voice.analysis.analyse import Told, analyse_track
    from voice.composing.plan import parse_meter

    meter = parse_meter(order.meter) if order.meter else None
    told = Told(
        bpm=order.bpm,
        key=parse_key(order.key) if order.key else None,
        meter=(meter.numerator, meter.denominator) if meter else None,
    )
    if order.over is None:
        raise PlanError("no track to write a melody over; give --over TRACK")
    return analyse_track(read_audio(order.over), told)


def _with_chords(plan: MelodyPlan, chords: str) -> MelodyPlan:
    """The plan with a row of chords, repeated through all of its bars."""
    bar = plan.meter.bar_beats
    row = parse_chords(chords, bar)
    end = (plan.bars or 1) * bar
    spans: list[ChordInBeats] = []
    shift = Fraction(0)
    while shift < end:
        spans += [ChordInBeats(s.start_beats + shift, s.end_beats + shift, s.chord) for s in row]
        shift += row[-1].end_beats
    return replace(plan, chords=tuple(spans))


def _key_of(chords: Sequence[ChordInBeats]) -> Key:
    """The key of a row of chords: their tones, and the first root as a hint."""
    weights = np.full(12, 1e-6)
    for span in chords:
        length = float(span.end_beats - span.start_beats)
        for pitch in span.chord.pitch_classes:
            weights[pitch] += length
    return key_from(weights, chords[0].chord.root)


def _implied_chords(score: Score, key: Key) -> tuple[ChordInBeats, ...]:
    """Triads that the melody itself implies, window by window of its bars."""
    window = harmony_window(score.meters[0])
    end = score.length_beats
    edges = [index * window for index in range(int(-(-end // window)) + 1)]
    spans: list[ChordInBeats] = []
    last = Chord("N", ())
    for low, high in pairwise(edges):
        weights = np.zeros(12)
        for note in score.notes:
            shared = float(min(high, note.end_beats) - max(low, note.start_beats))
            weights[note.midi % 12] += max(shared, 0.0)
        if weights.any():
            root, mode = best_triad(weights, None, key)
            last = Chord(f"{root}{mode}", (root, *sorted(triad(root, mode) - {root})))
        spans.append(ChordInBeats(low, high, last))
    return tuple(spans)
