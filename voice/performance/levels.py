"""How loud a melody is sung: as even as a singer's breath, shaped by words, marks and phrases.

The network learned loudness from speech and from single strings, where syllables fade. A singer
carries the tone through the note; so vowels are brought near one level, and consonants keep the
distance from their vowel that the network gave them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY, PhoneClass
from vocoder.frames import GRID
from voice.acoustic.loudness import SCALE_DB
from voice.expression import FramedNote, FramedPhone
from voice.score.fitting import SungNote
from voice.score.model import Articulation

Floats = npt.NDArray[np.float64]

ARTICULATION_DB = 4.0
"""Singers speak out: with this much on stops and hisses, a quarter fewer words are misheard."""

VOWEL_LEVEL = 0.95
KEPT_DIFFERENCE = 0.25
KEPT_MOVEMENT = 0.3
DYNAMIC_MIDDLE = 0.63
DYNAMIC_RANGE_DB = 22.0
ACCENT_DB = 2.5
SMOOTHING_FRAMES = 9
HELD_NASAL_FRAMES = 18
RELEASE_FRAMES = 10
RELEASE_DB = 5.0


def carried(predicted: Floats, phones: Sequence[FramedPhone]) -> Floats:
    """The predicted energy with every sung vowel brought near the voice's level, `(frames,)`."""
    energy = predicted.copy()
    centres: list[float] = []
    lifts: list[float] = []
    vowels = [phone for phone in phones if _is_held(phone)]
    for phone in vowels:
        span = slice(phone.first_frame, phone.end_frame)
        mean = float(np.quantile(predicted[span], 0.7))
        lift = (1.0 - KEPT_DIFFERENCE) * (VOWEL_LEVEL - mean)
        energy[span] = mean + KEPT_MOVEMENT * (predicted[span] - mean) + lift
        centres += [phone.first_frame, phone.end_frame - 1]
        lifts += [lift, lift]
    if not vowels:
        return energy
    between = np.interp(np.arange(len(energy)), centres, lifts)
    for phone in phones:
        if phone.note is not None and not _is_held(phone):
            span = slice(phone.first_frame, phone.end_frame)
            energy[span] = predicted[span] + between[span]
            energy[span] += _articulation_db(phone) / SCALE_DB
    return energy


def _is_held(phone: FramedPhone) -> bool:
    """Whether a note rests on this sound: every vowel, and a nasal that is a mora of its own."""
    sound = INVENTORY[phone.symbol]
    long_nasal = sound.kind is PhoneClass.NASAL and phone.frames >= HELD_NASAL_FRAMES
    return phone.note is not None and (sound.is_vowel or long_nasal)


def _articulation_db(phone: FramedPhone) -> Floats:
    """Hisses are lifted as a whole, stops after their closure, other sounds not at all."""
    kind = INVENTORY[phone.symbol].kind
    if kind in (PhoneClass.FRICATIVE, PhoneClass.AFFRICATE):
        return np.full(phone.frames, ARTICULATION_DB)
    if kind is PhoneClass.PLOSIVE:
        return np.asarray(ARTICULATION_DB * np.clip(np.linspace(-1.0, 1.5, phone.frames), 0.0, 1.0))
    return np.zeros(phone.frames)


def released(phones: Sequence[FramedPhone], frames: int) -> Floats:
    """Decibels, `(frames,)`: the tone eases off just before a rest instead of being cut."""
    curve = np.zeros(frames)
    for phone, after in zip(phones, [*phones[1:], None], strict=True):
        rests = after is None or after.note is None
        if phone.note is None or not rests or not INVENTORY[phone.symbol].voiced:
            continue
        length = min(RELEASE_FRAMES, phone.frames // 2)
        curve[phone.end_frame - length : phone.end_frame] = np.linspace(0.0, -RELEASE_DB, length)
    return curve


def marked_db(sung: Sequence[SungNote], notes: Sequence[FramedNote], frames: int) -> Floats:
    """Written dynamics and accents as a curve of decibels, `(frames,)`."""
    times_s = GRID.centres_s(frames)
    curve = np.zeros(frames)
    for row, note in zip(sung, notes, strict=True):
        dynamic = row.note.dynamic
        level = 0.0 if dynamic is None else (dynamic - DYNAMIC_MIDDLE) * DYNAMIC_RANGE_DB
        level += ACCENT_DB * (Articulation.ACCENT in row.note.articulations)
        curve[times_s >= note.start_s - 0.1] = level
    window = np.ones(2 * SMOOTHING_FRAMES + 1) / (2 * SMOOTHING_FRAMES + 1)
    return np.asarray(np.convolve(np.pad(curve, SMOOTHING_FRAMES, mode="edge"), window, "valid"))


def sung_energy(
    predicted: Floats,
    phones: Sequence[FramedPhone],
    sung: Sequence[SungNote],
    notes: Sequence[FramedNote],
    louder_db: float,
) -> Floats:
    """Everything together, in the acoustic model's units, `(frames,)`."""
    frames = len(predicted)
    decibels = marked_db(sung, notes, frames) + released(phones, frames) + louder_db
    return carried(predicted, phones) + decibels / SCALE_DB
