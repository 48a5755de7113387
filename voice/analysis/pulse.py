"""The beat: how fast it goes, at which level it is counted, and where each beat falls.

Candidates come from the autocorrelation of the onsets; each is followed through the track by
dynamic programming (Ellis 2007), and the level that is counted is chosen by what happens on and
between its beats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from vocoder.frames import GRID

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

SLOWEST_BPM = 40.0
FASTEST_BPM = 240.0
WINDOW_S = 12.0
STEP_S = 3.0
LONGEST_LAG_S = 6.2
TIGHTNESS = 300.0
PEAKS = 6
RATIOS = (1.0, 0.5, 2.0, 1.0 / 3.0, 3.0, 2.0 / 3.0, 1.5)


@dataclass(frozen=True, eq=False)
class Pulse:
    """Beats that were followed through the track.

    Attributes:
        period_frames: what the search was told, not what it found.
        beats: frames of the beats, growing.
    """

    period_frames: float
    beats: Whole


def periodicity(onsets: Floats) -> Floats:
    """How alike the onsets are after each lag, `(lags,)` in frames, at lag 0 equal to 1.

    The mean over windows of `WINDOW_S`, so that a slow drift of the tempo does no harm.
    """
    width = min(round(WINDOW_S * GRID.frames_per_second), len(onsets))
    step = round(STEP_S * GRID.frames_per_second)
    lags = round(LONGEST_LAG_S * GRID.frames_per_second)
    starts = range(0, max(len(onsets) - width, 0) + 1, step)
    windows = np.stack([onsets[start : start + width] for start in starts])
    windows = windows - windows.mean(axis=1, keepdims=True)
    size = scipy.fft.next_fast_len(width + lags)
    power = np.abs(scipy.fft.rfft(windows, size, axis=1)) ** 2
    alike = scipy.fft.irfft(power, size, axis=1)[:, :lags]
    alike = alike / np.maximum(1.0 - np.arange(lags) / max(width, lags + 1), 0.1)
    total = alike.sum(axis=0)
    return np.asarray(total / max(float(total[0]), 1e-9))


def candidate_periods(alike: Floats) -> list[float]:
    """Periods in frames that a listener might tap, the strongest first and then their relatives."""
    smooth = scipy.ndimage.gaussian_filter1d(alike, 1.0)
    shortest, longest = _limits()
    lags = np.arange(int(np.floor(shortest)), int(np.ceil(longest)) + 1)
    comb = np.array([_comb(smooth, float(lag)) for lag in lags])
    inner = (comb[1:-1] >= comb[:-2]) & (comb[1:-1] > comb[2:])
    peaks = np.flatnonzero(inner) + 1
    strongest = peaks[np.argsort(comb[peaks])[::-1]][:PEAKS]
    found: list[float] = []
    for peak in strongest:
        for ratio in RATIOS:
            period = _finest(smooth, float(lags[peak])) * ratio
            if shortest <= period <= longest and all(
                abs(np.log(period / known)) > 0.03 for known in found
            ):
                found.append(period)
    return found


def followed(onsets: Floats, period_frames: float, tightness: float = TIGHTNESS) -> Pulse:
    """The chain of beats about a period apart that meets the most onsets."""
    frames = len(onsets)
    smooth = scipy.ndimage.gaussian_filter1d(onsets, period_frames / 32.0)
    smooth = smooth / max(float(smooth.std()), 1e-9)
    nearest, farthest = round(0.6 * period_frames), round(1.7 * period_frames)
    back = np.arange(-farthest, -nearest + 1)
    cost = -tightness * np.log(-back / period_frames) ** 2
    score = np.concatenate([np.zeros(farthest), np.empty(frames)])
    origin = np.full(frames, -1, dtype=np.int64)
    for frame in range(frames):
        before = score[frame + farthest + back[0] : frame + farthest + back[-1] + 1] + cost
        best = int(np.argmax(before))
        gain = float(before[best])
        score[frame + farthest] = smooth[frame] + max(gain, 0.0)
        if gain > 0.0 and frame + back[best] >= 0:
            origin[frame] = frame + back[best]
    reached = score[farthest:]
    tail = max(0, frames - round(1.5 * period_frames))
    at = tail + int(np.argmax(reached[tail:])) if frames else -1
    beats = []
    while at >= 0:
        beats.append(at)
        at = int(origin[at])
    return Pulse(period_frames, np.array(beats[::-1], dtype=np.int64))


def _limits() -> tuple[float, float]:
    second = GRID.frames_per_second
    return 60.0 * second / FASTEST_BPM, 60.0 * second / SLOWEST_BPM


def _comb(alike: Floats, lag: float) -> float:
    """The mean likeness after one, two, three and four periods."""
    values = np.interp(lag * np.arange(1, 5), np.arange(len(alike)), alike, right=0.0)
    return float(values @ np.array([0.4, 0.25, 0.15, 0.2]))


def _finest(alike: Floats, lag: float) -> float:
    """The period within half a frame of `lag` whose multiples fit best."""
    around = lag + np.linspace(-0.75, 0.75, 31)
    return float(around[int(np.argmax([_comb(alike, each) for each in around]))])
