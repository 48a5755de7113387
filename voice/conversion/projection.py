"""From a GE2E embedding to a singer of the acoustic model; the numbers lie in content.onnx."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from voice.errors import VoiceError

WEIGHT, BIAS = "projection.weight", "projection.bias"

Floats32 = npt.NDArray[np.float32]


def project(content: bytes, embedding: Floats32) -> Floats32:
    """The speaker vector `(speaker_width,)` that sounds most like an embedding `(256,)`.

    Args:
        content: the bytes of the voice's content.onnx.

    Raises:
        VoiceError: the file holds no projection, or one of another size.
    """
    found = {
        entry.name: numpy_helper.to_array(entry).astype(np.float32)
        for entry in onnx.load_from_string(content).graph.initializer
        if entry.name in (WEIGHT, BIAS)
    }
    if set(found) != {WEIGHT, BIAS} or found[WEIGHT].shape[1:] != embedding.shape:
        raise VoiceError(
            "the content model brings no projection for embeddings of "
            f"{embedding.shape[0]} numbers; update the voice"
        )
    return np.asarray(found[WEIGHT] @ embedding + found[BIAS], dtype=np.float32)
