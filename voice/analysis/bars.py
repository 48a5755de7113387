"""Which beats begin a bar, and how many make one.

Harmony changes, bass notes, kicks and most beginnings of notes come on first beats more than on
others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from voice.analysis.onsets import Onsets, frame_of

Floats = npt.NDArray[np.float64]

METERS = (4, 3)
NEAR_HARMONY, HARMONY, BASS, LOW, TONES = 0.5, 1.0, 0.6, 0.6, 1.2
MOST_SPREADS = 3.0


@dataclass(frozen=True)
class BarLines:
    """The first beats of bars.

    Attributes:
        beats_in_bar: how many beats to a bar.
        first: index of the beat on which the first full bar begins, below `beats_in_bar`.
        lead: how much better this reading is than the next best, in its own units.
        meter_lead: how much better than the best reading in the other metre.
    """

    beats_in_bar: int
    first: int
    lead: float
    meter_lead: float


def find_bars(
    beats_s: Floats,
    onsets: Onsets,
    treble: Floats,
    bass: Floats,
    meters: Sequence[int] = METERS,
) -> BarLines:
    """The reading of the beats that explains their accents best.

    Args:
        treble, bass: pitch classes from each beat to the next, `(beats, 12)`.
    """
    accents = beat_accents(beats_s, onsets, treble, bass)
    readings = sorted(
        (
            (_contrast(accents, beats, phase), beats, phase)
            for beats in meters
            for phase in range(beats)
        ),
        reverse=True,
    )
    best, beats, phase = readings[0]
    others = [score for score, other, _ in readings if other != beats]
    return BarLines(
        beats_in_bar=beats,
        first=phase,
        lead=best - readings[1][0] if len(readings) > 1 else best,
        meter_lead=best - max(others) if others else best,
    )


def beat_accents(beats_s: Floats, onsets: Onsets, treble: Floats, bass: Floats) -> Floats:
    """How much each beat sounds like a first beat, `(beats,)`, of mean 0."""
    parts = (
        (NEAR_HARMONY, chroma_change(treble, 1)),
        (HARMONY, chroma_change(treble, 2)),
        (BASS, chroma_change(bass, 1)),
        (LOW, at_beats(onsets.low, beats_s)),
        (TONES, at_beats(onsets.tones, beats_s)),
    )
    return np.asarray(sum(weight * _standard(values) for weight, values in parts))


def chroma_change(chroma: Floats, reach: int) -> Floats:
    """How much the pitch classes after each beat differ from those before, `(beats,)`."""
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(chroma, axis=0)])
    count = len(chroma)
    here = np.arange(count)
    before = total[here] - total[np.maximum(here - reach, 0)]
    after = total[np.minimum(here + reach, count)] - total[here]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    alike = np.sum(before * after, axis=1) / np.maximum(lengths, 1e-9)
    alike[lengths < 1e-9] = 1.0
    return np.asarray(1.0 - alike)


def at_beats(curve: Floats, beats_s: Floats) -> Floats:
    """The strongest value within two frames of each beat, `(beats,)`."""
    highest = scipy.ndimage.maximum_filter1d(curve, 5)
    frames = np.clip(np.round(frame_of(0.0) + beats_s / _frame_s()), 0, max(len(curve) - 1, 0))
    return np.asarray(highest[frames.astype(int)]) if len(curve) else np.zeros(len(beats_s))


def _frame_s() -> float:
    return 1.0 / (frame_of(1.0) - frame_of(0.0))


def _standard(values: Floats) -> Floats:
    spread = float(values.std())
    if spread < 1e-9:
        return np.zeros_like(values)
    clipped: Floats = np.clip((values - values.mean()) / spread, -MOST_SPREADS, MOST_SPREADS)
    return clipped


def _contrast(accents: Floats, beats: int, phase: int) -> float:
    """Correlation of the accents with one first beat in every `beats`."""
    firsts = (np.arange(len(accents)) % beats == phase).astype(np.float64)
    if len(accents) < 2 * beats or accents.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(accents, firsts)[0, 1])
