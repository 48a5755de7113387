"""ONNX sessions of a voice, opened from verified bytes; nothing sounds without a permit."""

from __future__ import annotations

from datetime import datetime

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as failures

from consent.gate import verify
from consent.grant import Operation
from voice.acoustic.singer import AcousticSinger
from voice.bank import Voice
from voice.errors import VoiceError

LOADING_FAILURES = (
    failures.Fail,
    failures.InvalidArgument,
    failures.InvalidGraph,
    failures.InvalidProtobuf,
    failures.NotImplemented,
    failures.RuntimeException,
)


def open_singer(voice: Voice, at: datetime, threads: int) -> AcousticSinger:
    """The acoustic model of a voice; its permit is verified once more."""
    verify(voice.permit, Operation.SING, voice.folder.digest, at)
    return AcousticSinger(
        _session(voice, "acoustic", threads),
        _session(voice, "curves", threads),
        _session(voice, "durations", threads),
        voice.speaker,
    )


def _session(voice: Voice, key: str, threads: int) -> onnxruntime.InferenceSession:
    """An arena would keep whatever the largest chunk once needed as long as the session lives."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            voice.models[key], options, providers=["CPUExecutionProvider"]
        )
    except LOADING_FAILURES as error:
        raise VoiceError(
            f"voice {voice.card.name}: its {key} model cannot be run "
            f"({str(error).splitlines()[0]}); add the voice again"
        ) from error
