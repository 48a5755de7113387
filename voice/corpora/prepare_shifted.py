"""A second store out of a prepared store of singing: the same strings on other notes.

A voicebank is recorded on a few notes; a network that hears nothing between them puts their
harmonics into its vowels. WORLD (Morise et al. 2016) moves the pitch and leaves the envelope.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vocoder.frames import GRID
from vocoder.pitch import CEILING_HZ, FLOOR_HZ
from vocoder.store import Sound, SoundStore, StoredSound
from voice.corpora.clocked import as_sound
from voice.corpora.derive import Changed, Progress, derive
from voice.corpora.label_files import PhoneLabels
from voice.corpora.sing_speech import WORLD_FRAME_S, WORLD_RATE_HZ

FARTHEST_SEMITONES = 3.5


def shift_pitch(sound: Sound, semitones: float) -> Sound:
    """The same singing some semitones higher, as long as before; nothing above 12 kHz is kept."""
    import pyworld
    import soxr

    wave = soxr.resample(sound.audio, GRID.sample_rate_hz, WORLD_RATE_HZ).astype(np.float64)
    times_s = np.arange(0.0, len(wave) / WORLD_RATE_HZ, WORLD_FRAME_S)
    centres_s = GRID.centres_s(len(sound.pitch))
    hz = np.exp(np.interp(times_s, centres_s, np.log(sound.pitch.hz)))
    voiced = np.interp(times_s, centres_s, sound.pitch.voiced.astype(np.float64)) > 0.5
    f0 = np.where(voiced, hz, 0.0)
    envelope = pyworld.cheaptrick(wave, f0, times_s, WORLD_RATE_HZ)
    noise = pyworld.d4c(wave, f0, times_s, WORLD_RATE_HZ)
    moved = np.clip(hz * 2.0 ** (semitones / 12.0), FLOOR_HZ, CEILING_HZ)
    made = pyworld.synthesize(
        np.where(voiced, moved, 0.0), envelope, noise, WORLD_RATE_HZ, 1_000.0 * WORLD_FRAME_S
    )
    return as_sound(made, WORLD_RATE_HZ, times_s, moved, voiced)


def prepare_shifted(
    singing: SoundStore, folder: Path, seed: int, progress: Progress, share: float = 1.0
) -> SoundStore:
    """Move labelled recordings of `singing` up or down by at most 3.5 semitones.

    `share` is the part of them that is drawn at random.
    """
    return derive(singing, folder, _shifted, seed, progress, share)


def _shifted(
    stored: StoredSound, sound: Sound, labels: PhoneLabels, random: np.random.Generator
) -> Changed:
    semitones = float(random.uniform(-FARTHEST_SEMITONES, FARTHEST_SEMITONES))
    return Changed(stored, shift_pitch(sound, semitones), labels)
