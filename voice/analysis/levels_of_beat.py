"""Which level of the beat is counted: eighths, quarters or halves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID
from voice.analysis.bars import at_beats, chroma_change
from voice.analysis.grid import beats_of
from voice.analysis.onsets import Onsets
from voice.analysis.pitches import BINS_PER_SEMITONE, FRAME_S, Pitches, treble_chroma
from voice.analysis.pulse import Pulse, candidate_periods, followed, periodicity

Floats = npt.NDArray[np.float64]

EXCERPT_S = 75.0
TAPPED_BPM = 108.0
NAMES = ("prior", "on", "half", "third", "alternation", "harmony", "likeness", "low", "between")
WEIGHTS = (-0.91, 0.92, -0.39, -0.34, -0.69, 0.0, 4.37, 0.0, -1.99)


@dataclass(frozen=True, eq=False)
class Level:
    """A pulse at one level, and what speaks for and against counting it."""

    pulse: Pulse
    beats_s: Floats
    bpm: float
    traits: Floats

    @property
    def onset(self) -> float:
        """How much begins on its beats, in units of the curve's own strength."""
        return float(self.traits[NAMES.index("on")])

    @property
    def worth(self) -> float:
        return float(self.traits @ np.array(WEIGHTS))


def counted(levels: Sequence[Level]) -> Level:
    """The level that a listener would count."""
    return max(levels, key=lambda level: level.worth)


def hear_levels(onsets: Onsets, pitches: Pitches) -> list[Level]:
    """Every level that might be counted, followed through the fullest `EXCERPT_S` of the track."""
    width = min(round(EXCERPT_S * GRID.frames_per_second), onsets.frames)
    power = np.concatenate([[0.0], np.cumsum(np.exp(onsets.mel).mean(axis=0, dtype=np.float64))])
    first = int(np.argmax(power[width:] - power[: len(power) - width]))
    heard = onsets.cut(first, first + width)
    begin, end = (round(frame * GRID.frame_s / FRAME_S) for frame in (first, first + width))
    chroma = coarse_chroma(pitches.bins[begin:end])
    alike = periodicity(heard.pulse)
    return [
        level_of(followed(heard.pulse, period), heard, chroma, alike)
        for period in candidate_periods(alike)
    ]


def coarse_chroma(bins: Floats) -> Floats:
    """Pitch classes of each frame, overtones and all: enough to tell where harmony changes."""
    return treble_chroma(np.log1p(bins).reshape(len(bins), -1, BINS_PER_SEMITONE).max(axis=2))


def level_of(pulse: Pulse, onsets: Onsets, chroma: Floats, alike: Floats) -> Level:
    """A pulse with its traits.

    Args:
        chroma: pitch classes frame by frame on the clock of `pitches`, `(frames, 12)`.
        alike: periodicity of the onsets by lag.
    """
    beats_s = beats_of(pulse.beats, onsets)
    if len(beats_s) < 4:
        return Level(pulse, beats_s, 0.0, np.full(len(NAMES), -10.0))
    gap_s = float(np.median(np.diff(beats_s)))
    gaps = np.diff(beats_s)
    on = at_beats(onsets.pulse, beats_s)
    half = at_beats(onsets.pulse, beats_s[:-1] + gaps / 2)
    thirds = at_beats(
        onsets.whole, np.concatenate([beats_s[:-1] + gaps / 3, beats_s[:-1] + gaps * 2 / 3])
    )
    scale = max(float(on.mean()), 1e-9)
    even, odd = float(on[::2].mean()), float(on[1::2].mean())
    lag = gap_s * GRID.frames_per_second
    traits = np.array(
        [
            np.log2(60.0 / gap_s / TAPPED_BPM) ** 2,
            scale,
            float(half.mean()) / scale,
            float(thirds.mean()) / scale,
            abs(even - odd) / scale,
            _harmony(beats_s, chroma),
            float(np.interp(lag, np.arange(len(alike)), alike)),
            float(at_beats(onsets.low, beats_s).mean()) / scale,
            _between(onsets.tones, beats_s, gaps),
        ]
    )
    return Level(pulse, beats_s, 60.0 / gap_s, traits)


def _between(tones: Floats, beats_s: Floats, gaps: Floats) -> float:
    """How many notes begin half-way, against those that begin on the beats."""
    half = float(at_beats(tones, beats_s[:-1] + gaps / 2).mean())
    return half / max(float(at_beats(tones, beats_s).mean()), 1e-9)


def _harmony(beats_s: Floats, chroma: Floats) -> float:
    """How much more the harmony changes on beats than between them."""
    edges = np.sort(np.concatenate([beats_s, beats_s[:-1] + np.diff(beats_s) / 2]))
    at = np.clip(np.round(edges / FRAME_S).astype(int), 0, len(chroma) - 1)
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(chroma, axis=0)])
    last = np.maximum(np.append(at[1:], len(chroma)), at + 1)
    change = chroma_change((total[last] - total[at]) / (last - at)[:, None], 1)
    return float(change[::2].mean() - change[1::2].mean())
