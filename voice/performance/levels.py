"""How loud a melody is sung: as even as a singer's breath, shaped by words, marks and phrases.

The network learned loudness from speech and from single strings, where syllables fade. A singer
carries the tone through the note; so vowels are brought near one level, and consonants keep the
distance from their vowel that the network gave them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import BREATH, INVENTORY, PhoneClass
from vocoder.frames import GRID
from voice.acoustic.loudness import SCALE_DB
from voice.acoustic.loudness import SMOOTHING_FRAMES as ENERGY_FRAMES
from voice.expression import FramedNote, FramedPhone
from voice.performance.bounds import BOUNDS
from voice.performance.edges import begun, died_away, is_held, released
from voice.score.fitting import SungNote
from voice.score.model import Articulation

Floats = npt.NDArray[np.float64]

ARTICULATION_DB = 4.0
"""Singers speak out: with this much on stops and hisses, a quarter fewer words are misheard."""

SOFT_HISSES = frozenset("xʐ")
"""Not spoken out: even as the network gives them they stand over those of Mandarin strings."""

VOWEL_LEVEL = 0.95
HELD_NASAL_DB = -3.5
"""Below the vowels; 3 to 4 dB in the strings of two singers."""

JOINT_FRAMES = ENERGY_FRAMES // 2 + 1
"""As far as smoothing lets a sound's level reach into its neighbour's."""

KEPT_DIFFERENCE = 0.25
KEPT_MOVEMENT = 0.3
SONOROUS = frozenset((PhoneClass.GLIDE, PhoneClass.LIQUID, PhoneClass.NASAL))
CODA_DB = -6.0
"""Under the vowels' level: what closes a phrase dies away in speech; singers carry it, too."""

DYNAMIC_MIDDLE = 0.63
DYNAMIC_RANGE_DB = 22.0
ACCENT_DB = 5.0
ACCENT_REST_SHARE = 0.3
ACCENT_FALL_S = 0.15
TENUTO_DB = 1.0
SWELL_DB = 2.0
LEAD_S = 0.1
ARCH_SKEW = 1.3
ARCH_MEAN = 0.64
SHAPE_SMOOTHING_FRAMES = 3
SMOOTHING_FRAMES = 9
BREATH_LEVEL = -0.9
BREATH_EDGE_DB = -20.0
BREATH_PEAK = 0.6
"""A recorded breath swells for three fifths of its time, then dies away before the tone."""


def carried(predicted: Floats, phones: Sequence[FramedPhone]) -> Floats:
    """The predicted energy with every sung vowel brought near the voice's level, `(frames,)`."""
    energy = predicted.copy()
    centres: list[float] = []
    lifts: list[float] = []
    vowels = [phone for phone in phones if is_held(phone)]
    joined = _joined_to_consonants(phones)
    for phone in vowels:
        span = slice(phone.first_frame, phone.end_frame)
        mean = float(np.quantile(predicted[span], 0.7))
        level = VOWEL_LEVEL
        if not INVENTORY[phone.symbol].is_vowel:
            level += HELD_NASAL_DB / SCALE_DB
        lift = (1.0 - KEPT_DIFFERENCE) * (level - mean)
        kept = KEPT_MOVEMENT + (1.0 - KEPT_MOVEMENT) * joined[span]
        energy[span] = mean + kept * (predicted[span] - mean) + lift
        centres += [phone.first_frame, phone.end_frame - 1]
        lifts += [lift, lift]
    if not vowels:
        return energy
    between = np.interp(np.arange(len(energy)), centres, lifts)
    last_notes = _before_rests(phones)
    vowel_sung: int | None = None
    for phone in phones:
        if is_held(phone):
            vowel_sung = phone.note
        elif phone.note is not None:
            span = slice(phone.first_frame, phone.end_frame)
            energy[span] = predicted[span] + between[span]
            energy[span] += ARTICULATION_DB * _articulation(phone) / SCALE_DB
            closes = phone.note == vowel_sung and phone.note in last_notes
            if closes and INVENTORY[phone.symbol].kind in SONOROUS:
                energy[span] = np.maximum(energy[span], VOWEL_LEVEL + CODA_DB / SCALE_DB)
    return energy


def _joined_to_consonants(phones: Sequence[FramedPhone]) -> Floats:
    """1 where a vowel meets a consonant, 0 from `JOINT_FRAMES` on, `(frames,)`.

    Energy is smoothed over frames, so near a consonant a vowel's belongs to both of them: a level
    that stood from the vowel's first frame would ask the network for a burst.
    """
    joined = np.zeros(phones[-1].end_frame if phones else 0)
    away = (np.arange(JOINT_FRAMES) + 0.5) / JOINT_FRAMES
    share = 0.5 + 0.5 * np.cos(np.pi * away)
    for before, after in itertools.pairwise(phones):
        if before.note is None or after.note is None or is_held(before) == is_held(after):
            continue
        if is_held(after):
            length = min(JOINT_FRAMES, after.frames)
            span = slice(after.first_frame, after.first_frame + length)
            joined[span] = np.maximum(joined[span], share[:length])
        else:
            length = min(JOINT_FRAMES, before.frames)
            span = slice(before.end_frame - length, before.end_frame)
            joined[span] = np.maximum(joined[span], share[:length][::-1])
    return joined


