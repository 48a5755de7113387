"""The melody of a recording: Praat finds it, WORLD refines it, lone octave slips are mended.

Long recordings are tracked in pieces that overlap, always cut at the same places, so that the
melody does not depend on how much is read at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from vocoder.frames import HOP_SAMPLES
from vocoder.pitch import PitchCurve, hz_to_midi, midi_to_hz
from voice.conversion.stream import overlapping
from voice.corpora.pitch_labels import fill_unvoiced, label_pitch

LOWEST_HZ, HIGHEST_HZ = 65.0, 1_100.0
PIECE_FRAMES = 5_168
MARGIN_FRAMES = 172
LONGEST_SLIP_FRAMES = 12
OCTAVE = 12.0
OCTAVE_WITHIN = 1.0


def track_pitch(blocks: Iterable[npt.NDArray[np.float32]], frames: int) -> PitchCurve:
    """The pitch of mono sound at 44.1 kHz, `(frames,)`.

    What lasts is allocated at once: small arrays kept between large ones that go would pin them.
    """
    hz, voiced = np.full(frames, LOWEST_HZ), np.zeros(frames, dtype=np.bool_)
    margin = MARGIN_FRAMES * HOP_SAMPLES
    for first, begin, samples in overlapping(blocks, PIECE_FRAMES * HOP_SAMPLES, margin):
        part = label_pitch(samples, LOWEST_HZ, HIGHEST_HZ)
        before, at = (first - begin) // HOP_SAMPLES, first // HOP_SAMPLES
        count = min(PIECE_FRAMES, frames - at)
        hz[at : at + count] = part.hz[before : before + count]
        voiced[at : at + count] = part.voiced[before : before + count]
    return mended_octaves(PitchCurve(hz, voiced))


def mended_octaves(pitch: PitchCurve) -> PitchCurve:
    """Short stretches that leap an octave from one frame to the next, and leap back, come back.

    A leap that stays is the singer's: nobody leaps an octave and back within an eighth of a second.
    """
    midi = hz_to_midi(pitch.hz)
    step = np.diff(midi)
    leaps = np.flatnonzero(
        (np.abs(np.abs(step) - OCTAVE) < OCTAVE_WITHIN) & pitch.voiced[1:] & pitch.voiced[:-1]
    )
    moved = np.zeros(len(midi))
    for out, back in pairwise(leaps):
        opposite = step[out] * step[back] < 0
        unbroken = pitch.voiced[out : back + 1].all()
        if opposite and unbroken and back - out <= LONGEST_SLIP_FRAMES and not moved[out]:
            moved[out + 1 : back + 1] = -OCTAVE * np.sign(step[out])
    if not moved.any():
        return pitch
    hz = np.where(pitch.voiced, midi_to_hz(midi + moved), 0.0)
    return PitchCurve(fill_unvoiced(hz, LOWEST_HZ, HIGHEST_HZ), pitch.voiced)
