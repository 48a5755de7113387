"""Log-mel spectrograms on Melisma's frame clock.

Natural log of Slaney-normalised mel magnitudes (librosa's default filterbank), floored at 1e-5,
as the openvpi vocoders expect them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy
import scipy.fft

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

Floats32 = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def mel_filterbank() -> Floats32:
    """Triangular filters of unit area (Slaney 1998), shape `(mels, FFT // 2 + 1)`."""
    import librosa

    bank: Floats32 = librosa.filters.mel(
        sr=SAMPLE_RATE_HZ,
        n_fft=FFT_SAMPLES,
        n_mels=MEL_BANDS,
        fmin=MEL_FLOOR_HZ,
        fmax=MEL_CEILING_HZ,
    )
    return bank


def log_mel(samples: Floats32) -> Floats32:
    """Log-mel spectrogram of mono audio at 44.1 kHz.

    Args:
        samples: shape `(samples,)`.

    Returns:
        shape `(mels, frames)` with `frames = ceil(samples / hop)`; frame `i` is centred on the
        middle of its hop.
    """
    frames = -(-len(samples) // HOP_SAMPLES)
    margin = (FFT_SAMPLES - HOP_SAMPLES) // 2
    tail = frames * HOP_SAMPLES - len(samples)
    padded = np.pad(samples.astype(np.float32), (margin, margin + tail))
    window = scipy.signal.get_window("hann", FFT_SAMPLES).astype(np.float32)
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
