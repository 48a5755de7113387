"""What the content encoder hears of a recording: its spectral envelope, with the pitch taken out.

The comb of harmonics follows from the pitch (`voice.acoustic.comb`), so it is subtracted where
harmonics are and the valleys between them count for nothing: what is left is the envelope, the
same for a low voice and a high one. Coarse points of it tell vowels and consonants apart and say
little of who is singing.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vocoder.frames import MEL_BANDS, MEL_CEILING_HZ, MEL_FLOOR_HZ
from vocoder.pitch import PitchCurve, hz_to_midi, midi_to_hz
from voice.acoustic.comb import HIGHEST_MIDI, LOWEST_MIDI, comb_of
from voice.conversion.config import BANDS

NARROWEST_BANDS = 2.5
"""Deviation, in mel bands, of the window that an unvoiced frame's envelope is seen through."""
FINEST_BANDS = 1.0
"""The same where the envelope is not to be understood but kept."""
SPACINGS = 0.35
"""The same for voiced frames, in distances between neighbouring harmonics."""
UNVOICED_CLASS = 0

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]


def envelope_of(
    mel: Floats32, pitch: PitchCurve, warp: float = 1.0, comb: Floats32 | None = None
) -> Floats32:
    """The envelope of every frame at 40 points, `(40, frames)`, natural log amplitude.

    Args:
        mel: `(mels, frames)`.
        pitch: as many frames.
        warp: the points lie so many times higher; formants that are seen at 1.1 times their
            frequency are those of a shorter throat.
        comb: `comb_of(pitch)`, where it is known already.
    """
    return _through(windows(warp), mel, pitch, comb)


def fine_envelope_of(mel: Floats32, pitch: PitchCurve) -> Floats32:
    """The envelope of every frame at every mel band, `(mels, frames)`, natural log amplitude."""
    return _through(_fine_windows(), mel, pitch, None)


def _through(seen: Floats32, mel: Floats32, pitch: PitchCurve, comb: Floats32 | None) -> Floats32:
    """What windows `(classes, points, mels)` see between the harmonics, `(points, frames)`."""
    comb = comb_of(pitch) if comb is None else comb
    weight = np.exp(comb)
    flattened = (mel - comb) * weight
    kind = pitch_classes(pitch)
    envelope = np.empty((seen.shape[1], len(pitch)), dtype=np.float32)
    for number in np.unique(kind):
        here = np.flatnonzero(kind == number)
        window = seen[number]
        envelope[:, here] = (window @ flattened[:, here]) / (window @ weight[:, here])
    return envelope


def points_of() -> Floats32:
    """The 40 points of an envelope without harmonics, as a matrix `(40, mels)`."""
    points: Floats32 = windows(1.0)[UNVOICED_CLASS]
    return points


@lru_cache(maxsize=1)
def centres_hz() -> Floats:
    """The frequencies of the 40 points at warp 1, evenly spread over the mel bands."""
    return hz_of_band(np.linspace(1.0, MEL_BANDS - 2.0, BANDS))


def pitch_classes(pitch: PitchCurve) -> npt.NDArray[np.int64]:
    """0 for unvoiced frames, else a number for each semitone."""
    midi = np.clip(np.round(hz_to_midi(pitch.hz)), LOWEST_MIDI, HIGHEST_MIDI)
    return np.where(pitch.voiced, midi - LOWEST_MIDI + 1, UNVOICED_CLASS).astype(np.int64)


@lru_cache(maxsize=32)
def windows(warp: float) -> Floats32:
    """Windows at the 40 points, `(classes, 40, mels)`: one class per semitone."""
    hz = np.clip(centres_hz() * warp, MEL_FLOOR_HZ, MEL_CEILING_HZ)
    return _windows_at(band_of_hz(hz), NARROWEST_BANDS)


@lru_cache(maxsize=1)
def _fine_windows() -> Floats32:
    """Windows at every band, `(classes, mels, mels)`."""
    return _windows_at(np.arange(MEL_BANDS, dtype=np.float64), FINEST_BANDS)


def _windows_at(centre: Floats, narrowest_bands: float) -> Floats32:
    """Gaussian windows over the mel bands, one at each fractional band number, for each class."""
    bandwidth_hz = hz_of_band(centre + 0.5) - hz_of_band(centre - 0.5)
    steps = np.arange(LOWEST_MIDI, HIGHEST_MIDI + 1.0)
    spacing = midi_to_hz(steps)[:, None] / bandwidth_hz
    spread = np.maximum(narrowest_bands, SPACINGS * spacing)
    spread = np.concatenate([np.full((1, len(centre)), narrowest_bands), spread])
    away = np.arange(MEL_BANDS) - centre[:, None]
    seen = np.exp(-0.5 * (away / spread[..., None]) ** 2)
    return np.asarray(seen / seen.sum(axis=-1, keepdims=True), dtype=np.float32)


@lru_cache(maxsize=1)
def _band_edges_hz() -> Floats:
    """The middle of every mel band."""
    import librosa

    centres: Floats = librosa.mel_frequencies(
        MEL_BANDS + 2, fmin=MEL_FLOOR_HZ, fmax=MEL_CEILING_HZ
    )[1:-1]
    return centres


def hz_of_band(band: Floats) -> Floats:
    """Hertz at fractional band numbers."""
    centres = _band_edges_hz()
    return np.asarray(np.interp(band, np.arange(MEL_BANDS), centres))


def band_of_hz(hz: Floats) -> Floats:
    """Fractional band numbers of frequencies."""
    return np.asarray(np.interp(hz, _band_edges_hz(), np.arange(MEL_BANDS)))
