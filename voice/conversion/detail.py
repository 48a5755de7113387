"""The recording's own detail, put into what the voice's networks made of it.

Networks blur: what tells d from b lies in a few frames and bands that they average away. The
recording has it, moved to where the voice's throat and colour would put it (`Match`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vocoder.pitch import PitchCurve
from voice.conversion.features import fine_envelope_of
from voice.conversion.matching import Match, voicing
from voice.conversion.options import ConversionOptions
from voice.conversion.sung import tone_of

UNVOICED_TIMES = 1.5

Floats32 = npt.NDArray[np.float32]


def with_detail(
    sung: Floats32, heard: Floats32, pitch: PitchCurve, match: Match, options: ConversionOptions
) -> Floats32:
    """A sung mel, `1 - likeness` of the way to the matched recording, `(mels, frames)`.

    Moments without voice say much of the word and little of the speaker: they go further. Where
    nothing is transposed the recording's harmonics are the voice's, and their roughness and
    breath come along.

    Args:
        sung: as `sung_mel` made it.
        heard: the recording, and `pitch` its melody.
    """
    share, voiced = 1.0 - options.likeness, voicing(pitch)
    coloured = sung + voiced.astype(np.float32) * match.own[:, None]
    if share == 0.0:
        return coloured
    own, made = fine_envelope_of(heard, pitch), fine_envelope_of(sung, tone_of(pitch, options))
    lacking = match.moved(heard, pitch) - made
    if options.transpose == 0.0 and options.formants == 0.0:
        lacking = lacking + (heard - own) - (sung - made)
    further = voiced * share + (1.0 - voiced) * min(1.0, UNVOICED_TIMES * share)
    return np.asarray(coloured + further * match.trust[:, None] * lacking, dtype=np.float32)
