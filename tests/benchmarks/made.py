"""Sung takes made of nothing: vowels of known pitch, silent consonants, and their FrameScore."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import SILENCE
from vocoder.audio import Audio
from vocoder.frames import GRID
from vocoder.pitch import PitchCurve, midi_to_hz
from voice.expression import FramedNote, FramedPhone, FrameScore
from voice.score.model import Bar, Lyric, Note, Place, Score, Syllabic, TempoMap

RATE_HZ = GRID.sample_rate_hz
HARMONICS_TO_HZ = 8_000.0


@dataclass(frozen=True)
class Vowel:
    """A vowel from one moment to another, `cents` away from its note."""

    start_s: float
    end_s: float
    midi: float
    cents: float = 0.0


def sound_of(vowels: Sequence[Vowel], length_s: float) -> Audio:
    """Harmonics of each vowel with falling amplitudes, silence between."""
    samples = np.zeros(round(length_s * RATE_HZ))
    for vowel in vowels:
        first, last = round(vowel.start_s * RATE_HZ), round(vowel.end_s * RATE_HZ)
        hz = float(midi_to_hz(vowel.midi + vowel.cents / 100.0))
        phase = 2.0 * np.pi * hz * np.arange(last - first) / RATE_HZ
        tone = sum(np.cos(k * phase) / k for k in range(1, int(HARMONICS_TO_HZ / hz)))
        samples[first:last] += 0.1 * np.asarray(tone)
    return Audio(samples.astype(np.float32)[None], RATE_HZ)


def frame_score(
    vowels: Sequence[Vowel],
    length_s: float,
    consonant: str | None = "s",
    note_starts_s: Sequence[float] | None = None,
) -> FrameScore:
    """What the vowels should have been: each after a consonant that fills the time before it."""
    length_samples = round(length_s * RATE_HZ)
    frames = GRID.samples_to_frames(length_samples)
    phones: list[FramedPhone] = []
    voiced = np.zeros(frames, dtype=np.bool_)
    midi = np.full(frames, vowels[0].midi)
    at = 0
    for index, vowel in enumerate(vowels):
        first, last = GRID.seconds_to_frames(vowel.start_s), GRID.seconds_to_frames(vowel.end_s)
        if first > at:
            note = index if consonant else None
            phones.append(FramedPhone(consonant or SILENCE.symbol, at, first - at, note=note))
        phones.append(FramedPhone("ɑ", first, last - first, note=index))
        voiced[first:last] = True
        midi[first:last] = vowel.midi
        at = last
    if at < frames:
        phones.append(FramedPhone(SILENCE.symbol, at, frames - at))
    flat = np.zeros(frames)
    return FrameScore(
        voice="made",
        language="en",
        seed=0,
        length_samples=length_samples,
        lead_in_s=0.0,
        phones=tuple(phones),
        notes=tuple(FramedNote(v.start_s, v.end_s, v.midi, "ah") for v in vowels),
        written_midi=midi,
        pitch=PitchCurve(midi_to_hz(midi), voiced),
        energy=flat,
        breathiness=flat,
        tension=flat,
        gender=flat,
    )


def melody(words: Sequence[str], midi: Sequence[int] = (60,), qpm: float = 60.0) -> Score:
    """A quarter note for each written syllable; hyphens tie syllables to words."""
    notes = []
    for index, text in enumerate(words):
        before, after = text.startswith("-"), text.endswith("-")
        syllabic = {
            (False, False): Syllabic.SINGLE,
            (False, True): Syllabic.BEGIN,
            (True, True): Syllabic.MIDDLE,
            (True, False): Syllabic.END,
        }[before, after]
        notes.append(
            Note(
                start_beats=Fraction(index),
                duration_beats=Fraction(1),
                midi=midi[index % len(midi)],
                lyrics=(Lyric(text.strip("-"), syllabic),),
                place=Place(1, index + 1.0),
            )
        )
    bars = (Bar(Fraction(0), Fraction(len(words)), 1),)
    return Score("made", tuple(notes), bars, TempoMap.constant(qpm))


def tilted(audio: Audio, log_gain: npt.NDArray[np.float64]) -> Audio:
    """The sound through a filter without phase: natural log gain for each bin of its spectrum."""
    spectrum = np.fft.rfft(audio.samples[0].astype(np.float64)) * np.exp(log_gain)
    made = np.fft.irfft(spectrum, audio.length_samples)
    return Audio(made.astype(np.float32)[None], audio.rate_hz)
