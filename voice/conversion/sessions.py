"""ONNX sessions of a voice for converting; nothing is opened without a permit to convert."""

from __future__ import annotations

from datetime import datetime

import onnxruntime

from consent.gate import verify
from consent.grant import Operation
from vocoder.synthesis import LOADING_FAILURES, Vocoder
from voice.bank import Voice
from voice.card import ENROLLED
from voice.conversion.decoding import decoder_of
from voice.conversion.sung import Networks
from voice.conversion.usual import usual_envelope
from voice.errors import VoiceError

CONTENT_KEY = "content"


def open_networks(voice: Voice, source_sha256: str, at: datetime, threads: int) -> Networks:
    """The content encoder, decoder and vocoder of a voice; its permit is verified once more.

    Raises:
        VoiceError: the voice sings but does not convert.
    """
    verify(voice.permit, Operation.CONVERT, voice.folder.digest, at, source_sha256)
    name = voice.card.name
    if CONTENT_KEY not in voice.models:
        raise VoiceError(
            f"voice {name}: brings no content model, so it sings but does not convert; choose "
            "another voice or a newer one"
        )
    decoder = decoder_of(voice.models["acoustic"], name)
    usual = None  # an enrolled voice has its colour from recordings, in the decoder
    if voice.card.kind != ENROLLED:
        acoustic = _session(voice.models["acoustic"], name, "acoustic", threads)
        usual = usual_envelope(acoustic, voice.card, voice.speaker)
    return Networks(
        _session(voice.models[CONTENT_KEY], name, CONTENT_KEY, threads),
        _session(decoder, name, "acoustic", threads),
        Vocoder.load(voice.models["vocoder"], name, threads),
        voice.speaker,
        usual,
    )


def _session(data: bytes, voice: str, key: str, threads: int) -> onnxruntime.InferenceSession:
    """An arena keeps whatever the largest piece once needed; hours of pieces need it back."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except LOADING_FAILURES as error:
        raise VoiceError(
            f"voice {voice}: its {key} model cannot be run ({str(error).splitlines()[0]}); add the "
            "voice again"
        ) from error
