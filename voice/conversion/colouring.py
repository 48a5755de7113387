"""What a speaker vector cannot say of a voice, put into the decoder: its colour.

The recordings are converted into the new voice itself. How the result differs from them, on
average and depending on the sound at hand, is learnt by a ridge regression, and folded into the
last layer of the decoder's envelope: both are linear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx

from vocoder.frames import MEL_BANDS
from voice.acoustic.config import MEL_MEAN, MEL_SCALE
from voice.acoustic.exported_weights import read_weights, replace_weights
from voice.conversion.features import envelope_of, points_of
from voice.conversion.listening import heard_mels
from voice.conversion.options import ConversionOptions
from voice.conversion.regression import between_points, slope_between
from voice.conversion.sung import Networks, sung_mel
from voice.conversion.survey import Survey

ENVELOPE_BIAS, ENVELOPE_WEIGHT = "model.decoder.envelope.bias", "model.decoder.envelope.weight"
MOST_NEPERS = 2.0

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Colour:
    """What a voice's envelope lacks, in nepers: `mean` `(mels,)`, and `slope` `(mels, mels)` times
    how far the envelope lies from `usual` `(mels,)`."""

    mean: Floats32
    usual: Floats32
    slope: Floats32


def colour_of(surveys: Sequence[Survey], networks: Networks) -> Colour:
    """What the conversion of some recordings into their own voice lacks of them."""
    lacking, points, wanted, made_mels = [], [], [], []
    for one, heard in zip(surveys, heard_mels(surveys), strict=True):
        made = sung_mel(one, heard.mel, heard.pitch, networks, ConversionOptions())
        use = heard.sounding & heard.pitch.voiced
        lacking.append((heard.mel - made)[:, use])
        points.append(envelope_of(made, heard.pitch)[:, use])
        wanted.append(envelope_of(heard.mel, heard.pitch)[:, use])
        made_mels.append(made[:, use])
    mean = np.clip(np.concatenate(lacking, axis=1).mean(axis=1), -MOST_NEPERS, MOST_NEPERS)
    slope = slope_between(np.concatenate(points, axis=1), np.concatenate(wanted, axis=1))
    return Colour(
        mean.astype(np.float32),
        np.concatenate(made_mels, axis=1).mean(axis=1).astype(np.float32),
        np.asarray(between_points() @ slope @ points_of(), dtype=np.float32),
    )


def coloured(acoustic: bytes, colour: Colour) -> bytes:
    """The same acoustic model with its envelope moved by a colour."""
    model = onnx.load_from_string(acoustic)
    weights = read_weights(model)
    turned = np.eye(MEL_BANDS, dtype=np.float32) + colour.slope
    added = colour.mean + colour.slope @ (MEL_MEAN - colour.usual)
    replace_weights(
        model,
        {
            ENVELOPE_WEIGHT: np.asarray(turned @ weights[ENVELOPE_WEIGHT], np.float32),
            ENVELOPE_BIAS: np.asarray(
                turned @ weights[ENVELOPE_BIAS] + added / MEL_SCALE, np.float32
            ),
        },
    )
    return bytes(model.SerializeToString())
