"""Rests are silent: what the network murmurs in them is taken away.

Recordings have noise in their pauses, and singers' strings have none that are long; so a network
left alone fills long rests with hiss. How a tone dies away and how lips open before the next one it
did learn: the first and last moments of a silence stay as they are, what lies deeper fades out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import SILENCE
from vocoder.mel import LOG_FLOOR
from voice.expression import FramedPhone

KEPT_FRAMES = 8
"""In recordings a tone falls by 35 dB in this time, 0.09 s, and the network does the same."""

FADE_DB_A_FRAME = 4.0
DEEPEST_DB = 100.0
NEPERS_PER_DB = float(np.log(10.0) / 20.0)

Floats32 = npt.NDArray[np.float32]


def hushed(mel: Floats32, phones: Sequence[FramedPhone]) -> Floats32:
    """A log-mel `(mels, frames)` whose silences are silent; sounds come back as they were."""
    silences = [phone for phone in phones if phone.symbol == SILENCE.symbol]
    if not silences:
        return mel
    result = mel.copy()
    for phone in silences:
        span = slice(phone.first_frame, phone.end_frame)
        quieter = NEPERS_PER_DB * _lowered_db(phone, phone.first_frame == 0, phone is phones[-1])
        result[:, span] = np.maximum(mel[:, span] - quieter, np.log(LOG_FLOOR))
    return result


def _lowered_db(phone: FramedPhone, first: bool, last: bool) -> Floats32:
    """How far each frame of a silence is lowered; at the song's ends there is nothing to fade."""
    since = np.arange(phone.frames, dtype=np.float32) + 0.5
    fading = FADE_DB_A_FRAME * np.maximum(since - KEPT_FRAMES, 0.0)
    falling = np.full(phone.frames, DEEPEST_DB) if first else fading
    rising = np.full(phone.frames, DEEPEST_DB) if last else fading[::-1]
    lowered = np.minimum(np.minimum(falling, rising), DEEPEST_DB)
    return np.asarray(lowered, dtype=np.float32)
