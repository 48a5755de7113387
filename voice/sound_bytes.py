"""Recordings handed in as bytes: decoded within limits, mono, at the rate of speech models."""

from __future__ import annotations

import io
from typing import cast

import numpy as np
import numpy.typing as npt

from voice.errors import VoiceError

SPEECH_RATE_HZ = 16_000
MAX_SECONDS = 3_600.0
MAX_CHANNELS = 8
_RATES_HZ = (8_000, 192_000)

Samples = npt.NDArray[np.float32]


def decode_recording(data: bytes, what: str) -> tuple[Samples, int]:
    """Samples `(samples,)` as recorded, channels averaged, and their rate in Hz.

    Raises:
        VoiceError: no audio, or more of it than a recording of a person can be.
    """
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            seconds = file.frames / file.samplerate
            if not (
                _RATES_HZ[0] <= file.samplerate <= _RATES_HZ[1]
                and file.channels <= MAX_CHANNELS
                and 0.0 < seconds <= MAX_SECONDS
            ):
                raise VoiceError(
                    f"{what}: {seconds:.1f} s at {file.samplerate} Hz in {file.channels} channels; "
                    f"a recording has up to {MAX_SECONDS:.0f} s, {_RATES_HZ[0]} to "
                    f"{_RATES_HZ[1]} Hz and at most {MAX_CHANNELS} channels"
                )
            samples = file.read(dtype="float32", always_2d=True)
            rate = int(file.samplerate)
    except soundfile.LibsndfileError as fault:
        raise VoiceError(
            f"{what}: not an audio file ({fault}); hand in WAV, FLAC or Ogg"
        ) from fault
    if not np.isfinite(samples).all():
        raise VoiceError(f"{what}: holds values that are not numbers; export it again")
    return cast(Samples, samples.mean(axis=1)), rate


def to_speech_rate(samples: Samples, rate_hz: int) -> Samples:
    """Samples `(samples,)` at 16 kHz."""
    import soxr

    if rate_hz == SPEECH_RATE_HZ:
        return samples
    return np.asarray(soxr.resample(samples, rate_hz, SPEECH_RATE_HZ), dtype=np.float32)


def decode_speech(data: bytes, what: str) -> Samples:
    """Samples `(samples,)` at 16 kHz."""
    return to_speech_rate(*decode_recording(data, what))
