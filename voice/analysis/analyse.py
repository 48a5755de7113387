"""A track from beginning to end: time first, then harmony on its beats, then form on its bars."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from vocoder.frames import GRID
from voice.analysis.bars import BarLines, find_bars
from voice.analysis.course import hear_course
from voice.analysis.form import bar_features, find_sections
from voice.analysis.grid import BeatGrid, beats_of, laid, steady_period, straightened
from voice.analysis.harmony import chord_confidence, find_chords
from voice.analysis.keys import FoundKey, find_key
from voice.analysis.levels_of_beat import Level, counted, hear_levels
from voice.analysis.model import Key, TempoPoint, TrackAnalysis
from voice.analysis.onsets import Onsets, hear_onsets
from voice.analysis.pitches import (
    Pitches,
    bass_chroma,
    hear_pitches,
    sounding_notes,
    treble_chroma,
)
from voice.analysis.pulse import followed
from voice.errors import AnalysisError
from voice.mixing.loudness import SILENCE_LUFS, integrated_lufs

Floats = npt.NDArray[np.float64]
Progress = Callable[[str], None]

SHORTEST_S = 2.0
QUIET_RANGE_DB = 50.0
LEAST_PULSE = 3.8
LEAST_ONSET = 1.6
SLOWEST_TOLD_BPM = 20.0
FASTEST_TOLD_BPM = 400.0
UNITS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Told:
    """What the user knows and the ears need not find; None where they are to find it.

    Attributes:
        bpm: beats of the metre's lower number a minute, held through the whole track.
        first_beat_s: where the first bar begins.
        meter: beats in a bar and the note that is a beat.
    """

    bpm: float | None = None
    key: Key | None = None
    first_beat_s: float | None = None
    meter: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.bpm is not None and not SLOWEST_TOLD_BPM <= self.bpm <= FASTEST_TOLD_BPM:
            raise AnalysisError(
                f"a tempo lies in {SLOWEST_TOLD_BPM:g}-{FASTEST_TOLD_BPM:g} beats a minute, not "
                f"at {self.bpm:g}; mend --bpm"
            )
        if self.first_beat_s is not None and not 0.0 <= self.first_beat_s < math.inf:
            raise AnalysisError(
                f"the first beat lies at or after 0 s, not at {self.first_beat_s:g}; "
                "mend --first-beat"
            )
        if self.meter is not None and not (1 <= self.meter[0] <= 16 and self.meter[1] in UNITS):
            raise AnalysisError(
                f"{self.meter[0]}/{self.meter[1]} is no metre; write --meter 3/4 or 4/4"
            )


def analyse_track(
    audio: Audio, told: Told | None = None, progress: Progress | None = None
) -> TrackAnalysis:
    """Everything that a singer needs to know of a track.

    Raises:
        AnalysisError: a track that is silent, too short, or without a beat where none was told.
    """
    known, say = told or Told(), progress or _silent
    _check(audio, known)
    say("listening for notes")
    pitches = hear_pitches(audio)
    say("listening for onsets")
    onsets = hear_onsets(audio, pitches)
    say("finding the beat")
    grid, sureness = _beats(onsets, pitches, known)
    beats_s = np.round(grid.beats_s, 5)
    edges_s = np.append(beats_s, max(audio.duration_s, float(beats_s[-1]) + 1e-3))
    say("finding bars, chords and key")
    notes = sounding_notes(pitches.between(edges_s))
    treble, bass = treble_chroma(notes), bass_chroma(notes)
    lines = _bars(beats_s, onsets, treble, bass, known)
    downbeats = np.arange(len(beats_s)) % lines.beats_in_bar == lines.first
    chords = find_chords(edges_s, treble, bass, downbeats)
    found = find_key(treble, bass, chords)
    say("finding the form")
    bar_edges_s = _bar_edges(beats_s, downbeats, audio.duration_s)
    sections, clearness = find_sections(bar_edges_s, _features(bar_edges_s, onsets, pitches))
    return TrackAnalysis(
        length_s=audio.duration_s,
        tempo_bpm=round(grid.bpm, 3),
        key=known.key or found.key,
        meter=known.meter or (lines.beats_in_bar, 4),
        beats_s=tuple(float(each) for each in beats_s),
        downbeats_s=tuple(float(each) for each in beats_s[downbeats]),
        chords=chords,
        sections=sections,
        loudness_lufs=integrated_lufs(audio),
        confidence=_confidence(known, grid, sureness, lines, found, treble, bass, clearness),
        tempo_curve=_tempo_curve(beats_s, downbeats),
        course=hear_course(audio, bar_edges_s),
        tuning_cents=round(pitches.tuning_cents, 1),
    )


def _silent(message: str) -> None:
    """Nobody wants to know."""


def _check(audio: Audio, told: Told) -> None:
    if audio.duration_s < SHORTEST_S:
        raise AnalysisError(
            f"the track lasts {audio.duration_s:.2f} s; at least {SHORTEST_S:g} s are needed"
        )
    if integrated_lufs(audio) <= SILENCE_LUFS:
        raise AnalysisError("the track is silent; check that the right file was exported")
    if told.first_beat_s is not None and told.first_beat_s > audio.duration_s - 1.0:
        raise AnalysisError(
            f"the first beat is said to be at {told.first_beat_s:g} s, but the track ends at "
            f"{audio.duration_s:.1f} s; mend --first-beat"
        )


def _beats(onsets: Onsets, pitches: Pitches, told: Told) -> tuple[BeatGrid, float]:
    """The grid and how sure its tempo is."""
    span_s = _sounding_span(onsets)
    if told.bpm is not None:
        return laid(told.bpm, told.first_beat_s, onsets, span_s), 1.0
    levels = hear_levels(onsets, pitches)
    chosen = counted(levels) if levels else None
    if chosen is None or _strength(chosen, onsets) < LEAST_PULSE:
        raise AnalysisError(
            "no beat found; give the tempo with --bpm (and where the first bar begins with "
            "--first-beat)"
        )
    beats = followed(onsets.pulse, chosen.pulse.period_frames).beats
    grid = straightened(beats_of(beats, onsets), onsets, span_s)
    if told.first_beat_s is not None:
        grid = _from(grid, told.first_beat_s, onsets, span_s)
    worths = np.array([level.worth for level in levels])
    return grid, float(1.0 / np.exp(worths - chosen.worth).sum())


def _strength(level: Level, onsets: Onsets) -> float:
    """How much like a beat the chosen level is: up to 3.5 for speech, from 3.9 on for music."""
    if level.bpm <= 0.0 or level.onset < LEAST_ONSET:
        return 0.0
    return level.worth + 2.0 * steady_period(onsets.pulse, 60.0 / level.bpm)[1]


def _from(grid: BeatGrid, first_s: float, onsets: Onsets, span_s: tuple[float, float]) -> BeatGrid:
    """The grid moved so that a beat falls on the told second, and begun there."""
    if grid.steady:
        return laid(grid.bpm, first_s, onsets, span_s)
    nearest = grid.beats_s[int(np.argmin(np.abs(grid.beats_s - first_s)))]
    moved = grid.beats_s + (first_s - nearest)
    return BeatGrid(moved[moved >= first_s - 1e-6], grid.bpm, False, grid.coherence)


def _sounding_span(onsets: Onsets) -> tuple[float, float]:
    """From when to when the track sounds."""
    level = onsets.mel.max(axis=0)
    floor = float(level.max()) - QUIET_RANGE_DB * math.log(10.0) / 20.0
    loud = np.flatnonzero(level >= floor)
    return float(loud[0] * GRID.frame_s), float((loud[-1] + 1) * GRID.frame_s)


def _bars(beats_s: Floats, onsets: Onsets, treble: Floats, bass: Floats, told: Told) -> BarLines:
    meters = (told.meter[0],) if told.meter else (4, 3)
    lines = find_bars(beats_s, onsets, treble, bass, meters)
    if told.first_beat_s is None:
        return lines
    return BarLines(lines.beats_in_bar, 0, 1.0, lines.meter_lead)


def _bar_edges(beats_s: Floats, downbeats: npt.NDArray[np.bool_], end_s: float) -> Floats:
    """Where each bar begins, a pickup and the rest at the end being bars of their own."""
    edges = beats_s[downbeats]
    if not len(edges) or edges[0] > beats_s[0] + 1e-6:
        edges = np.concatenate([beats_s[:1], edges])
    return np.asarray(np.append(edges, max(end_s, float(edges[-1]) + 1e-3)))


def _features(edges_s: Floats, onsets: Onsets, pitches: Pitches) -> Floats:
    frames = np.clip(np.round(edges_s / GRID.frame_s).astype(int), 0, onsets.frames - 1)
    mel = np.array(
        [
            onsets.mel[:, first : max(last, first + 1)].mean(axis=1)
            for first, last in itertools.pairwise(frames)
        ]
    )
    chroma = treble_chroma(sounding_notes(pitches.between(edges_s)))
    return bar_features(mel.astype(np.float64), chroma)


def _tempo_curve(beats_s: Floats, downbeats: npt.NDArray[np.bool_]) -> tuple[TempoPoint, ...]:
    """The tempo of each full bar."""
    at = np.flatnonzero(downbeats)
    return tuple(
        TempoPoint(float(beats_s[here]), round(60.0 * float(after - here) / float(length), 3))
        for here, after in itertools.pairwise(at)
        if (length := beats_s[after] - beats_s[here]) > 0
    )


def _confidence(
    told: Told,
    grid: BeatGrid,
    sureness: float,
    lines: BarLines,
    found: FoundKey,
    treble: Floats,
    bass: Floats,
    clearness: float,
) -> dict[str, float]:
    """0-1 for each finding; 1 for what was told."""
    meter = 1.0 - math.exp(-12.0 * max(lines.meter_lead, 0.0))
    values = {
        "tempo": 1.0 if told.bpm is not None else sureness * grid.coherence,
        "beats": 1.0 if told.bpm and told.first_beat_s is not None else grid.coherence,
        "meter": 1.0 if told.meter is not None else meter,
        "key": 1.0 if told.key is not None else found.confidence,
        "chords": chord_confidence(treble, bass),
        "sections": clearness,
    }
    return {name: round(float(np.clip(value, 0.0, 1.0)), 3) for name, value in values.items()}