def _before_rests(phones: Sequence[FramedPhone]) -> frozenset[int]:
    """The notes after which nobody sings."""
    following = [*(phone.note for phone in phones[1:]), None]
    return frozenset(
        phone.note
        for phone, after in zip(phones, following, strict=True)
        if phone.note is not None and after is None
    )


def _articulation(phone: FramedPhone) -> Floats:
    """Shares of a lift: hisses get all of it, stops after their closure, other sounds nothing."""
    kind = INVENTORY[phone.symbol].kind
    if kind in (PhoneClass.FRICATIVE, PhoneClass.AFFRICATE) and phone.symbol not in SOFT_HISSES:
        return np.ones(phone.frames)
    if kind is PhoneClass.PLOSIVE:
        return np.asarray(np.clip(np.linspace(-1.0, 1.5, phone.frames), 0.0, 1.0))
    return np.zeros(phone.frames)


def breathed(energy: Floats, phones: Sequence[FramedPhone]) -> Floats:
    """The energy with every breath heard: it swells as air is drawn in, and dies away."""
    result = energy.copy()
    for phone in phones:
        if phone.symbol == BREATH.symbol:
            share = (np.arange(phone.frames) + 0.5) / phone.frames
            past = np.where(share < BREATH_PEAK, share / BREATH_PEAK - 1.0,
                            (share - BREATH_PEAK) / (1.0 - BREATH_PEAK))  # fmt: skip
            arch_db = BREATH_EDGE_DB * past**2
            result[phone.first_frame : phone.end_frame] = BREATH_LEVEL + arch_db / SCALE_DB
    return result


@dataclass(frozen=True)
class Dynamics:
    """How loudness is shaped beyond what is written: every phrase swells towards its middle."""

    phrase_db: float = 1.5

    def __post_init__(self) -> None:
        BOUNDS["phrasing"].check("phrasing", self.phrase_db)


def marked_db(sung: Sequence[SungNote], notes: Sequence[FramedNote], frames: int) -> Floats:
    """Written dynamics, accents, tenuto and fermatas as a curve of decibels, `(frames,)`."""
    times_s = GRID.centres_s(frames)
    curve = np.zeros(frames)
    shaped = np.zeros(frames)
    for row, note in zip(sung, notes, strict=True):
        dynamic = row.note.dynamic
        level = 0.0 if dynamic is None else (dynamic - DYNAMIC_MIDDLE) * DYNAMIC_RANGE_DB
        curve[times_s >= note.start_s - LEAD_S] = level
        inside = (times_s >= note.start_s - LEAD_S) & (times_s < note.end_s)
        shaped[inside] = _shape_db(row.note.articulations, note, times_s[inside])
    return _smoothed(curve, SMOOTHING_FRAMES) + _smoothed(shaped, SHAPE_SMOOTHING_FRAMES)


def _shape_db(marks: frozenset[Articulation], note: FramedNote, times_s: Floats) -> Floats:
    """An accent is struck and falls back, tenuto is leant on, a fermata swells and dies away."""
    since_s = np.maximum(times_s - note.start_s, 0.0)
    curve = np.full(len(times_s), TENUTO_DB * (Articulation.TENUTO in marks))
    if Articulation.ACCENT in marks:
        falling = np.exp(-since_s / ACCENT_FALL_S)
        curve += ACCENT_DB * (ACCENT_REST_SHARE + (1.0 - ACCENT_REST_SHARE) * falling)
    if Articulation.FERMATA in marks:
        share = np.clip(since_s / max(note.end_s - note.start_s, 1e-9), 0.0, 1.0)
        curve += np.interp(share, (0.0, 0.35, 1.0), (0.0, SWELL_DB, -SWELL_DB))
    return curve


def phrased_db(
    phrases: Sequence[range], notes: Sequence[FramedNote], frames: int, swell_db: float
) -> Floats:
    """Decibels, `(frames,)`: an arch over every phrase, its highest point past the middle."""
    times_s = GRID.centres_s(frames)
    curve = np.zeros(frames)
    for phrase in phrases:
        begin_s, end_s = notes[phrase[0]].start_s, notes[phrase[-1]].end_s
        inside = (times_s >= begin_s) & (times_s < end_s)
        share = (times_s[inside] - begin_s) / max(end_s - begin_s, 1e-9)
        curve[inside] = swell_db * (np.sin(np.pi * share**ARCH_SKEW) - ARCH_MEAN)
    return _smoothed(curve, SMOOTHING_FRAMES)


def by_note(values: Floats, notes: Sequence[FramedNote], frames: int) -> Floats:
    """One value for each note as a curve that moves smoothly between them, `(frames,)`."""
    if not notes:
        return np.zeros(frames)
    middles_s = [(note.start_s + note.end_s) / 2.0 for note in notes]
    return np.asarray(np.interp(GRID.centres_s(frames), middles_s, values))


def _smoothed(curve: Floats, reach_frames: int) -> Floats:
    window = np.ones(2 * reach_frames + 1) / (2 * reach_frames + 1)
    return np.asarray(np.convolve(np.pad(curve, reach_frames, mode="edge"), window, "valid"))


def sung_energy(
    predicted: Floats, phones: Sequence[FramedPhone], shaped_db: Floats | float
) -> Floats:
    """Everything together, in the acoustic model's units, `(frames,)`.

    `shaped_db` is what marks, phrases and wishes add.
    """
    decibels = shaped_db + released(phones, len(predicted))
    sung = breathed(carried(predicted, phones), phones) + decibels / SCALE_DB
    return died_away(begun(sung, phones), phones)
