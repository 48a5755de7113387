"""When something begins to sound: onset strengths frame by frame, from a mel spectrogram.

Spectral flux with a maximum filter over neighbouring bands, so that vibrato is no onset (SuperFlux,
Böck and Widmer 2013), on the frame clock of the singer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.ndimage

from vocoder.audio import Audio
from vocoder.frames import GRID, SAMPLE_RATE_HZ
from vocoder.mel import log_mel

Floats = npt.NDArray[np.float64]

RANGE_LOG = float(np.log(10.0 ** (66.0 / 20.0)))
LAG_FRAMES = 2
LOW_BANDS = slice(0, 7)
HIGH_BANDS = slice(70, 128)
LEVEL_S = 8.0
FLUX_LEADS_S = 0.0


@dataclass(frozen=True, eq=False)
class Onsets:
    """Onset strengths of the whole, of kick and bass and of cymbals and snare, `(frames,)` each.

    Every curve has a mean square of about 1 around any moment, so that soft parts count too.
    `mel` is the log-mel spectrogram they were taken from, `(mels, frames)`.
    """

    whole: Floats
    low: Floats
    high: Floats
    mel: npt.NDArray[np.float32]

    @property
    def frames(self) -> int:
        return len(self.whole)


def hear_onsets(audio: Audio) -> Onsets:
    """Onset strengths of a track of any rate and channels."""
    samples = audio.mono().resampled(SAMPLE_RATE_HZ).samples[0]
    mel = log_mel(samples)
    floor = float(mel.max(initial=-20.0)) - RANGE_LOG
    clipped = np.maximum(mel, floor)
    spread = scipy.ndimage.maximum_filter1d(clipped, 3, axis=0)
    rise = np.zeros_like(clipped)
    rise[:, LAG_FRAMES:] = np.maximum(clipped[:, LAG_FRAMES:] - spread[:, :-LAG_FRAMES], 0.0)
    return Onsets(
        whole=_levelled(rise.mean(axis=0)),
        low=_levelled(rise[LOW_BANDS].mean(axis=0)),
        high=_levelled(rise[HIGH_BANDS].mean(axis=0)),
        mel=mel,
    )


def frame_of(second: float) -> float:
    """The fractional frame in which an onset at a second is strongest."""
    return (second + FLUX_LEADS_S) / GRID.frame_s - 0.5


def second_of(frame: float | Floats) -> Floats:
    """The second of an onset that is strongest in a fractional frame."""
    return np.asarray((np.asarray(frame) + 0.5) * GRID.frame_s - FLUX_LEADS_S)


def _levelled(flux: npt.NDArray[np.float32]) -> Floats:
    """Above its surroundings, and as strong in soft parts as in loud ones."""
    width = round(0.5 * GRID.frames_per_second)
    curve = flux.astype(np.float64)
    curve = np.maximum(curve - scipy.ndimage.uniform_filter1d(curve, width, mode="nearest"), 0.0)
    level = np.sqrt(
        scipy.ndimage.uniform_filter1d(
            curve**2, round(LEVEL_S * GRID.frames_per_second), mode="reflect"
        )
    )
    floor = 0.25 * float(np.sqrt(np.mean(curve**2))) if curve.size else 0.0
    return np.asarray(curve / np.maximum(level, max(floor, 1e-6)))
