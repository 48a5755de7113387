"""How near an analysis comes to the truth of a track: tempo, beats, key and chords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voice.analysis.model import ChordSpan, Key, TrackAnalysis

TEMPO_TOLERANCE = 0.01
BEAT_TOLERANCE_S = 0.07
OCTAVES = (1.0, 2.0, 0.5, 3.0, 1.0 / 3.0)


@dataclass(frozen=True)
class Truth:
    """What is known of a track; what is empty or None is not judged."""

    bpm: float
    key: Key
    beats_s: tuple[float, ...] = ()
    downbeats_s: tuple[float, ...] = ()
    chords: tuple[ChordSpan, ...] = ()


@dataclass(frozen=True)
class Judged:
    """One track's marks; NaN where the truth is not known."""

    name: str
    drums: bool
    found_bpm: float
    true_bpm: float
    found_key: str
    true_key: str
    beats: float
    downbeats: float
    chords: float
    chord_s: float

    @property
    def exact(self) -> bool:
        return abs(self.found_bpm / self.true_bpm - 1.0) <= TEMPO_TOLERANCE

    @property
    def tolerant(self) -> bool:
        ratios = [self.found_bpm / (self.true_bpm * octave) for octave in OCTAVES]
        return any(abs(ratio - 1.0) <= TEMPO_TOLERANCE for ratio in ratios)

    @property
    def key_right(self) -> bool:
        return self.found_key == self.true_key


def judge(name: str, drums: bool, found: TrackAnalysis, truth: Truth) -> Judged:
    """The marks of one analysis."""
    end_s = truth.beats_s[-1] + 1.0 if truth.beats_s else 0.0
    beats = [beat for beat in found.beats_s if beat <= end_s]
    downbeats = [beat for beat in found.downbeats_s if beat <= end_s]
    return Judged(
        name=name,
        drums=drums,
        found_bpm=found.tempo_bpm,
        true_bpm=truth.bpm,
        found_key=str(found.key),
        true_key=str(truth.key),
        beats=f_measure(beats, truth.beats_s),
        downbeats=f_measure(downbeats, truth.downbeats_s),
        chords=chord_overlap(found.chords, truth.chords),
        chord_s=sum(chord.end_s - chord.start_s for chord in truth.chords),
    )


def f_measure(
    found: Sequence[float], truth: Sequence[float], tolerance_s: float = BEAT_TOLERANCE_S
) -> float:
    """Harmonic mean of precision and recall, each true beat met once at most; NaN without truth."""
    if not truth:
        return float("nan")
    hits = at = 0
    for beat in truth:
        while at < len(found) and found[at] < beat - tolerance_s:
            at += 1
        if at < len(found) and found[at] <= beat + tolerance_s:
            hits += 1
            at += 1
    return 2.0 * hits / (len(found) + len(truth))


def chord_overlap(found: Sequence[ChordSpan], truth: Sequence[ChordSpan]) -> float:
    """The share of the time of true major and minor chords in which the same is found."""
    total = sum(chord.end_s - chord.start_s for chord in truth)
    if total <= 0.0:
        return float("nan")
    right = 0.0
    for true in truth:
        for chord in found:
            if (chord.root, chord.mode) == (true.root, true.mode):
                right += max(0.0, min(chord.end_s, true.end_s) - max(chord.start_s, true.start_s))
    return float(np.clip(right / total, 0.0, 1.0))
