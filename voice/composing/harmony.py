"""Scales, triads and keys by their pitch classes, and which of them fit what sounds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from voice.analysis.model import Key, Mode
from voice.score.model import Meter

_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
_STRANGE_COST = 0.9

Weights = NDArray[np.float64]


def harmony_window(meter: Meter) -> Fraction:
    """How long one chord is taken to sound: half a bar where it can be halved."""
    halves = meter.numerator % 2 == 0
    return meter.bar_beats / 2 if halves else meter.bar_beats


def best_triad(weights: Weights, bass: int | None, key: Key | None) -> tuple[int, Mode]:
    """The triad that fits what sounds; `weights` has a share of time for each pitch class."""
    found: list[tuple[float, int, Mode]] = []
    modes: tuple[Mode, Mode] = ("major", "minor")
    for root in range(12):
        for mode in modes:
            inside = triad(root, mode)
            heard = sum(float(weights[pitch]) for pitch in inside)
            fitting = heard - _STRANGE_COST * (float(weights.sum()) - heard)
            fitting += 0.3 * float(weights[root]) + (0.2 * heard if bass == root else 0.0)
            if key is not None and not inside <= scale(key):
                fitting -= 0.12 * float(weights.sum())
            found.append((fitting, root, mode))
    _, root, mode = max(found)
    return root, mode


def triad(root: int, mode: Mode) -> frozenset[int]:
    return frozenset({root, (root + (4 if mode == "major" else 3)) % 12, (root + 7) % 12})


def scale(key: Key) -> frozenset[int]:
    """The pitch classes of a key; minor is natural with its raised leading note."""
    steps = (0, 2, 4, 5, 7, 9, 11) if key.mode == "major" else (0, 2, 3, 5, 7, 8, 10, 11)
    return frozenset((key.tonic + step) % 12 for step in steps)


def key_from(weights: Weights, last: int | None = None) -> Key:
    """The key whose profile (Krumhansl and Kessler 1982) the weights resemble most.

    `last` is the pitch class of the final bass or melody note, which is usually the tonic.
    """
    scored: list[tuple[float, int, Mode]] = []
    modes: tuple[tuple[Mode, Weights], ...] = (("major", _MAJOR), ("minor", _MINOR))
    for tonic in range(12):
        for mode, profile in modes:
            likeness = float(np.corrcoef(np.roll(profile, tonic), weights)[0, 1])
            scored.append((likeness + (0.15 if last == tonic else 0.0), tonic, mode))
    _, tonic, mode = max(scored)
    return Key(tonic, mode)
