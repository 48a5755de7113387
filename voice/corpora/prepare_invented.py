"""A second store out of a prepared store of speech: the same sentences by people who never were.

Played faster, a recording rises in pitch and its throat gets shorter: another person, of another
size. Networks that know few people learn from these what else people can be.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from vocoder.frames import GRID
from vocoder.pitch import CEILING_HZ, FLOOR_HZ
from vocoder.store import Sound, SoundStore, StoredSound
from voice.corpora.clocked import as_sound
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
    ratio = 2.0 ** (semitones / 12.0)
    hz = np.clip(sound.pitch.hz * ratio, FLOOR_HZ, CEILING_HZ)
    times_s = GRID.centres_s(len(hz)) / ratio
    played = as_sound(sound.audio, GRID.sample_rate_hz * ratio, times_s, hz, sound.pitch.voiced)
    phones = tuple(
        replace(phone, start_s=phone.start_s / ratio, end_s=phone.end_s / ratio)
        for phone in labels.phones
    )
    return played, replace(labels, phones=phones)
