"""Makes speech sing: vowels are stretched, pitch moves to notes, consonants stay what they are.

WORLD (Morise et al. 2016) takes speech apart into pitch, envelope and aperiodicity; the time line
is bent phone by phone and the pitch is redrawn, so that every phone was heard long and on every
note before a singer needs it. The words stay, so held-back texts stay held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.ndimage

from lyrics.phonemes import INVENTORY, PhoneClass
from vocoder.frames import GRID
from vocoder.pitch import midi_to_hz
from vocoder.store import Sound
from voice.corpora.clocked import as_sound
from voice.corpora.labels import LabelledPhone

WORLD_RATE_HZ = 24_000
WORLD_FRAME_S = 0.005
VOWEL_STRETCH = (1.2, 6.0)
CONSONANT_STRETCH = (0.95, 1.4)
PORTAMENTO_S = 0.06
MELODY_STEP_SEMITONES = 3.0
VIBRATO_HZ = (4.5, 6.5)
VIBRATO_SEMITONES = (0.0, 0.5)
SHARE_WITH_VIBRATO = 0.5
WANDER_SEMITONES = 0.08

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SungSpeech:
    """Speech that sings, with its phones on the new time line."""

    sound: Sound
    phones: tuple[LabelledPhone, ...]


@dataclass(frozen=True)
class _TimeLine:
    """A monotone map between the time of the speech and the time of the song, knot by knot."""

    spoken_s: Floats
    sung_s: Floats

    def sung(self, spoken_s: float) -> float:
        return float(np.interp(spoken_s, self.spoken_s, self.sung_s))


def sing_speech(
    sound: Sound,
    phones: Sequence[LabelledPhone],
    range_midi: tuple[float, float],
    random: np.random.Generator,
) -> SungSpeech:
    """A recording of speech, sung on random notes within a range.

    Args:
        sound: speech at 44.1 kHz with its pitch.
        phones: its labels, in order.
    """
    import pyworld
    import soxr

    wave = soxr.resample(sound.audio, GRID.sample_rate_hz, WORLD_RATE_HZ).astype(np.float64)
    times_s = np.arange(0.0, len(wave) / WORLD_RATE_HZ, WORLD_FRAME_S)
    centres_s = GRID.centres_s(len(sound.pitch))
    spoken_hz = np.interp(times_s, centres_s, sound.pitch.hz)
    voiced = np.interp(times_s, centres_s, sound.pitch.voiced.astype(np.float64)) > 0.5
    f0 = np.where(voiced, spoken_hz, 0.0)
    envelope = pyworld.cheaptrick(wave, f0, times_s, WORLD_RATE_HZ)
    noise = pyworld.d4c(wave, f0, times_s, WORLD_RATE_HZ)

    line = _bent(phones, float(times_s[-1]), random)
    sung_times_s = np.arange(0.0, line.sung_s[-1], WORLD_FRAME_S)
    source = np.interp(sung_times_s, line.sung_s, line.spoken_s) / WORLD_FRAME_S
    nearest = np.clip(np.round(source).astype(np.int64), 0, len(times_s) - 1)
    moved = tuple(
        replace(phone, start_s=line.sung(phone.start_s), end_s=line.sung(phone.end_s))
        for phone in phones
    )
    sung_hz = midi_to_hz(_melody(moved, sung_times_s, range_midi, random))
    sung_voiced = voiced[nearest]
    made = pyworld.synthesize(
        np.where(sung_voiced, sung_hz, 0.0),
        np.ascontiguousarray(envelope[nearest]),
        np.ascontiguousarray(noise[nearest]),
        WORLD_RATE_HZ,
        1_000.0 * WORLD_FRAME_S,
    )
    return SungSpeech(as_sound(made, WORLD_RATE_HZ, sung_times_s, sung_hz, sung_voiced), moved)


def _bent(
    phones: Sequence[LabelledPhone], length_s: float, random: np.random.Generator
) -> _TimeLine:
    spoken, sung = [0.0], [0.0]
    for phone in phones:
        if phone.start_s > spoken[-1]:
            sung.append(sung[-1] + phone.start_s - spoken[-1])
            spoken.append(phone.start_s)
        if phone.end_s > spoken[-1]:
            sung.append(sung[-1] + _stretch(phone, random) * (phone.end_s - spoken[-1]))
            spoken.append(phone.end_s)
    if length_s > spoken[-1]:
        sung.append(sung[-1] + length_s - spoken[-1])
        spoken.append(length_s)
    return _TimeLine(np.array(spoken), np.array(sung))


def _stretch(phone: LabelledPhone, random: np.random.Generator) -> float:
    if phone.symbol is None or INVENTORY[phone.symbol].is_pause:
        return 1.0
    kind = INVENTORY[phone.symbol].kind
    low, high = VOWEL_STRETCH if kind is PhoneClass.VOWEL else CONSONANT_STRETCH
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _melody(
    phones: Sequence[LabelledPhone],
    times_s: Floats,
    range_midi: tuple[float, float],
    random: np.random.Generator,
) -> Floats:
    """A note for every vowel, with portamento, vibrato on some and a slow wander on all."""
    low, high = range_midi
    note = random.uniform(low, high)
    curve = np.full(len(times_s), note)
    for phone in phones:
        if phone.symbol is None or not INVENTORY[phone.symbol].is_vowel:
            continue
        note = float(np.clip(note + MELODY_STEP_SEMITONES * random.standard_normal(), low, high))
        curve[times_s >= phone.start_s] = note
        if random.random() < SHARE_WITH_VIBRATO:
            inside = (times_s >= phone.start_s + 0.2) & (times_s < phone.end_s)
            phase = 2.0 * np.pi * random.uniform(*VIBRATO_HZ) * times_s[inside]
            curve[inside] += random.uniform(*VIBRATO_SEMITONES) * np.sin(phase)
    smooth = scipy.ndimage.gaussian_filter1d(curve, PORTAMENTO_S / WORLD_FRAME_S / 2.5)
    wander = scipy.ndimage.gaussian_filter1d(random.standard_normal(len(times_s)), 12.0)
    return np.asarray(smooth + WANDER_SEMITONES * wander / max(float(wander.std()), 1e-6))
