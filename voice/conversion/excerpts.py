"""Parts of a recording, evenly spread, beside what the voice makes of them."""

from __future__ import annotations

import numpy as np

from vocoder.pitch import PitchCurve
from voice.conversion.config import NEPERS_PER_DB
from voice.conversion.matching import Excerpt
from voice.conversion.options import ConversionOptions
from voice.conversion.recording import read_blocks
from voice.conversion.stream import mel_pieces
from voice.conversion.sung import Networks, sung_mel, tone_of
from voice.conversion.survey import Survey

PIECE_FRAMES = 1_024
MOST_PIECES = 10
"""Two minutes: a mean does not get better by more."""


def excerpts_of(
    survey: Survey, networks: Networks, options: ConversionOptions
) -> tuple[Excerpt, ...]:
    """Up to ten pieces of a recording, read once more from its file; all of a short one."""
    count = -(-survey.frames // PIECE_FRAMES)
    chosen = {index * count // min(count, MOST_PIECES) for index in range(min(count, MOST_PIECES))}
    found = []
    for index, mel in enumerate(mel_pieces(read_blocks(survey.recording), PIECE_FRAMES)):
        if index not in chosen:
            continue
        span = slice(index * PIECE_FRAMES, index * PIECE_FRAMES + mel.shape[1])
        pitch = PitchCurve(survey.pitch.hz[span], survey.pitch.voiced[span])
        heard = mel + np.float32(survey.gain_db * NEPERS_PER_DB)
        sung = sung_mel(survey, heard, pitch, networks, options)
        found.append(Excerpt(heard, pitch, sung, tone_of(pitch, options)))
    return tuple(found)
