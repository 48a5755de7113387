"""Which notes sound: a log-frequency spectrum in tune with the track, and the notes in it.

The spectrum is explained as a sum of notes with overtones by non-negative least squares, after
Mauch and Dixon, "Approximate note transcription for the improved identification of difficult
chords" (ISMIR 2010).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy

from vocoder.audio import Audio

Floats = npt.NDArray[np.float64]

RATE_HZ = 11_025
WINDOW_SAMPLES = 4_096
HOP_SAMPLES = 512
FRAME_S = HOP_SAMPLES / RATE_HZ
BLOCK_FRAMES = 1_024
BINS_PER_SEMITONE = 3
LOWEST_MIDI = 28
HIGHEST_MIDI = 100
NOTES = HIGHEST_MIDI - LOWEST_MIDI
BINS = NOTES * BINS_PER_SEMITONE
OVERTONES = 16
OVERTONE_DECAY = 0.7
UPDATES = 60
BASS_BELOW_MIDI = 50
TREBLE_FROM_MIDI = 48


@dataclass(frozen=True, eq=False)
class Pitches:
    """A log-frequency spectrogram, already moved to the track's tuning.

    Attributes:
        bins: magnitude `(frames, bins)`, three bins to a semitone, the middle one in tune.
        tuning_cents: how far the track lies above A4 = 440 Hz.
    """

    bins: Floats
    tuning_cents: float

    def between(self, edges_s: Floats) -> Floats:
        """The mean spectrum between each pair of neighbouring moments, `(spans, bins)`."""
        total = np.concatenate([np.zeros((1, BINS)), np.cumsum(self.bins, axis=0)])
        frames = len(self.bins)
        at = np.clip(np.round(edges_s / FRAME_S).astype(int), 0, max(frames - 1, 0))
        first, last = at[:-1], np.minimum(np.maximum(at[1:], at[:-1] + 1), frames)
        return np.asarray((total[last] - total[first]) / np.maximum(last - first, 1)[:, None])


def hear_pitches(audio: Audio) -> Pitches:
    """The tuned log-frequency spectrogram of a track of any rate and channels."""
    samples = audio.mono().resampled(RATE_HZ).samples[0].astype(np.float64)
    bins = _log_frequency(samples)
    off = _tuning(bins)
    at = np.arange(BINS) + off * BINS_PER_SEMITONE
    low = np.clip(np.floor(at).astype(int), 0, BINS - 2)
    part = np.clip(at - low, 0.0, 1.0)
    return Pitches(bins[:, low] * (1 - part) + bins[:, low + 1] * part, 100.0 * off)


def sounding_notes(spectra: Floats) -> Floats:
    """How strongly each note from `LOWEST_MIDI` on sounds in each spectrum, `(spans, notes)`."""
    whitened = _whitened(spectra)
    dictionary = _note_spectra()
    activity = np.full((len(spectra), NOTES), 0.1)
    target = whitened @ dictionary.T
    gram = dictionary @ dictionary.T
    for _ in range(UPDATES):
        activity *= target / (activity @ gram + 0.05)
    return np.asarray(activity)


def bass_chroma(notes: Floats) -> Floats:
    """Pitch classes of the low notes, `(spans, 12)`, the lowest counting most."""
    weights = np.clip((BASS_BELOW_MIDI + 6 - _midi()) / 12.0, 0.0, 1.0)
    return _folded(notes * weights)


def treble_chroma(notes: Floats) -> Floats:
    """Pitch classes of the middle and high notes, `(spans, 12)`."""
    midi = _midi()
    weights = np.clip((midi - TREBLE_FROM_MIDI + 6) / 12.0, 0.0, 1.0)
    weights = weights * np.clip((HIGHEST_MIDI - midi) / 18.0, 0.0, 1.0)
    return _folded(notes * weights)


def _midi() -> Floats:
    return np.arange(LOWEST_MIDI, HIGHEST_MIDI, dtype=np.float64)


def _folded(notes: Floats) -> Floats:
    chroma = np.zeros((len(notes), 12))
    for index in range(NOTES):
        chroma[:, (LOWEST_MIDI + index) % 12] += notes[:, index]
    return chroma


@lru_cache(maxsize=1)
def _projection() -> Floats:
    """From the bins of the FFT to those of the log-frequency spectrum, `(FFT bins, bins)`."""
    hz = np.maximum(np.arange(WINDOW_SAMPLES // 2 + 1) * RATE_HZ / WINDOW_SAMPLES, 1.0)
    fft_midi = 69.0 + 12.0 * np.log2(hz / 440.0)
    bin_midi = LOWEST_MIDI - 1.0 / BINS_PER_SEMITONE + np.arange(BINS) / BINS_PER_SEMITONE
    bin_hz = 440.0 * 2.0 ** ((bin_midi - 69.0) / 12.0)
    width_hz = np.maximum(
        RATE_HZ / WINDOW_SAMPLES, bin_hz * (2.0 ** (1.0 / 12.0 / BINS_PER_SEMITONE) - 1.0)
    )
    near = 1.0 - np.abs(hz[:, None] - bin_hz[None, :]) / width_hz[None, :]
    near[fft_midi < LOWEST_MIDI - 2] = 0.0
    return np.asarray(np.maximum(near, 0.0))


def _log_frequency(samples: Floats) -> Floats:
    """Frame `i` is centred on second `(i + 0.5) * FRAME_S`."""
    frames = max(1, -(-len(samples) // HOP_SAMPLES))
    margin = (WINDOW_SAMPLES - HOP_SAMPLES) // 2
    padded = np.pad(samples, (margin, margin + frames * HOP_SAMPLES - len(samples)))
    window = scipy.signal.get_window("hann", WINDOW_SAMPLES)
    views = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SAMPLES)[::HOP_SAMPLES]
    blocks = [
        np.abs(scipy.fft.rfft(views[first : first + BLOCK_FRAMES] * window, axis=1)) @ _projection()
        for first in range(0, frames, BLOCK_FRAMES)
    ]
    return np.concatenate(blocks)[:frames]


def _tuning(bins: Floats) -> float:
    """By how many semitones, -0.5 to 0.5, the track lies above A4 = 440 Hz."""
    level = bins.mean(axis=0)
    middle = np.maximum(level - scipy.ndimage.uniform_filter1d(level, 3 * BINS_PER_SEMITONE), 0.0)
    turn = np.exp(-2j * np.pi * (np.arange(BINS) - 1) / BINS_PER_SEMITONE)
    return float(-np.angle(np.sum(middle * turn)) / (2 * np.pi))


def _whitened(spectra: Floats) -> Floats:
    """Above the surrounding octave, in units of its spread."""
    octave = 12 * BINS_PER_SEMITONE + 1
    mean = scipy.ndimage.uniform_filter1d(spectra, octave, axis=1, mode="nearest")
    square = scipy.ndimage.uniform_filter1d(spectra**2, octave, axis=1, mode="nearest")
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    floor = 1e-3 * spread.max(axis=1, keepdims=True) + 1e-9
    return np.asarray(np.maximum(spectra - mean, 0.0) / np.maximum(spread, floor))


@lru_cache(maxsize=1)
def _note_spectra() -> Floats:
    """What each note looks like as a sum of decaying overtones, `(notes, bins)`, of length 1."""
    time_s = np.arange(WINDOW_SAMPLES) / RATE_HZ
    window = scipy.signal.get_window("hann", WINDOW_SAMPLES)
    rows = []
    for midi in range(LOWEST_MIDI, HIGHEST_MIDI):
        hz = 440.0 * 2.0 ** ((midi - 69) / 12.0)
        partials = range(1, OVERTONES + 1)
        spectrum = np.zeros(WINDOW_SAMPLES // 2 + 1)
        for partial in partials:
            if partial * hz < RATE_HZ / 2:
                tone = np.sin(2 * np.pi * partial * hz * time_s) * window
                spectrum += OVERTONE_DECAY ** (partial - 1) * np.abs(scipy.fft.rfft(tone))
        rows.append(spectrum @ _projection())
    bank = np.array(rows)
    return np.asarray(bank / np.linalg.norm(bank, axis=1, keepdims=True))
