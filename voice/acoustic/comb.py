"""What harmonics of a given pitch look like in a mel spectrogram.

A voice is an envelope over a comb of harmonics. The comb follows from the pitch alone, so the
network is handed it and has only the envelope to learn: pitches nobody recorded come for free.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vocoder.frames import FFT_SAMPLES, MEL_BANDS, MEL_CEILING_HZ, SAMPLE_RATE_HZ
from vocoder.mel import mel_filterbank
from vocoder.pitch import PitchCurve, hz_to_midi, midi_to_hz

LOWEST_MIDI = 28.0
HIGHEST_MIDI = 96.0
STEPS_PER_SEMITONE = 8
VALLEY_FLOOR = 1e-3
_LOBE_BINS = 3
_NEAR = 1e-5

Floats32 = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def comb_table() -> Floats32:
    """Log-mel of unit-power harmonic combs, `(pitches, mels)`: MIDI 28 to 96 in 1/8 semitones."""
    count = round((HIGHEST_MIDI - LOWEST_MIDI) * STEPS_PER_SEMITONE) + 1
    pitches = midi_to_hz(LOWEST_MIDI + np.arange(count) / STEPS_PER_SEMITONE)
    bank = mel_filterbank().astype(np.float64)
    rows = [np.log(bank @ _comb_spectrum(float(hz)) + VALLEY_FLOOR) for hz in pitches]
    table = np.stack(rows)
    flat = np.log(bank.sum(axis=1) + VALLEY_FLOOR)
    return np.asarray(table - flat, dtype=np.float32)


def _comb_spectrum(f0_hz: float) -> npt.NDArray[np.float64]:
    """Magnitudes `(FFT // 2 + 1,)` of harmonics seen through a Hann window, of unit mean power."""
    bin_hz = SAMPLE_RATE_HZ / FFT_SAMPLES
    count = FFT_SAMPLES // 2 + 1
    centres = np.arange(f0_hz, MEL_CEILING_HZ + 1_000.0, f0_hz) / bin_hz
    bins = centres.astype(np.int64)[:, None] + np.arange(-_LOBE_BINS, _LOBE_BINS + 2)
    power = _hann_lobe(bins - centres[:, None]) ** 2
    inside = (bins >= 0) & (bins < count)
    spectrum = np.sqrt(np.bincount(bins[inside], power[inside], count))
    return np.asarray(spectrum * np.sqrt(f0_hz / bin_hz / 1.5))


def _hann_lobe(offset_bins: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Main and first side lobes of the Hann window's transform, 1 at its centre."""
    near_one = np.abs(np.abs(offset_bins) - 1.0) <= _NEAR
    safe = np.where(near_one, 0.0, offset_bins)
    lobe = np.sinc(safe) / (1.0 - safe**2)
    return np.abs(np.where(near_one, 0.5, lobe))


def comb_position(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Where pitches lie in the table, as fractional rows."""
    midi = np.clip(hz_to_midi(hz), LOWEST_MIDI, HIGHEST_MIDI)
    return np.asarray((midi - LOWEST_MIDI) * STEPS_PER_SEMITONE, dtype=np.float32)


def comb_of(pitch: PitchCurve) -> Floats32:
    """The comb of every frame, `(mels, frames)`; flat (0) where nothing is voiced."""
    if len(pitch) == 0:
        return np.zeros((MEL_BANDS, 0), dtype=np.float32)
    table = comb_table()
    position = comb_position(pitch.hz)
    below = np.minimum(position.astype(np.int64), len(table) - 2)
    share = (position - below)[:, None]
    rows = (1.0 - share) * table[below] + share * table[below + 1]
    return np.ascontiguousarray((rows * pitch.voiced[:, None]).T, dtype=np.float32)
