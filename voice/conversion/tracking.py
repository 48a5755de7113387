"""The melody of a recording: Praat's autocorrelation (Boersma 1993), lone octave slips mended.

A window of 46 ms, as long as the lowest voice needs, finds the octave and what is voiced; windows
as short as the pitch at hand allows say what it is, moment by moment.

WORLD's StoneMask, which the labels of corpora are refined by, is left out: at the edges of voiced
stretches, where speech and song begin and end in the middle of a window, it strays by more than
half a semitone at every twentieth moment.

Long recordings are tracked in pieces that overlap, always cut at the same places, so that the
melody does not depend on how much is read at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID, HOP_SAMPLES
from vocoder.pitch import PitchCurve, hz_to_midi, midi_to_hz
from voice.conversion.polyline import frame_values
from voice.conversion.stream import overlapping
from voice.corpora.pitch_labels import fill_unvoiced

LOWEST_HZ, HIGHEST_HZ = 65.0, 1_100.0
ANALYSIS_RATE_HZ = 24_000
SHORTEST_S = 6.0 / LOWEST_HZ
MOMENTS = 4
"""Of each frame at which the pitch is asked for."""
UNVOICED_WEIGHT = 0.05
LEAP_OCTAVES = 1.0 / 12.0
FINER_FLOORS_HZ = (92.0, 130.0, 184.0, 260.0)
PERIODS_ROOM = 1.3
"""A window must hold 3.9 periods, for three are the fewest in which Praat hears a pitch."""
FINER_WITHIN_OCTAVES = 1.0 / 12.0
PIECE_FRAMES = 5_168
MARGIN_FRAMES = 172
LONGEST_SLIP_FRAMES = 12
OCTAVE = 12.0
OCTAVE_WITHIN = 1.0

Floats = npt.NDArray[np.float64]


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
    """What Praat hears in every frame, `samples` `(samples,)` at 44.1 kHz.

    It is heard at several moments of each frame; the curve is the straight lines between frames
    that lie nearest to them, in octaves. At both ends of what is voiced the pitch is held.
    """
    import soxr

    frames = GRID.samples_to_frames(len(samples))
    if len(samples) < SHORTEST_S * GRID.sample_rate_hz:
        nothing = fill_unvoiced(np.zeros(frames), LOWEST_HZ, HIGHEST_HZ)
        return PitchCurve(nothing, np.zeros(frames, dtype=np.bool_))
    wave = soxr.resample(samples, GRID.sample_rate_hz, ANALYSIS_RATE_HZ).astype(np.float64)
    moments_s = (np.arange(frames * MOMENTS) + 0.5) * GRID.frame_s / MOMENTS
    heard = _Heard.by_praat(wave, LOWEST_HZ)
    moments_hz = _refined(wave, heard.between(moments_s), moments_s)
    bridged = np.log2(fill_unvoiced(_held(moments_hz), LOWEST_HZ, HIGHEST_HZ))
    counts = np.where(moments_hz > 0, 1.0, UNVOICED_WEIGHT)
    hz = np.exp2(frame_values(bridged, counts, MOMENTS, LEAP_OCTAVES))
    voiced = heard.nearest(GRID.centres_s(frames)) > 0
    return PitchCurve(np.clip(hz, LOWEST_HZ, HIGHEST_HZ), voiced)


@dataclass(frozen=True)
class _Heard:
    """What Praat hears every half frame from `first_s` on, in hertz; 0 where nothing is voiced."""

    hz: Floats
    first_s: float
    step_s: float

    @classmethod
    def by_praat(cls, wave: Floats, floor_hz: float) -> _Heard:
        """Through a window of three periods of `floor_hz`."""
        import parselmouth

        found = parselmouth.Sound(wave, ANALYSIS_RATE_HZ).to_pitch_ac(
            time_step=GRID.frame_s / 2, pitch_floor=floor_hz, pitch_ceiling=HIGHEST_HZ
        )
        hz = np.asarray(found.selected_array["frequency"], dtype=np.float64)
        return cls(hz, float(found.x1), float(found.dx))

    def nearest(self, times_s: Floats) -> Floats:
        """What was heard nearest to each time."""
        at = np.round((times_s - self.first_s) / self.step_s).astype(np.int64)
        return np.asarray(self.hz[np.clip(at, 0, len(self.hz) - 1)])

    def between(self, times_s: Floats) -> Floats:
        """The same, but on a straight line, in octaves, where both sides are voiced."""
        at = (times_s - self.first_s) / self.step_s
        last = len(self.hz) - 1
        below = np.clip(np.floor(at).astype(np.int64), 0, last)
        low_hz, high_hz = self.hz[below], self.hz[np.minimum(below + 1, last)]
        both = (low_hz > 0) & (high_hz > 0)
        share = np.clip(at - below, 0.0, 1.0)
        line_hz = (
            np.where(both, low_hz, 1.0) ** (1.0 - share) * np.where(both, high_hz, 1.0) ** share
        )
        return np.where(both, line_hz, self.nearest(times_s))


def _refined(wave: Floats, heard_hz: Floats, times_s: Floats) -> Floats:
    """The same pitch through shorter windows where it is high enough for them.

    The window that hears the lowest voice holds nine periods of a woman's: in it the louder of two
    sounds gives its pitch to the softer beside it, and a fast glide is flattened.
    """
    hz = heard_hz.copy()
    for floor_hz in FINER_FLOORS_HZ:
        high = heard_hz > floor_hz * PERIODS_ROOM
        if not high.any():
            break
        finer_hz = _Heard.by_praat(wave, floor_hz).between(times_s)
        agreed = high & (finer_hz > 0)
        agreed[agreed] = np.abs(np.log2(finer_hz[agreed] / heard_hz[agreed])) < FINER_WITHIN_OCTAVES
        hz[agreed] = finer_hz[agreed]
    return hz


def _held(hz: Floats) -> Floats:
    """Every voiced stretch goes on for a frame on both sides, at most to the middle of a gap."""
    index = np.arange(len(hz))
    voiced = hz > 0
    if not voiced.any():
        return hz
    before = np.maximum.accumulate(np.where(voiced, index, -len(hz)))
    after = np.minimum.accumulate(np.where(voiced, index, 2 * len(hz))[::-1])[::-1]
    nearer = np.where(index - before <= after - index, before, after)
    return np.where(np.abs(nearer - index) <= MOMENTS, hz[np.clip(nearer, 0, len(hz) - 1)], 0.0)


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
