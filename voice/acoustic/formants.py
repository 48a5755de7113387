"""Formants moved, pitch kept: a bigger or a smaller body sings the same melody.

A mel spectrogram is an envelope (throat and mouth) over the fine structure of the harmonics. The
envelope is what remains when each frame is smoothed as wide as its harmonics are apart; it is
moved along the frequency axis, and the fine structure is laid back over it where it was.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vocoder.frames import MEL_BANDS, MEL_CEILING_HZ, MEL_FLOOR_HZ
from vocoder.pitch import PitchCurve, hz_to_midi

FARTHEST_SEMITONES = 12.0
SPACINGS = 0.6
"""Smoothing: standard deviation in spacings of harmonics; less would keep ripples of the comb."""

UNVOICED_MIDI = 48
LEAST_WIDTH_BANDS = 1.2

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def band_centres_hz() -> Floats:
    """Where the mel bands lie, `(mels,)`."""
    import librosa

    edges = librosa.mel_frequencies(MEL_BANDS + 2, fmin=MEL_FLOOR_HZ, fmax=MEL_CEILING_HZ)
    return np.asarray(edges[1:-1], dtype=np.float64)


def with_formants_moved(mel: Floats32, pitch: PitchCurve, semitones: Floats) -> Floats32:
    """A log-mel `(mels, frames)` with the envelope of each frame moved by `semitones` `(frames,)`.

    Frames that are not moved come back as they were, bit by bit.
    """
    moved = np.flatnonzero(semitones)
    if not len(moved):
        return mel
    result = mel.copy()
    part = mel[:, moved].astype(np.float64)
    envelope = _envelopes(part, _rows(pitch, moved))
    result[:, moved] = part - envelope + _warped(envelope, semitones[moved])
    return result


def _rows(pitch: PitchCurve, frames: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """The MIDI note that says how widely a frame is smoothed."""
    midi = np.rint(hz_to_midi(pitch.hz[frames])).astype(np.int64)
    return np.where(pitch.voiced[frames], midi, UNVOICED_MIDI)


def _envelopes(mel: Floats, midi: npt.NDArray[np.int64]) -> Floats:
    envelope = np.empty_like(mel)
    for note in np.unique(midi):
        those = midi == note
        envelope[:, those] = _smoothing(int(note)) @ mel[:, those]
    return envelope


@lru_cache(maxsize=128)
def _smoothing(midi: int) -> Floats:
    """What smooths a frame of this pitch, `(mels, mels)`: every row sums to 1."""
    centres_hz = band_centres_hz()
    spacing_hz = 440.0 * 2.0 ** ((midi - 69) / 12.0)
    width_hz = np.maximum(SPACINGS * spacing_hz, LEAST_WIDTH_BANDS * np.gradient(centres_hz))
    apart = (centres_hz[None, :] - centres_hz[:, None]) / width_hz[:, None]
    weights = np.exp(-0.5 * apart**2) * np.gradient(centres_hz)[None, :]
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _warped(envelope: Floats, semitones: Floats) -> Floats:
    """Each frame's envelope read at the frequencies from which its formants come."""
    centres_hz = band_centres_hz()
    source_hz = centres_hz[:, None] * 2.0 ** (-semitones[None, :] / 12.0)
    position = np.interp(source_hz, centres_hz, np.arange(MEL_BANDS, dtype=np.float64))
    below = np.minimum(position.astype(np.int64), MEL_BANDS - 2)
    share = position - below
    low = np.take_along_axis(envelope, below, axis=0)
    high = np.take_along_axis(envelope, below + 1, axis=0)
    return np.asarray((1.0 - share) * low + share * high)
