"""The half of an acoustic model that turns shared latents into mels, cut out of its own file."""

from __future__ import annotations

import onnx
import onnx.utils

from voice.errors import VoiceError

SHARED_OUTPUT = "shared"
INPUTS = (SHARED_OUTPUT, "midi", "voiced", "energy", "comb", "speaker")


def decoder_of(acoustic: bytes, voice: str) -> bytes:
    """The sub-graph from `shared` to `mel` of an acoustic.onnx, as a model of its own.

    Raises:
        VoiceError: a file made before conversion, in which the shared latents are no output.
    """
    model = onnx.load_from_string(acoustic)
    if SHARED_OUTPUT not in {output.name for output in model.graph.output}:
        raise VoiceError(
            f"voice {voice}: its acoustic model sings but does not convert, since it was made "
            "before conversion was; train or download the voice again"
        )
    part = onnx.utils.Extractor(model).extract_model(list(INPUTS), ["mel"])
    return bytes(part.SerializeToString())
