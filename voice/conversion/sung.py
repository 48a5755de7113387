"""What the networks of a voice make of a recording: envelope to content, content to mel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnxruntime

from vocoder.pitch import CEILING_HZ, FLOOR_HZ, PitchCurve, hz_to_midi
from vocoder.synthesis import Vocoder
from voice.acoustic.comb import comb_of
from voice.acoustic.loudness import energy_of
from voice.conversion.features import envelope_of
from voice.conversion.options import ConversionOptions
from voice.conversion.survey import Survey
from voice.conversion.usual import UsualEnvelope

Floats32 = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Networks:
    """What a voice converts with: opened files, the vector of the singer, and how they sound.

    `usual` is None where the decoder was coloured by the singer's own recordings.
    """

    content: onnxruntime.InferenceSession
    decoder: onnxruntime.InferenceSession
    vocoder: Vocoder
    speaker: Floats32
    usual: UsualEnvelope | None = None


def moved_pitch(pitch: PitchCurve, semitones: float) -> PitchCurve:
    """A melody transposed."""
    hz = np.clip(pitch.hz * 2.0 ** (semitones / 12.0), FLOOR_HZ, CEILING_HZ)
    return PitchCurve(hz, pitch.voiced)


def tone_of(pitch: PitchCurve, options: ConversionOptions) -> PitchCurve:
    """What the networks sing of a melody: lower by what the formants are to rise afterwards."""
    return moved_pitch(pitch, options.transpose - options.formants)


def sung_mel(
    survey: Survey,
    heard: Floats32,
    pitch: PitchCurve,
    networks: Networks,
    options: ConversionOptions,
) -> Floats32:
    """The mel `(mels, frames)` of the voice saying what was heard, at `tone_of(pitch)`.

    Args:
        heard: part of the recording at the trained level, `(mels, frames)`.
        pitch: of the same frames, as recorded.
    """
    speaker = networks.speaker.reshape(1, -1).astype(np.float32)
    voiced = pitch.voiced.astype(np.float32)[None]
    content = networks.content.run(
        ["shared"],
        {
            "envelope": envelope_of(heard, pitch)[None],
            "usual": survey.usual[None],
            "trust": np.array([[survey.trust]], dtype=np.float32),
            "midi": _track(hz_to_midi(pitch.hz)),
            "voiced": voiced,
            "shift": np.full((1, len(pitch)), options.transpose, dtype=np.float32),
            "speaker": speaker,
        },
    )
    tone = tone_of(pitch, options)
    decoded = networks.decoder.run(
        ["mel"],
        {
            "shared": content[0],
            "midi": _track(hz_to_midi(tone.hz)),
            "voiced": voiced,
            "energy": _track(energy_of(heard)),
            "comb": comb_of(tone)[None],
            "speaker": speaker,
        },
    )
    return np.asarray(decoded[0][0], dtype=np.float32)


def _track(values: Floats) -> Floats32:
    return np.asarray(values, dtype=np.float32)[None]
