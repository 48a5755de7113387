"""A second store out of a prepared store of speech: the same sentences by people who never were.

Played faster, a recording rises in pitch and its throat gets shorter: another person, of another
size. Networks that know few people learn from these what else people can be.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from vocoder.frames import GRID
from vocoder.mel import log_mel
from vocoder.pitch import CEILING_HZ, FLOOR_HZ, PitchCurve
from vocoder.store import Sound, SoundStore, StoredSound
from voice.corpora.derive import Changed, Progress, derive
from voice.corpora.label_files import PhoneLabels

INVENTED_SUFFIX = "-invented"
LARGER_SEMITONES, SMALLER_SEMITONES = -2.0, 2.5
"""How far a person's pitch and formants move; lower, 24 kHz recordings would end under 10.6 kHz."""


def prepare_invented(
    speech: SoundStore, folder: Path, seed: int, progress: Progress, share: float = 1.0
) -> SoundStore:
    """Make another person of every speaker, larger and smaller in turn by name.

    `share` is the part of the recordings that is drawn at random.
    """
    names = sorted({stored.speaker for stored in speech.recordings})
    moved = {
        name: (LARGER_SEMITONES, SMALLER_SEMITONES)[place % 2] for place, name in enumerate(names)
    }

    def change(
        stored: StoredSound, sound: Sound, labels: PhoneLabels, random: np.random.Generator
    ) -> Changed:
        invented = replace(stored, speaker=f"{stored.speaker}{INVENTED_SUFFIX}")
        return Changed(invented, *play_at(sound, labels, moved[stored.speaker]))

    return derive(speech, folder, change, seed, progress, share)


def play_at(sound: Sound, labels: PhoneLabels, semitones: float) -> tuple[Sound, PhoneLabels]:
    """A recording played faster or slower, pitch and formants some semitones away."""
    import soxr

    ratio = 2.0 ** (semitones / 12.0)
    audio = soxr.resample(sound.audio, GRID.sample_rate_hz * ratio, GRID.sample_rate_hz)
    audio = (audio / max(1.0, float(np.abs(audio).max()) / 0.98)).astype(np.float32)
    frames = GRID.samples_to_frames(len(audio))
    audio = np.pad(audio, (0, GRID.frames_to_samples(frames) - len(audio)))
    before_s = GRID.centres_s(len(sound.pitch)) / ratio
    now_s = GRID.centres_s(frames)
    hz = np.exp(np.interp(now_s, before_s, np.log(sound.pitch.hz))) * ratio
    voiced = np.interp(now_s, before_s, sound.pitch.voiced.astype(np.float64)) > 0.5
    phones = tuple(
        replace(phone, start_s=phone.start_s / ratio, end_s=phone.end_s / ratio)
        for phone in labels.phones
    )
    curve = PitchCurve(np.clip(hz, FLOOR_HZ, CEILING_HZ), voiced)
    return Sound(audio, log_mel(audio), curve), replace(labels, phones=phones)
