"""The recording's own detail, put into what the voice's networks made of it.

Networks blur: what tells d from b lies in a few frames and bands that they average away. The
recording has it, moved to where the voice's throat and colour would put it (`Match`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vocoder.pitch import PitchCurve
from voice.conversion.features import fine_envelope_of
from voice.conversion.matching import Match
from voice.conversion.options import ConversionOptions
from voice.conversion.sung import tone_of

Floats32 = npt.NDArray[np.float32]


def with_detail(
    sung: Floats32, heard: Floats32, pitch: PitchCurve, match: Match, options: ConversionOptions
) -> Floats32:
    """A sung mel, `1 - likeness` of the way to the matched recording, `(mels, frames)`.

    Where nothing is transposed the recording's harmonics are the voice's, and their roughness and
    breath come along.

    Args:
        sung: as `sung_mel` made it.
        heard: the recording, and `pitch` its melody.
    """
    share = np.float32(1.0 - options.likeness)
    if share == 0.0:
        return sung
    own, made = fine_envelope_of(heard, pitch), fine_envelope_of(sung, tone_of(pitch, options))
    lacking = match.moved(heard, pitch) - made
    if options.transpose == 0.0 and options.formants == 0.0:
        lacking = lacking + (heard - own) - (sung - made)
    return np.asarray(sung + share * match.trust[:, None] * lacking, dtype=np.float32)
