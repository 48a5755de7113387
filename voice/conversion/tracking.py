"""The melody of a recording: Praat finds it, WORLD refines it, lone octave slips are mended.

Long recordings are tracked in pieces that overlap, always cut at the same places, so that the
melody does not depend on how much is read at a time.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import scipy.ndimage

from vocoder.frames import GRID, HOP_SAMPLES
from vocoder.pitch import PitchCurve, hz_to_midi, midi_to_hz
from voice.conversion.stream import overlapping
from voice.corpora.pitch_labels import fill_unvoiced, label_pitch

LOWEST_HZ, HIGHEST_HZ = 65.0, 1_100.0
PIECE_FRAMES = 5_168
MARGIN_FRAMES = 172
LONGEST_SLIP_FRAMES = 24
NEIGHBOURHOOD_FRAMES = 87
OCTAVE = 12.0
OCTAVE_WITHIN = 1.5

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def track_pitch(blocks: Iterable[npt.NDArray[np.float32]], frames: int) -> PitchCurve:
    """The pitch of mono sound at 44.1 kHz, `(frames,)`."""
    hz_parts: list[Floats] = []
    voiced_parts: list[Mask] = []
    margin = MARGIN_FRAMES * HOP_SAMPLES
    for first, begin, samples in overlapping(blocks, PIECE_FRAMES * HOP_SAMPLES, margin):
        part = label_pitch(samples, LOWEST_HZ, HIGHEST_HZ)
        before = (first - begin) // HOP_SAMPLES
        inside = GRID.samples_to_frames(begin + len(samples) - first)
        kept = slice(before, before + min(PIECE_FRAMES, inside))
        hz_parts.append(part.hz[kept])
        voiced_parts.append(part.voiced[kept])
    hz, voiced = np.concatenate(hz_parts)[:frames], np.concatenate(voiced_parts)[:frames]
    return mended_octaves(PitchCurve(hz, voiced))


def mended_octaves(pitch: PitchCurve) -> PitchCurve:
    """Short stretches an octave away from what is around them are brought back.

    A stretch is left alone if it is long, or lies at the end of what is voiced: singers do leap
    octaves, but they do not leap back within a quarter of a second.
    """
    voiced = np.flatnonzero(pitch.voiced)
    if len(voiced) < NEIGHBOURHOOD_FRAMES // 2:
        return pitch
    midi = hz_to_midi(pitch.hz[voiced])
    around = scipy.ndimage.median_filter(midi, NEIGHBOURHOOD_FRAMES, mode="nearest")
    moved = np.zeros(len(voiced))
    for direction in (-OCTAVE, OCTAVE):
        slipped = np.abs(midi - around - direction) < OCTAVE_WITHIN
        runs, count = scipy.ndimage.label(slipped)
        lengths = scipy.ndimage.sum_labels(slipped, runs, np.arange(1, count + 1))
        short = 1 + np.flatnonzero(np.atleast_1d(lengths) <= LONGEST_SLIP_FRAMES)
        moved[np.isin(runs, short)] = -direction
    if not moved.any():
        return pitch
    hz = np.where(pitch.voiced, pitch.hz, 0.0)
    hz[voiced] = midi_to_hz(midi + moved)
    return PitchCurve(fill_unvoiced(hz, LOWEST_HZ, HIGHEST_HZ), pitch.voiced)
