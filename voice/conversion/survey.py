"""The first pass over a recording: its melody, its level, its colour, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID
from vocoder.pitch import PitchCurve, hz_to_midi
from voice.acoustic.loudness import REFERENCE_DB, REFERENCE_PERCENTILE
from voice.conversion.config import BANDS, NEPERS_PER_DB
from voice.conversion.features import envelope_of
from voice.conversion.recording import Faults, Recording, read_blocks
from voice.conversion.stream import mel_pieces
from voice.conversion.tracking import track_pitch
from voice.corpora.boundaries import loudness_db
from voice.errors import ConversionError

PIECE_FRAMES = 2_048
SOUNDING_DB = 30.0
LOUDEST_PERCENTILE, HEARD_DB = 99, 40.0
QUIETEST_PEAK = 1e-4
LEAST_VOICED = 0.03
USUAL_AFTER_FRAMES = 860.0
"""After ten seconds of sound a recording's own mean envelope is half believed."""
CLIPPED_SHARE = 1e-3
LEAP_SEMITONES = 2.0
MANY_LEAPS = 0.08
"""Share of voiced frames whose pitch leaps: 0-4 % in most voices, 12 % in one that creaks, 6-33 %
in music."""
WIDE_BAND_HZ = 16_000

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Survey:
    """What is known of a recording before it is converted.

    `gain_db` brings it to the level that the networks were trained at; `usual` `(40,)` is its
    mean envelope at that level and `trust`, 0-1, how much sound it rests on.
    """

    recording: Recording
    pitch: PitchCurve
    gain_db: float
    usual: Floats32
    trust: float
    warnings: tuple[str, ...]

    @property
    def frames(self) -> int:
        return len(self.pitch)


def survey(recording: Recording, progress: Callable[[float], None] = lambda share: None) -> Survey:
    """Hear a recording once through.

    Raises:
        ConversionError: it is silent, or nobody sings or speaks in it.
    """
    faults = Faults()
    frames = GRID.samples_to_frames(recording.clock_samples)
    pitch = track_pitch(read_blocks(recording, faults), frames)
    if faults.peak < QUIETEST_PEAK:
        raise ConversionError(f"{recording.path}: is silent; record it again, louder")
    progress(0.7)
    loudness, usual, count = _levels(recording, pitch)
    heard = loudness > np.percentile(loudness, LOUDEST_PERCENTILE) - HEARD_DB
    gain_db = REFERENCE_DB - float(np.percentile(loudness[heard], REFERENCE_PERCENTILE))
    sounding = loudness + gain_db > REFERENCE_DB - SOUNDING_DB
    voiced_share = float(np.mean(pitch.voiced[sounding])) if sounding.any() else 0.0
    if voiced_share < LEAST_VOICED:
        raise ConversionError(
            f"{recording.path}: nobody sings or speaks in it ({100 * voiced_share:.0f} % of its "
            "sound has a pitch); give a recording of one voice"
        )
    leaps = leaping(pitch)
    return Survey(
        recording,
        pitch,
        gain_db,
        (usual + gain_db * NEPERS_PER_DB).astype(np.float32),
        count / (count + USUAL_AFTER_FRAMES),
        tuple(_warnings(recording, faults, leaps)),
    )


def leaping(pitch: PitchCurve) -> float:
    """The share of voiced frames at which the pitch leaps by more than two semitones."""
    steps = np.abs(np.diff(hz_to_midi(pitch.hz)))[pitch.voiced[1:] & pitch.voiced[:-1]]
    return float(np.mean(steps > LEAP_SEMITONES)) if len(steps) else 0.0


def _levels(
    recording: Recording, pitch: PitchCurve
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], int]:
    """Decibels of every frame, and the mean envelope of those that sound, and how many do.

    A frame counts as sounding by the loudest that was heard up to it.
    """
    levels = np.empty(len(pitch))
    total = np.zeros(BANDS)
    first, count, loudest = 0, 0, -200.0
    for mel in mel_pieces(read_blocks(recording), PIECE_FRAMES):
        last = first + mel.shape[1]
        level = loudness_db(mel)
        loudest = max(loudest, float(np.percentile(level, REFERENCE_PERCENTILE)))
        sounding = level > loudest - SOUNDING_DB
        part = PitchCurve(pitch.hz[first:last], pitch.voiced[first:last])
        total += envelope_of(mel, part)[:, sounding].sum(axis=1)
        count += int(sounding.sum())
        levels[first:last] = level
        first = last
    return levels, total / max(count, 1), count


def _warnings(recording: Recording, faults: Faults, leaps: float) -> list[str]:
    found = []
    if leaps > MANY_LEAPS:
        found.append(
            f"its pitch leaps {100 * leaps:.0f} % of the time, as in music rather than in one "
            "voice; if it holds instruments or several voices, give one voice alone"
        )
    if faults.mended:
        found.append(f"{faults.mended} samples are no numbers and were taken for silence")
    if faults.clipped > CLIPPED_SHARE * faults.samples:
        share = 100.0 * faults.clipped / faults.samples
        found.append(f"{share:.1f} % of the recording is clipped; record it at a lower level")
    if recording.rate_hz < WIDE_BAND_HZ:
        found.append(
            f"recorded at {recording.rate_hz} Hz: what lies above {recording.rate_hz // 2} Hz is "
            "guessed, s and f may be taken for one another"
        )
    if faults.apart > 0.0:
        found.append(f"its {recording.channels} channels differ and were mixed to one")
    return found
