"""Log-mel spectrograms on Melisma's frame clock.

Natural log of Slaney-normalised mel magnitudes (librosa's default filterbank), floored at 1e-5,
as the openvpi vocoders expect them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vocoder.frames import (
    FFT_SAMPLES,
    HOP_SAMPLES,
    MEL_BANDS,
    MEL_CEILING_HZ,
    MEL_FLOOR_HZ,
    SAMPLE_RATE_HZ,
)

LOG_FLOOR = 1e-5
BLOCK_FRAMES = 2_048
LINEAR_HZ = 200.0 / 3.0
KNEE_HZ = 1_000.0
KNEE_MEL = KNEE_HZ / LINEAR_HZ
LOG_STEP = np.log(6.4) / 27.0
"""A mel is 66.7 Hz up to 1 kHz, and above it the 27th part of the way to 6.4 kHz (Slaney 1998)."""

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def mel_filterbank() -> Floats32:
    """Triangular filters of unit area (Slaney 1998), shape `(mels, FFT // 2 + 1)`.

    To the bit what `librosa.filters.mel` gives; importing that, with numba and all of SciPy's
    statistics, takes longer than singing a phrase.
    """
    mels = np.linspace(_mel(MEL_FLOOR_HZ), _mel(MEL_CEILING_HZ), MEL_BANDS + 2)
    edges_hz = _hz(mels)
    bins_hz = np.fft.rfftfreq(FFT_SAMPLES, 1.0 / SAMPLE_RATE_HZ)
    widths_hz = np.diff(edges_hz)[:, None]
    rising = (bins_hz - edges_hz[:-2, None]) / widths_hz[:-1]
    falling = (edges_hz[2:, None] - bins_hz) / widths_hz[1:]
    bank = np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)
    bank *= (2.0 / (edges_hz[2:] - edges_hz[:-2]))[:, None]
    return bank


def _mel(hz: float) -> float:
    return float(hz / LINEAR_HZ if hz < KNEE_HZ else KNEE_MEL + np.log(hz / KNEE_HZ) / LOG_STEP)


def _hz(mels: Floats) -> Floats:
    above = KNEE_HZ * np.exp(LOG_STEP * (mels - KNEE_MEL))
    return np.where(mels < KNEE_MEL, mels * LINEAR_HZ, above)


def log_mel(samples: Floats32) -> Floats32:
    """Log-mel spectrogram of mono audio at 44.1 kHz.

    Args:
        samples: shape `(samples,)`.

    Returns:
        shape `(mels, frames)` with `frames = ceil(samples / hop)`; frame `i` is centred on the
        middle of its hop.
    """
    import scipy.fft

    frames = -(-len(samples) // HOP_SAMPLES)
    margin = (FFT_SAMPLES - HOP_SAMPLES) // 2
    tail = frames * HOP_SAMPLES - len(samples)
    padded = np.pad(samples.astype(np.float32), (margin, margin + tail))
    window = np.hanning(FFT_SAMPLES + 1)[:-1].astype(np.float32)
    bank = mel_filterbank()
    blocks = []
    for first in range(0, frames, BLOCK_FRAMES):
        count = min(BLOCK_FRAMES, frames - first)
        views = np.lib.stride_tricks.sliding_window_view(
            padded[first * HOP_SAMPLES : (first + count - 1) * HOP_SAMPLES + FFT_SAMPLES],
            FFT_SAMPLES,
        )[::HOP_SAMPLES]
        magnitude = np.abs(scipy.fft.rfft(views * window, axis=1))
        blocks.append(np.log(np.maximum(magnitude @ bank.T, LOG_FLOOR)))
    if not blocks:
        return np.zeros((MEL_BANDS, 0), dtype=np.float32)
    return np.ascontiguousarray(np.concatenate(blocks).T, dtype=np.float32)
