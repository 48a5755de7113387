"""The melody of a recording: Praat's autocorrelation (Boersma 1993), lone octave slips mended.

WORLD's StoneMask, which the labels of corpora are refined by, is left out: at the edges of voiced
stretches, where speech and song begin and end in the middle of a window, it strays by more than
half a semitone at every twentieth moment.

Long recordings are tracked in pieces that overlap, always cut at the same places, so that the
melody does not depend on how much is read at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID, HOP_SAMPLES
from vocoder.pitch import PitchCurve, hz_to_midi, midi_to_hz
from voice.conversion.stream import overlapping
from voice.corpora.pitch_labels import fill_unvoiced

LOWEST_HZ, HIGHEST_HZ = 65.0, 1_100.0
ANALYSIS_RATE_HZ = 24_000
SHORTEST_S = 6.0 / LOWEST_HZ
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
        part = heard_pitch(samples)
        before, at = (first - begin) // HOP_SAMPLES, first // HOP_SAMPLES
        count = min(PIECE_FRAMES, frames - at)
        hz[at : at + count] = part.hz[before : before + count]
        voiced[at : at + count] = part.voiced[before : before + count]
    return mended_octaves(PitchCurve(hz, voiced))


def heard_pitch(samples: npt.NDArray[np.float32]) -> PitchCurve:
    """What Praat hears at the middle of every frame, `samples` `(samples,)` at 44.1 kHz.

    Between two moments that are both voiced the pitch is a straight line, in octaves.
    """
    import parselmouth
    import soxr

    frames = GRID.samples_to_frames(len(samples))
    if len(samples) < SHORTEST_S * GRID.sample_rate_hz:
        nothing = fill_unvoiced(np.zeros(frames), LOWEST_HZ, HIGHEST_HZ)
        return PitchCurve(nothing, np.zeros(frames, dtype=np.bool_))
    wave = soxr.resample(samples, GRID.sample_rate_hz, ANALYSIS_RATE_HZ).astype(np.float64)
    found = parselmouth.Sound(wave, ANALYSIS_RATE_HZ).to_pitch_ac(
        time_step=GRID.frame_s / 2, pitch_floor=LOWEST_HZ, pitch_ceiling=HIGHEST_HZ
    )
    moments_hz = np.asarray(found.selected_array["frequency"], dtype=np.float64)
    at = (GRID.centres_s(frames) - found.x1) / found.dx
    last = len(moments_hz) - 1
    nearest_hz = moments_hz[np.clip(np.round(at).astype(np.int64), 0, last)]
    below = np.clip(np.floor(at).astype(np.int64), 0, last)
    low_hz, high_hz = moments_hz[below], moments_hz[np.minimum(below + 1, last)]
    both = (low_hz > 0) & (high_hz > 0)
    share = np.clip(at - below, 0.0, 1.0)
    between_hz = (
        np.where(both, low_hz, 1.0) ** (1.0 - share) * np.where(both, high_hz, 1.0) ** share
    )
    hz = np.where((nearest_hz > 0) & both, between_hz, nearest_hz)
    return PitchCurve(fill_unvoiced(hz, LOWEST_HZ, HIGHEST_HZ), nearest_hz > 0)


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
