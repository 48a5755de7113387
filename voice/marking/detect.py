"""Finding a mark: sound made flat, folded to one period, aligned, and read through its code.

A mark counts only where the checksum of its message holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.marking.code import CODED_BITS, decoded, encoded
from voice.marking.payload import Payload
from voice.marking.sequence import CHIPS, PERIOD_S, RATE_HZ, band, sequence

WINDOW, HOP = 2_048, 512
AROUND = (3, 3)
MOST = 0.7
FLOOR = 1e-5
FINER = 4
CANDIDATES = 4
BATCH = 1_024

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sighting:
    """A mark that was read.

    Attributes:
        phase_s: where in the mark's period of four seconds the sound began when it was marked.
        strength: how far the mark stands above the noise, in standard deviations.
    """

    payload: Payload
    phase_s: float
    strength: float


def find_mark(audio: Audio) -> Sighting | None:
    """The mark of a sound, or None where none can be read."""
    return read_mark(flattened(audio))


def flattened(audio: Audio) -> Floats:
    """The sound in mono at 16 kHz, every frequency brought to the same level at every moment."""
    import scipy.ndimage

    samples = audio.mono().resampled(RATE_HZ).samples[0]
    padded = np.pad(samples, (WINDOW, 2 * WINDOW))
    window = np.hanning(WINDOW + 1)[:-1]
    views = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    flat = np.zeros(padded.size)
    for first in range(0, len(views), BATCH):
        spectra = np.fft.rfft(views[first : first + BATCH] * window)
        level = np.abs(spectra)
        around = scipy.ndimage.uniform_filter(level, AROUND) + FLOOR * level.max(initial=1e-9)
        spectra *= np.minimum(1.0 / around, MOST / np.maximum(level, 1e-12)) * band(WINDOW // 2 + 1)
        for index, piece in enumerate(np.fft.irfft(spectra, WINDOW) * window, start=first):
            flat[index * HOP : index * HOP + WINDOW] += piece
    return flat[WINDOW : WINDOW + samples.size]


def read_mark(flat: Floats) -> Sighting | None:
    """The mark of flattened sound."""
    folded = _folded(flat)
    spectrum = np.fft.rfft(folded)
    for lag in _lags(spectrum):
        turned = spectrum * np.exp(2j * np.pi * np.arange(spectrum.size) * lag / CHIPS)
        aligned = np.fft.irfft(turned, CHIPS) * sequence().data
        soft = _summed(aligned)
        value = decoded(soft)
        if value is not None:
            return Sighting(Payload.from_int(value), _phase_s(lag), _strength(soft, value))
    return None


def _folded(flat: Floats) -> Floats:
    """All periods on top of one another, `(64000,)`."""
    periods = -(-max(flat.size, 1) // CHIPS)
    padded = np.pad(flat, (0, periods * CHIPS - flat.size))
    return np.asarray(padded.reshape(periods, CHIPS).sum(axis=0))


def _summed(aligned: Floats) -> Floats:
    """What all chips of each coded bit say together, `(240,)`."""
    return np.asarray(np.bincount(sequence().bit_of_chip, aligned, CODED_BITS), dtype=np.float64)


def _lags(spectrum: npt.NDArray[np.complex128]) -> Iterator[float]:
    """Where the period most likely begins, in chips, the likeliest first."""
    crossed = np.zeros(CHIPS * FINER // 2 + 1, dtype=np.complex128)
    crossed[: spectrum.size] = spectrum * np.conj(sequence().sync_spectrum)
    likeness = np.fft.irfft(crossed)
    for _ in range(CANDIDATES):
        best = int(np.argmax(likeness))
        yield best / FINER
        likeness[(best + np.arange(-2 * FINER, 2 * FINER + 1)) % likeness.size] = -np.inf


def _phase_s(lag: float) -> float:
    return (-lag / RATE_HZ) % PERIOD_S


def _strength(soft: Floats, value: int) -> float:
    agreed = soft * encoded(value)
    return float(agreed.mean() / max(agreed.std(), 1e-12) * np.sqrt(CODED_BITS))
