"""When something begins to sound: onset strengths frame by frame, from a mel spectrogram.

Spectral flux with a maximum filter over neighbouring bands, so that vibrato is no onset (SuperFlux,
Böck and Widmer 2013), on the frame clock of the singer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from vocoder.audio import Audio
from vocoder.frames import GRID, SAMPLE_RATE_HZ
from vocoder.mel import log_mel
from voice.analysis.pitches import FRAME_S, Pitches

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

    Attributes:
        tones: how many notes begin, however softly.
        mel: the log-mel spectrogram they were taken from, `(mels, frames)`.
    """

    whole: Floats
    low: Floats
    high: Floats
    tones: Floats
    mel: npt.NDArray[np.float32]

    @cached_property
    def pulse(self) -> Floats:
        """What the beat is looked for in: sound and notes together."""
        return self.whole + self.tones

    def cut(self, first: int, last: int) -> Onsets:
        """The same from one frame to another."""
        return Onsets(
            self.whole[first:last],
            self.low[first:last],
            self.high[first:last],
            self.tones[first:last],
            self.mel[:, first:last],
        )

    @property
    def frames(self) -> int:
        return len(self.whole)


def hear_onsets(audio: Audio, pitches: Pitches) -> Onsets:
    """Onset strengths of a track of any rate and channels."""
    return onsets_in(log_mel(audio.mono().resampled(SAMPLE_RATE_HZ).samples[0]), pitches)


def onsets_in(mel: npt.NDArray[np.float32], pitches: Pitches) -> Onsets:
    """Onset strengths from a log-mel spectrogram, `(mels, frames)`, and the notes over it."""
    floor = float(mel.max(initial=-20.0)) - RANGE_LOG
    clipped = np.maximum(mel, floor)
    spread = scipy.ndimage.maximum_filter1d(clipped, 3, axis=0)
    rise = np.zeros_like(clipped)
    rise[:, LAG_FRAMES:] = np.maximum(clipped[:, LAG_FRAMES:] - spread[:, :-LAG_FRAMES], 0.0)
    return Onsets(
        whole=_levelled(rise.mean(axis=0)),
        low=_levelled(rise[LOW_BANDS].mean(axis=0)),
        high=_levelled(rise[HIGH_BANDS].mean(axis=0)),
        tones=_tone_onsets(pitches.bins, mel.shape[1]),
        mel=mel,
    )


def frame_of(second: float) -> float:
    """The fractional frame in which an onset at a second is strongest."""
    return (second + FLUX_LEADS_S) / GRID.frame_s - 0.5


def second_of(frame: float | Floats) -> Floats:
    """The second of an onset that is strongest in a fractional frame."""
    return np.asarray((np.asarray(frame) + 0.5) * GRID.frame_s - FLUX_LEADS_S)


def _levelled(flux: npt.NDArray[Any]) -> Floats:
    """Above its surroundings, and as strong in soft parts as in loud ones."""
    width = round(0.5 * GRID.frames_per_second)
    curve = flux.astype(np.float64)
    curve = np.maximum(curve - scipy.ndimage.uniform_filter1d(curve, width, mode="nearest"), 0.0)
    square = scipy.ndimage.uniform_filter1d(
        curve**2, round(LEVEL_S * GRID.frames_per_second), mode="reflect"
    )
    level = np.sqrt(np.maximum(square, 0.0))
    floor = 0.25 * float(np.sqrt(np.mean(curve**2))) if curve.size else 0.0
    return np.asarray(curve / np.maximum(level, max(floor, 1e-6)))


def _tone_onsets(bins: Floats, frames: int) -> Floats:
    """How much each moment adds to a log-frequency spectrogram, on the singer's clock.

    Strings, choirs and organs begin too softly for spectral flux; their notes change all the same.
    """
    if len(bins) < 3:
        return np.zeros(frames)
    loud = np.log1p(bins / max(float(np.percentile(bins, 90)), 1e-9))
    rise = np.zeros(len(bins))
    rise[1:-1] = np.maximum(loud[2:] - loud[:-2], 0.0).mean(axis=1)
    times_s = (np.arange(len(bins)) + 0.5) * FRAME_S
    return _levelled(np.interp(GRID.centres_s(frames), times_s, rise))
