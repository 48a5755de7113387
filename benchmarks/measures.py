"""Measures of made sound against recorded sound; pure functions of samples.

Spectra and voicing are WORLD's (harvest and cheaptrick) at 24 kHz every 5 ms, over frames within
40 dB of the loudest, without time warping. Pitch is Praat's: harvest gives consonants and the
borders of voicing pitches that are nobody's, and disagrees with itself about them. WORLD's coded
envelope is 2 sqrt(2) times larger than conventional mel-cepstra and is divided by that, so that the
distortions compare with papers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.praat import STEP_S, praat_track
from vocoder.audio import Audio

RATE_HZ = 24_000
PERIOD_MS = 5.0
FLOOR_HZ = 60.0
CEILING_HZ = 1_100.0
COEFFICIENTS = 25
CEPSTRUM_SCALE = 2.0 * np.sqrt(2.0)
RANGE_DB = 40.0
CLOSE_CENTS = 50.0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CopyMeasures:
    """How far made sound is from what was recorded.

    `mel_cepstral_distortion_db`, and as parts of 1: `voicing_error` (frames voiced on one side
    alone, by WORLD), `within_50_cents` (frames voiced on both sides, by Praat), the same by WORLD,
    and `judges_agree`: how often both judges are within 50 cents on the recording itself.
    `level_difference_db` is made over recorded.
    """

    mel_cepstral_distortion_db: float
    voicing_error: float
    within_50_cents: float
    within_50_cents_world: float
    judges_agree: float
    level_difference_db: float


@dataclass(frozen=True)
class WorldFeatures:
    """WORLD's view of a sound: `hz` `(frames,)`, 0 where unvoiced; `cepstrum` `(frames, 25)`."""

    hz: Floats
    cepstrum: Floats


def world_features(samples: Floats) -> WorldFeatures:
    """Features of mono samples at 24 kHz."""
    import pyworld

    hz, times_s = pyworld.harvest(
        samples, RATE_HZ, f0_floor=FLOOR_HZ, f0_ceil=CEILING_HZ, frame_period=PERIOD_MS
    )
    envelope = pyworld.cheaptrick(samples, hz, times_s, RATE_HZ)
    coded = pyworld.code_spectral_envelope(envelope, RATE_HZ, COEFFICIENTS)
    return WorldFeatures(hz, coded / CEPSTRUM_SCALE)


def copy_measures(recorded: Audio, made: Audio) -> CopyMeasures:
    """Compare a copy-synthesis with its recording, sample 0 with sample 0."""
    true, copy = (
        audio.mono().resampled(RATE_HZ).samples[0].astype(np.float64) for audio in (recorded, made)
    )
    length = min(len(true), len(copy))
    true, copy = true[:length], copy[:length]
    true_features, copy_features = world_features(true), world_features(copy)
    frames = min(len(true_features.hz), len(copy_features.hz))
    active = active_frames(true, frames)
    true_hz, copy_hz = true_features.hz[:frames], copy_features.hz[:frames]
    difference = (true_features.cepstrum - copy_features.cepstrum)[:frames, 1:]
    distortion_db = 10.0 / np.log(10.0) * np.sqrt(2.0 * np.sum(difference**2, axis=1))
    true_praat, copy_praat = (praat_hz(samples, frames) for samples in (true, copy))
    return CopyMeasures(
        mel_cepstral_distortion_db=float(distortion_db[active].mean()),
        voicing_error=float(((true_hz > 0) != (copy_hz > 0))[active].mean()),
        within_50_cents=_close(true_praat, copy_praat, active),
        within_50_cents_world=_close(true_hz, copy_hz, active),
        judges_agree=_close(true_hz, true_praat, active),
        level_difference_db=float(10.0 * np.log10(np.mean(copy**2) / np.mean(true**2))),
    )


def praat_hz(samples: Floats, frames: int) -> Floats:
    """Praat's pitch at WORLD's moments, `(frames,)`, 0 where it hears no voice."""
    track = praat_track(Audio(samples.astype(np.float32)[None], RATE_HZ))
    times_s = np.arange(frames) * PERIOD_MS / 1_000.0
    nearest = np.clip(np.round((times_s - track.times_s[0]) / STEP_S), 0, len(track.hz) - 1)
    return np.asarray(np.where(track.voiced, track.hz, 0.0)[nearest.astype(int)])


def _close(one_hz: Floats, other_hz: Floats, active: npt.NDArray[np.bool_]) -> float:
    """Of the active frames that both call voiced, those within 50 cents."""
    both = active & (one_hz > 0) & (other_hz > 0)
    cents = 1200.0 * np.log2(other_hz[both] / one_hz[both])
    return float((np.abs(cents) <= CLOSE_CENTS).mean()) if both.any() else 1.0


def active_frames(samples: Floats, frames: int) -> npt.NDArray[np.bool_]:
    """Frames of 5 ms that lie within 40 dB of the loudest, shape `(frames,)`."""
    step = round(RATE_HZ * PERIOD_MS / 1_000.0)
    padded = np.pad(samples, (0, max(0, frames * step - len(samples))))[: frames * step]
    level = np.sqrt(np.mean(padded.reshape(frames, step) ** 2, axis=1))
    return np.asarray(level > level.max() * 10.0 ** (-RANGE_DB / 20.0))
