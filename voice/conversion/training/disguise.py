"""Disguises: another throat, another microphone, another room, so that only the words remain.

All of it acts on envelopes `(40, frames)`, natural log amplitude, at the level the voices are
trained at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.signal

from vocoder.frames import GRID
from vocoder.pitch import PitchCurve
from voice.conversion.config import BANDS
from voice.conversion.features import centres_hz, envelope_of

WARPS = tuple(float(warp) for warp in np.round(np.geomspace(0.8, 1.25, 13), 4))
LEVEL_NEPERS = 0.9
TILT_NEPERS = 0.6
BUMP_NEPERS = 0.7
NOISE_SHARE, NOISE_NEPERS = 0.35, (-11.5, -7.0)
NARROW_SHARE, NARROW_HZ = 0.2, (3_400.0, 12_000.0)
ROOM_SHARE, ROOM_S, ROOM_NEPERS = 0.2, (0.1, 0.6), (-3.5, -1.5)
USUAL_NEPERS = 0.15
FLOOR_NEPERS = -11.5

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Disguised:
    """`envelope` `(40, frames)`; `usual` `(40,)`, the mean that belongs to it; `trust` in it."""

    envelope: Floats32
    usual: Floats32
    trust: float


def disguised(
    mel: Floats32, pitch: PitchCurve, usual: Floats32, random: np.random.Generator
) -> Disguised:
    """A crop as another singer might have said it in another room.

    Args:
        usual: the mean envelope of the singer.
    """
    warp = WARPS[int(random.integers(len(WARPS)))]
    seen = envelope_of(mel, pitch, warp)
    hz = centres_hz()
    mean = np.interp(hz * warp, hz, usual)
    colour = _colour(random) + random.uniform(-LEVEL_NEPERS, LEVEL_NEPERS)
    envelope = seen.astype(np.float64) + colour[:, None]
    mean = mean + colour
    if random.random() < ROOM_SHARE:
        envelope = _in_a_room(envelope, random)
    if random.random() < NARROW_SHARE:
        highest = np.exp(random.uniform(*np.log(NARROW_HZ)))
        envelope[hz > highest] = FLOOR_NEPERS
        mean[hz > highest] = FLOOR_NEPERS
    if random.random() < NOISE_SHARE:
        envelope = np.logaddexp(envelope, _noise(envelope.shape[1], random))
    mean = mean + USUAL_NEPERS * random.standard_normal(BANDS)
    return Disguised(
        np.maximum(envelope, FLOOR_NEPERS).astype(np.float32),
        mean.astype(np.float32),
        float(random.uniform(0.0, 1.0)),
    )


def _colour(random: np.random.Generator) -> Floats:
    """A microphone's response: a tilt and two broad bumps."""
    place = np.linspace(-1.0, 1.0, BANDS)
    curve = random.uniform(-TILT_NEPERS, TILT_NEPERS) * place
    for _ in range(2):
        centre, width = random.uniform(-1.0, 1.0), random.uniform(0.1, 0.4)
        curve += random.uniform(-BUMP_NEPERS, BUMP_NEPERS) * np.exp(
            -(((place - centre) / width) ** 2)
        )
    return np.asarray(curve)


def _in_a_room(envelope: Floats, random: np.random.Generator) -> Floats:
    """Each frame's power dies away over those that follow."""
    decay = 10.0 ** (-6.0 * GRID.frame_s / random.uniform(*ROOM_S))
    level = np.exp(2.0 * random.uniform(*ROOM_NEPERS))
    power = np.exp(2.0 * envelope)
    tail = scipy.signal.lfilter([0.0, 1.0], [1.0, -decay], power, axis=1)
    return np.asarray(0.5 * np.log(power + level * tail))


def _noise(frames: int, random: np.random.Generator) -> Floats:
    tilt = random.uniform(-1.0, 1.0) * np.linspace(1.0, -1.0, BANDS)
    steady = random.uniform(*NOISE_NEPERS) + tilt
    return np.asarray(steady[:, None] + 0.25 * random.standard_normal((BANDS, frames)))
