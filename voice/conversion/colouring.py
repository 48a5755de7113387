"""What a speaker vector cannot say of a voice: its colour, band by band, put into the decoder.

The recordings are converted into the new voice itself; where the result differs from them on
average, the decoder's envelope is moved by the difference.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx

from voice.acoustic.config import MEL_SCALE
from voice.conversion.listening import heard_mels
from voice.conversion.options import ConversionOptions
from voice.conversion.sung import Networks, sung_mel
from voice.conversion.survey import Survey
from voice.conversion.weights import read_weights, replace_weights

ENVELOPE_BIAS = "model.decoder.envelope.bias"
MOST_NEPERS = 2.0

Floats32 = npt.NDArray[np.float32]


def colour_of(surveys: Sequence[Survey], networks: Networks) -> Floats32:
    """How much louder the recordings are than their conversion, `(mels,)`, in nepers."""
    differences = []
    for one, heard in zip(surveys, heard_mels(surveys), strict=True):
        made = sung_mel(one, heard.mel, heard.pitch, networks, ConversionOptions())
        differences.append((heard.mel - made)[:, heard.sounding & heard.pitch.voiced])
    mean = np.concatenate(differences, axis=1).mean(axis=1)
    return np.asarray(np.clip(mean, -MOST_NEPERS, MOST_NEPERS), dtype=np.float32)


def coloured(acoustic: bytes, colour: Floats32) -> bytes:
    """The same acoustic model with its envelope moved by a colour."""
    model = onnx.load_from_string(acoustic)
    bias = read_weights(model)[ENVELOPE_BIAS]
    replace_weights(model, {ENVELOPE_BIAS: bias + colour / np.float32(MEL_SCALE)})
    return bytes(model.SerializeToString())
