"""Fundamental frequency of recordings: Praat finds it, WORLD refines it.

Praat's autocorrelation (Boersma 1993) decides what is voiced and in which octave; WORLD's StoneMask
(Morise et al. 2016) refines the value by instantaneous frequency. Harvest costs fifty times more
and calls too much voiced.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID
from vocoder.pitch import CEILING_HZ, FLOOR_HZ, PitchCurve, hz_to_midi, midi_to_hz

ANALYSIS_RATE_HZ = 24_000
SUNG_BELOW = 0.70
SUNG_ABOVE = 1.45
SHORTEST_PERIODS = 6
SPEECH_FLOOR_HZ = 65.0
SPEECH_CEILING_HZ = 420.0
SUNG_CEILING_HZ = 900.0
NEAREST_OTHER, FARTHEST_OTHER = 4.0, 10.0
"""Semitones from the stated note: nearer is the singer's freedom, farther a slip of the octave."""


def pitch_range_hz(pitch_midi: int | None, sung: bool) -> tuple[float, float]:
    """Where to look for the pitch of a recording, narrow around the note if one is known."""
    if pitch_midi is not None:
        centre = float(midi_to_hz(pitch_midi))
        return centre * SUNG_BELOW, centre * SUNG_ABOVE
    return SPEECH_FLOOR_HZ, SUNG_CEILING_HZ if sung else SPEECH_CEILING_HZ


def heard_range_hz(
    samples: npt.NDArray[np.float32], pitch_midi: int | None, sung: bool
) -> tuple[float, float]:
    """`pitch_range_hz`, around the note that is heard where it is plainly not the one stated.

    Voicebanks name a set of recordings by the keys that it is to serve, and may have sung it
    elsewhere: the strong "A4" of one is a D4, which lies below what A4 would be looked for.

    Args:
        samples: mono audio at 44.1 kHz, `(samples,)`.
    """
    stated = pitch_range_hz(pitch_midi, sung)
    if pitch_midi is None:
        return stated
    voiced_hz = _voiced_hz(samples, SPEECH_FLOOR_HZ, SUNG_CEILING_HZ)
    if not len(voiced_hz):
        return stated
    heard = float(np.median(hz_to_midi(voiced_hz)))
    off = abs(heard - pitch_midi)
    return pitch_range_hz(round(heard), sung) if NEAREST_OTHER < off < FARTHEST_OTHER else stated


def _voiced_hz(
    samples: npt.NDArray[np.float32], floor_hz: float, ceiling_hz: float
) -> npt.NDArray[np.float64]:
    """What Praat hears wherever it hears a voice, in steps of 20 ms."""
    import parselmouth

    if len(samples) < SHORTEST_PERIODS * GRID.sample_rate_hz / floor_hz:
        return np.zeros(0)
    sound = parselmouth.Sound(samples.astype(np.float64), GRID.sample_rate_hz)
    found = sound.to_pitch_ac(time_step=0.02, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz)
    hz = np.asarray(found.selected_array["frequency"], dtype=np.float64)
    return hz[hz > 0]


def label_pitch(samples: npt.NDArray[np.float32], floor_hz: float, ceiling_hz: float) -> PitchCurve:
    """Pitch at the middle of every frame.

    Args:
        samples: mono audio at 44.1 kHz, `(samples,)`.
    """
    import parselmouth
    import pyworld
    import soxr

    frames = GRID.samples_to_frames(len(samples))
    wave = soxr.resample(samples, GRID.sample_rate_hz, ANALYSIS_RATE_HZ).astype(np.float64)
    if len(wave) < SHORTEST_PERIODS * ANALYSIS_RATE_HZ / floor_hz:
        return PitchCurve(
            fill_unvoiced(np.zeros(frames), floor_hz, ceiling_hz), np.zeros(frames, bool)
        )
    judged = parselmouth.Sound(wave, ANALYSIS_RATE_HZ).to_pitch_ac(
        time_step=GRID.frame_s / 2, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz
    )
    heard_hz = judged.selected_array["frequency"]
    times_s = GRID.centres_s(frames)
    nearest = np.clip(np.searchsorted(judged.xs(), times_s), 0, len(heard_hz) - 1)
    found_hz = heard_hz[nearest]
    refined_hz = pyworld.stonemask(wave, found_hz, times_s, ANALYSIS_RATE_HZ)
    hz = np.where(refined_hz > 0, refined_hz, found_hz)
    return PitchCurve(fill_unvoiced(hz, floor_hz, ceiling_hz), found_hz > 0)


def fill_unvoiced(
    hz: npt.NDArray[np.float64], floor_hz: float, ceiling_hz: float
) -> npt.NDArray[np.float64]:
    """Bridge gaps (zeros) in a pitch curve by straight lines in the log domain."""
    known = np.flatnonzero(hz > 0)
    if not len(known):
        return np.full(len(hz), np.sqrt(floor_hz * ceiling_hz))
    bridged = np.exp(np.interp(np.arange(len(hz)), known, np.log(hz[known])))
    return np.asarray(np.clip(bridged, FLOOR_HZ, CEILING_HZ))
