"""How loud and how full the track is as it goes, and which bands it leaves free."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from vocoder.audio import Audio
from voice.analysis.model import BANDS_HZ, Moment

Floats = npt.NDArray[np.float64]

FLOOR_DB = -100.0
ROOM_DB = 30.0
WINDOW_SAMPLES = 4_096
SHORTEST_S = 3.0
ENERGY_RANGE_DB = 30.0
K_OFFSET_LU = -0.691


def hear_course(audio: Audio, edges_s: Floats) -> tuple[Moment, ...]:
    """One moment for each stretch between two edges, bars if there are any."""
    if len(edges_s) < 2:
        return ()
    power = _band_powers(audio, edges_s)
    band_db = 10.0 * np.log10(np.maximum(power, 10.0 ** (FLOOR_DB / 10.0)))
    loudest = float(np.percentile(band_db.max(axis=1), 95))
    free = np.clip((loudest - band_db) / ROOM_DB, 0.0, 1.0)
    loudness = _loudness(audio, edges_s)
    energy = np.clip(1.0 + (loudness - loudness.max()) / ENERGY_RANGE_DB, 0.0, 1.0)
    return tuple(
        Moment(
            second=float(edges_s[index]),
            loudness_lufs=round(float(loudness[index]), 2),
            energy=round(float(energy[index]), 3),
            band_db=tuple(round(float(each), 1) for each in band_db[index]),
            free=tuple(round(float(each), 2) for each in free[index]),
        )
        for index in range(len(edges_s) - 1)
    )


def _band_powers(audio: Audio, edges_s: Floats) -> Floats:
    """Mean square in each octave band of each stretch, `(stretches, bands)`."""
    mono = audio.mono().samples[0]
    hz, time_s, power = scipy.signal.spectrogram(
        mono,
        audio.rate_hz,
        nperseg=min(WINDOW_SAMPLES, max(len(mono), 16)),
        noverlap=0,
        scaling="spectrum",
    )
    bands = np.stack(
        [
            power[(hz >= middle / np.sqrt(2)) & (hz < middle * np.sqrt(2))].sum(axis=0)
            for middle in BANDS_HZ
        ],
        axis=1,
    )
    return _means(bands, np.asarray(time_s), edges_s)


def _loudness(audio: Audio, edges_s: Floats) -> Floats:
    """Loudness after ITU-R BS.1770 without its gate, of each stretch or `SHORTEST_S` around it."""
    import pyloudnorm

    meter = pyloudnorm.Meter(audio.rate_hz)
    samples = audio.samples[:2].astype(np.float64)
    for stage in meter._filters.values():
        samples = scipy.signal.lfilter(stage.b, stage.a, samples, axis=1)
    total = np.concatenate([[0.0], np.cumsum((samples**2).sum(axis=0))])
    middles, halves = (edges_s[1:] + edges_s[:-1]) / 2, np.diff(edges_s) / 2
    reach = np.maximum(halves, SHORTEST_S / 2)
    first = np.clip((middles - reach) * audio.rate_hz, 0, len(total) - 1).astype(int)
    last = np.clip((middles + reach) * audio.rate_hz, 0, len(total) - 1).astype(int)
    power = (total[last] - total[first]) / np.maximum(last - first, 1)
    return np.asarray(K_OFFSET_LU + 10.0 * np.log10(np.maximum(power, 10.0 ** (FLOOR_DB / 10.0))))


def _means(values: Floats, time_s: Floats, edges_s: Floats) -> Floats:
    """The mean of the rows between each pair of edges, at least the nearest one."""
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    first = np.clip(np.searchsorted(time_s, edges_s[:-1]), 0, len(time_s) - 1)
    last = np.maximum(np.searchsorted(time_s, edges_s[1:]), first + 1)
    return np.asarray((total[last] - total[first]) / (last - first)[:, None])
