"""How tones begin after a rest and end before one, as loud from frame to frame as singers let them.

Energy tells the network how loud each moment is, smoothed; where curves jump or turn back, it makes
bursts. So vowels come in and die away as they do in the strings that singers recorded (measured on
those that train, the medians of two and three singers).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY, SILENCE, PhoneClass
from voice.acoustic.loudness import SCALE_DB
from voice.expression import FramedPhone

Floats = npt.NDArray[np.float64]

HELD_NASAL_FRAMES = 18
ATTACK_DB = (-9.0, -5.5, -3.5, -2.0, -1.0)
RISING_DB_A_FRAME = 7.0
"""How a first vowel comes in, frame by frame, in two singers' strings, and the silence before."""

QUIETEST = -3.75
"""What the network knows of silence, 80 dB below full scale."""

RELEASE_FRAMES = 8
RELEASE_DB = 12.0
DYING_DB_A_FRAME = 3.0
"""How a last tone falls, ever faster and then evenly: the course of three singers' strings (1.5,
3, 4.7, 6.8, 9.7, 12.4, 15 dB from frame to frame), whose marked ends lie where it has come to 7 dB;
two frames sooner, so that a note is not longer than written."""


def is_held(phone: FramedPhone) -> bool:
    """Whether a note rests on this sound: every vowel, and a nasal that is a mora of its own."""
    sound = INVENTORY[phone.symbol]
    long_nasal = sound.kind is PhoneClass.NASAL and phone.frames >= HELD_NASAL_FRAMES
    return phone.note is not None and (sound.is_vowel or long_nasal)


def rings(phone: FramedPhone) -> bool:
    """Whether a tone stands on this sound that can ease off and die away."""
    return phone.note is not None and INVENTORY[phone.symbol].voiced


def released(phones: Sequence[FramedPhone], frames: int) -> Floats:
    """Decibels, `(frames,)`: the tone eases off just before a rest instead of being cut."""
    curve = np.zeros(frames)
    for phone, after in zip(phones, [*phones[1:], None], strict=True):
        rests = after is None or after.note is None
        if not rests or not rings(phone):
            continue
        length = min(RELEASE_FRAMES, phone.frames // 2)
        share = (np.arange(length) + 1.0) / max(length, 1)
        curve[phone.end_frame - length : phone.end_frame] = -RELEASE_DB * share**2
    return curve


def begun(energy: Floats, phones: Sequence[FramedPhone]) -> Floats:
    """The energy with every vowel that follows a rest rising as singers let it.

    Left to the network and brought to one level, a vowel would stand from its first frame, and the
    silence before it be as loud as one that a vowel has already begun in.
    """
    result = energy.copy()
    for rest, phone in itertools.pairwise(phones):
        if rest.note is not None or not is_held(phone):
            continue
        length = min(len(ATTACK_DB), phone.frames // 2)
        span = slice(phone.first_frame, phone.first_frame + length)
        result[span] += np.array(ATTACK_DB[:length]) / SCALE_DB
        if rest.symbol == SILENCE.symbol:
            before_db = RISING_DB_A_FRAME * np.arange(rest.frames, 0.0, -1.0)
            rising = result[phone.first_frame] - before_db / SCALE_DB
            span = slice(rest.first_frame, rest.end_frame)
            result[span] = np.minimum(result[span], np.maximum(rising, QUIETEST))
    return result


def died_away(energy: Floats, phones: Sequence[FramedPhone]) -> Floats:
    """The energy with every rest after a tone going on to fall from where the tone has come to.

    Left to the network, a rest begins as loud as in recordings, whose tones fall later: the tone
    that was eased off would be heard again. How a rest ends before what follows stays as it is.
    """
    result = energy.copy()
    for index, (phone, rest) in enumerate(itertools.pairwise(phones), start=1):
        if not rings(phone) or rest.symbol != SILENCE.symbol:
            continue
        span = slice(rest.first_frame, rest.end_frame)
        fall = DYING_DB_A_FRAME / SCALE_DB
        away = fall * np.arange(rest.frames)
        ceiling = np.maximum(result[phone.end_frame - 1] - fall - away, QUIETEST)
        if index + 1 < len(phones):
            ceiling = np.maximum(ceiling, result[rest.end_frame - 1] - away[::-1])
        result[span] = np.minimum(result[span], ceiling)
    return result
