"""Where the instrumental gives way to the voice, how far, and how it is done without a step."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from voice.mixing.decisions import Dip, DipSpan
from voice.mixing.envelopes import blended, faded, level_db, smoothed
from voice.mixing.loudness import gain_of
from voice.mixing.spans import Spans

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

STEP_S = 0.01
LONGEST_PIECE_S = 1.0
LEAST_DB = 0.25
ALIKE_DB = 0.3


def band_levels_db(samples: Floats32, rate_hz: int, dip: Dip) -> Floats:
    """The level in the dip's band every `STEP_S`, channels as one, `(steps,)`."""
    if samples.shape[1] == 0:
        return np.zeros(0)
    return level_db(_band(samples, rate_hz, dip), rate_hz, STEP_S)


def dips_for(of_voice: Floats, of_backing: Floats, sung: Spans, dip: Dip) -> tuple[DipSpan, ...]:
    """A dip for each second that is sung: as much as the voice lacks in its band, at most `most`.

    Levels of the band begin together, and the voice is as loud as it will be in the mix.
    """
    dips: list[DipSpan] = []
    for begin_s, end_s in _pieces(sung):
        steps = slice(round(begin_s / STEP_S), round(end_s / STEP_S))
        if not (of_voice[steps].size and of_backing[steps].size):
            continue
        lacking = _mean_db(of_backing[steps]) + dip.ahead_db - _mean_db(of_voice[steps])
        band_db = round(min(max(lacking, 0.0), dip.most_band_db), 2)
        if band_db < LEAST_DB:
            continue
        level = round(dip.most_level_db * band_db / dip.most_band_db, 2)
        before = dips[-1] if dips else None
        if before and before.to_s == begin_s and abs(before.band_db - band_db) < ALIKE_DB:
            dips[-1] = DipSpan(before.from_s, end_s, before.band_db, before.level_db)
        else:
            dips.append(DipSpan(begin_s, end_s, band_db, level))
    return tuple(dips)


def clearance_db(of_voice: Floats, of_backing: Floats, sung: Spans) -> float:
    """How far the voice stands above the backing in the band, the mean of sung seconds.

    Levels begin together; infinite where nothing is sung over the backing.
    """
    above = [
        _mean_db(of_voice[steps]) - _mean_db(of_backing[steps])
        for begin_s, end_s in _pieces(sung)
        for steps in (slice(round(begin_s / STEP_S), round(end_s / STEP_S)),)
        if of_voice[steps].size and of_backing[steps].size
    ]
    return float(np.mean(above)) if above else math.inf


def dipped(backing: Floats32, rate_hz: int, dip: Dip, before_s: float = 0.0) -> Floats32:
    """The backing as it gives way; where no dip is near, the very same samples.

    `before_s` of silence stand before the instrumental, whose seconds the dips are given in.
    """
    spans = dip.spans or ()
    if not spans:
        return backing
    steps = math.ceil(backing.shape[1] / rate_hz / STEP_S)
    band_db, lowered_db = np.zeros(steps), np.zeros(steps)
    for span in spans:
        first = max(0, round((before_s + span.from_s) / STEP_S))
        last = max(0, round((before_s + span.to_s) / STEP_S))
        band_db[first:last] = np.maximum(band_db[first:last], span.band_db)
        lowered_db[first:last] = np.maximum(lowered_db[first:last], span.level_db)
    width = max(1, round(2.0 * dip.ramp_s / STEP_S))
    made = _band_dipped(backing, rate_hz, smoothed(band_db, width), dip)
    return faded(made, smoothed(lowered_db, width), rate_hz, STEP_S)


def _band_dipped(backing: Floats32, rate_hz: int, band_db: Floats, dip: Dip) -> Floats32:
    from pedalboard import PeakFilter

    deepest_db = float(band_db.max(initial=0.0))
    if deepest_db == 0.0 or dip.at_hz >= 0.45 * rate_hz:
        return backing
    deepest = PeakFilter(dip.at_hz, -deepest_db, dip.width_q)
    lowest = np.asarray(deepest(backing, rate_hz), dtype=np.float32)
    share = (1.0 - 10.0 ** (-band_db / 20.0)) / (1.0 - gain_of(-deepest_db))
    return blended(backing, lowest, share, rate_hz, STEP_S)


def _band(samples: Floats32, rate_hz: int, dip: Dip) -> Floats32:
    """What lies in the dip's band, channels as one, `(1, samples)`."""
    import scipy.signal

    half = dip.at_hz / dip.width_q / 2.0
    low = math.hypot(half, dip.at_hz) - half
    high = min(low + 2.0 * half, 0.45 * rate_hz)
    band = scipy.signal.butter(2, (low, high), "bandpass", fs=rate_hz, output="sos")
    mono = samples.mean(axis=0, keepdims=True)
    return np.asarray(scipy.signal.sosfilt(band, mono, axis=1), dtype=np.float32)


def _pieces(spans: Spans) -> list[tuple[float, float]]:
    """No longer than a second each."""
    pieces = []
    for begin_s, end_s in spans:
        count = max(1, math.ceil((end_s - begin_s) / LONGEST_PIECE_S))
        edges = [round(float(edge), 2) for edge in np.linspace(max(0.0, begin_s), end_s, count + 1)]
        pieces += [(a, b) for a, b in pairwise(edges) if a < b]
    return pieces


def _mean_db(levels: Floats) -> float:
    """The mean power of some steps, in decibels."""
    return 10.0 * math.log10(float(np.mean(10.0 ** (levels / 10.0))))
