"""Moments of breath or creak that are heard as a high tone, and are none.

What hisses through a narrow formant, or rattles, repeats itself at the formant's frequency for some
hundredths of a second. Sung after, it would be a chirp, more than an octave above the voice.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from vocoder.pitch import hz_to_midi

LONGEST_S, AROUND_S = 0.15, 1.0
HIGHER_SEMITONES = 15.0
"""Above the middle of what is voiced around; of 32 chirps in songs and speech the lowest lies 17
higher."""
PERIODIC = 0.85
"""Strength of autocorrelation from which a tone is believed, be it as high and short; those chirps
have 0.53-0.81."""
STEP_SEMITONES = 4.0
FEWEST_AROUND_S = 0.05

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def chirps(hz: Floats, strength: Floats, step_s: float) -> Mask:
    """Which moments are such, `(moments,)`.

    Args:
        hz: pitch every `step_s`, 0 where nothing is voiced.
        strength: how periodic each moment is, 0-1.
    """
    voiced = hz > 0
    found = np.zeros(len(hz), dtype=np.bool_)
    midi = hz_to_midi(np.where(voiced, hz, 1.0))
    around, fewest = round(AROUND_S / step_s), FEWEST_AROUND_S / step_s
    for first, end in _stretches(midi, voiced):
        if (end - first) * step_s > LONGEST_S or strength[first:end].mean() >= PERIODIC:
            continue
        beside = np.r_[max(0, first - around) : first, end : min(len(hz), end + around)]
        beside = beside[voiced[beside]]
        if len(beside) >= fewest:
            higher = np.median(midi[first:end]) - np.median(midi[beside])
            found[first:end] = higher > HIGHER_SEMITONES
    return found


def _stretches(midi: Floats, voiced: Mask) -> list[tuple[int, int]]:
    """What is voiced and without leaps: first moment, and the one after the last."""
    leaps = (voiced[1:] != voiced[:-1]) | (np.abs(np.diff(midi)) > STEP_SEMITONES)
    edges = [0, *(np.flatnonzero(leaps) + 1).tolist(), len(midi)]
    return [(first, end) for first, end in pairwise(edges) if voiced[first]]
