"""What can go wrong with sound."""

from __future__ import annotations


class SoundError(Exception):
    """Any fault of audio, mel or vocoder that a user can mend; the message says what and where."""


class AudioFormatError(SoundError):
    """A file that is not audio, or whose header promises more than the limits allow."""


class ResamplerError(SoundError):
    """A resampler that was asked for and cannot be imported here."""


class VocoderError(SoundError):
    """A vocoder file that is missing, of another clock, or not an ONNX vocoder at all."""
