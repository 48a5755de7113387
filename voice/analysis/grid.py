"""Beats drawn straight: where the tempo is steady, one line through all of them is the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from vocoder.frames import GRID
from voice.analysis.onsets import Onsets, frame_of, second_of

Floats = npt.NDArray[np.float64]

FEWEST_BEATS = 8
NEAR_S = 0.04
LEAST_COHERENCE = 0.6
OCTAVES = (1, 2, 4)
REACH = 0.025
FINENESS = 0.1
WINDOW_S = 4.0
PHASE_STEP_S = 0.005


@dataclass(frozen=True, eq=False)
class BeatGrid:
    """Every beat of the track.

    Attributes:
        beats_s: growing.
        bpm: of the straight line, or the median over the track.
        steady: whether one line fits.
        coherence: 0-1, how well the pulse keeps one period through the whole track.
    """

    beats_s: Floats
    bpm: float
    steady: bool
    coherence: float


def straightened(beats_s: Floats, onsets: Onsets, sounding_s: tuple[float, float]) -> BeatGrid:
    """The grid behind the beats that were followed.

    Args:
        sounding_s: from when to when the track makes any sound; a straight grid fills all of it.
    """
    if len(beats_s) < FEWEST_BEATS:
        return _bent(beats_s, 0.0)
    period_s, coherence = steady_period(onsets.pulse, float(np.median(np.diff(beats_s))))
    if coherence < LEAST_COHERENCE:
        return _bent(_smoothed(beats_s), coherence)
    first_s = _best_phase(onsets, period_s, sounding_s)
    first_s, period_s = _sharpened(first_s, period_s, onsets, sounding_s)
    return BeatGrid(filled(first_s, period_s, sounding_s), 60.0 / period_s, True, coherence)


def laid(
    bpm: float, first_s: float | None, onsets: Onsets, span_s: tuple[float, float]
) -> BeatGrid:
    """A straight grid at a told tempo; its beginning where told, or where most onsets are met."""
    period_s = 60.0 / bpm
    if first_s is not None:
        return BeatGrid(filled(first_s, period_s, (first_s, span_s[1])), bpm, True, 1.0)
    best = _best_phase(onsets, period_s, span_s)
    return BeatGrid(filled(best, period_s, span_s), bpm, True, 1.0)


def filled(first_s: float, period_s: float, span_s: tuple[float, float]) -> Floats:
    """All moments of a straight grid from a little before the sound to its end, none below 0."""
    early = max(0.0, span_s[0] - 0.06)
    begin = int(np.ceil((early - first_s) / period_s - 1e-9))
    end = int(np.floor((span_s[1] - first_s) / period_s + 1e-9))
    return np.asarray(first_s + period_s * np.arange(begin, end + 1, dtype=np.float64))


def steady_period(pulse: Floats, about_s: float) -> tuple[float, float]:
    """The one period near `about_s` that runs through the whole track, and how well it does.

    The pulse's spectrum at the beat and its first octaves is looked at with the resolution that
    the whole length allows; coherence is what windows of `WINDOW_S` keep when they are summed with
    their phases, 1 for a machine.
    """
    rate = GRID.frames_per_second
    centred = pulse - pulse.mean()
    length_s = len(pulse) / rate
    count = int(np.clip(2.0 * REACH * OCTAVES[-1] / about_s * length_s / FINENESS, 64, 8_192))
    total, parts = np.zeros(count), np.zeros(count)
    width = round(WINDOW_S * rate)
    for octave in OCTAVES:
        band = [octave * (1.0 - REACH) / about_s, octave * (1.0 + REACH) / about_s]
        total += np.abs(scipy.signal.zoom_fft(centred, band, count, fs=rate, endpoint=True))
        for first in range(0, max(len(centred) - width // 2, 1), width):
            piece = centred[first : first + width]
            parts += np.abs(scipy.signal.zoom_fft(piece, band, count, fs=rate, endpoint=True))
    best = int(np.argmax(total))
    hertz = (1.0 - REACH + 2.0 * REACH * best / (count - 1)) / about_s
    return 1.0 / hertz, float(min(1.0, total[best] / max(float(parts[best]), 1e-9)))


def _best_phase(onsets: Onsets, period_s: float, span_s: tuple[float, float]) -> float:
    """Where in the first period the grid begins that meets the most onsets, kicks above all."""
    steps = span_s[0] + np.arange(0.0, period_s, PHASE_STEP_S)
    smooth = scipy.ndimage.gaussian_filter1d(onsets.pulse + onsets.low, 1.5)
    return float(steps[int(np.argmax([_met(smooth, at, period_s, span_s) for at in steps]))])


def _sharpened(
    first_s: float, period_s: float, onsets: Onsets, span_s: tuple[float, float]
) -> tuple[float, float]:
    """The line moved and turned by a hair to where it meets the onsets best."""
    smooth = scipy.ndimage.gaussian_filter1d(onsets.pulse, 1.5)
    length_s = max(span_s[1] - span_s[0], period_s)
    middle = span_s[0] + length_s / 2
    anchor_s = first_s + period_s * round((middle - first_s) / period_s)
    for reach_s, turn in ((0.03, 0.05), (0.01, 0.015), (0.004, 0.005)):
        offsets = anchor_s + np.linspace(-reach_s, reach_s, 13)
        beats = length_s / period_s
        periods = period_s + np.linspace(-turn, turn, 13) / beats
        met = np.array([[_met(smooth, a, p, span_s) for p in periods] for a in offsets])
        best = np.unravel_index(int(np.argmax(met)), met.shape)
        anchor_s, period_s = float(offsets[best[0]]), float(periods[best[1]])
    return anchor_s, period_s


def _met(smooth: Floats, first_s: float, period_s: float, span_s: tuple[float, float]) -> float:
    frames = frame_of(0.0) + filled(first_s, period_s, span_s) * (frame_of(1.0) - frame_of(0.0))
    return float(np.interp(frames, np.arange(len(smooth)), smooth, left=0.0, right=0.0).mean())


def _smoothed(beats_s: Floats) -> Floats:
    """Beats that follow a bending tempo, without the jitter of single onsets."""
    numbers = np.arange(len(beats_s), dtype=np.float64)
    moved = beats_s.copy()
    for index in range(len(beats_s)):
        around = slice(max(0, index - 2), index + 3)
        slope, start = np.polyfit(numbers[around], beats_s[around], 1)
        line = start + slope * index
        moved[index] = line if abs(line - beats_s[index]) < NEAR_S else beats_s[index]
    return np.asarray(np.maximum.accumulate(moved))


def _bent(beats_s: Floats, share: float) -> BeatGrid:
    bpm = 60.0 / float(np.median(np.diff(beats_s))) if len(beats_s) > 1 else 0.0
    return BeatGrid(beats_s, bpm, False, share)


def beats_of(frames: npt.NDArray[np.int64], onsets: Onsets) -> Floats:
    """Seconds of followed beats, each moved to the top of its onset."""
    curve = scipy.ndimage.gaussian_filter1d(onsets.pulse, 1.0)
    inner = np.clip(frames, 1, max(len(curve) - 2, 1))
    before, here, after = curve[inner - 1], curve[inner], curve[inner + 1]
    bend = before - 2 * here + after
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / np.where(bend == 0, 1, bend), 0)
    return second_of(inner + np.clip(shift, -0.5, 0.5))
