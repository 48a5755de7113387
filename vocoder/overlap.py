"""Short-time Fourier transform and overlap-add on the sub-frames of the frame clock (NumPy).

Each mel frame holds two sub-frames of 256 samples; the window of 1,024 samples is centred on the
middle of its sub-frame. `vocoder.networks.istft` has the same pair in torch.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vocoder.frames import HOP_SAMPLES

WINDOW_SAMPLES = 1_024
SUBHOP_SAMPLES = 256
SUBFRAMES = HOP_SAMPLES // SUBHOP_SAMPLES
BINS = WINDOW_SAMPLES // 2 + 1
MARGIN_SAMPLES = (WINDOW_SAMPLES - SUBHOP_SAMPLES) // 2
WEIGHT_FLOOR = 1e-8

Floats32 = npt.NDArray[np.float32]
Complexes = npt.NDArray[np.complex64]


@lru_cache(maxsize=1)
def hann_window() -> Floats32:
    """Periodic Hann window, shape `(1024,)`."""
    angle = 2.0 * np.pi * np.arange(WINDOW_SAMPLES) / WINDOW_SAMPLES
    return np.asarray(0.5 - 0.5 * np.cos(angle), dtype=np.float32)


def stft(samples: Floats32) -> Complexes:
    """Spectra of `(samples,)`, a multiple of 256; shape `(bins, subframes)`."""
    import scipy.fft

    padded = np.pad(samples, MARGIN_SAMPLES)
    views = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SAMPLES)[::SUBHOP_SAMPLES]
    spectra: Complexes = scipy.fft.rfft(views * hann_window(), axis=1)
    return spectra.T


def istft(spectra: Complexes) -> Floats32:
    """The samples whose spectra these are, shape `(subframes * 256,)`."""
    import scipy.fft

    window = hann_window()
    frames = scipy.fft.irfft(spectra.T, n=WINDOW_SAMPLES, axis=1).astype(np.float32) * window
    weights = np.broadcast_to(window**2, frames.shape)
    summed = _overlap_add(frames) / np.maximum(_overlap_add(weights), WEIGHT_FLOOR)
    return np.ascontiguousarray(summed[MARGIN_SAMPLES : len(summed) - MARGIN_SAMPLES])


def _overlap_add(frames: Floats32) -> Floats32:
    """Add frames `(subframes, 1024)` 256 samples apart; ends where no window reaches hold 1."""
    count = frames.shape[0]
    steps = WINDOW_SAMPLES // SUBHOP_SAMPLES
    out = np.zeros((count + steps - 1, SUBHOP_SAMPLES), dtype=np.float32)
    parts = frames.reshape(count, steps, SUBHOP_SAMPLES)
    for step in range(steps):
        out[step : step + count] += parts[:, step]
    return out.ravel()
