"""A second store out of a prepared store of labelled speech: the same sentences, sung."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from vocoder.pitch import hz_to_midi
from vocoder.store import Sound, SoundStore, StoredSound
from voice.corpora.derive import Changed, Progress, derive
from voice.corpora.label_files import PhoneLabels
from voice.corpora.sing_speech import sing_speech

BELOW_SPEECH_SEMITONES = 3.0
ABOVE_SPEECH_SEMITONES = 20.0


def prepare_sung(
    speech: SoundStore, folder: Path, seed: int, progress: Progress, share: float = 1.0
) -> SoundStore:
    """Sing labelled recordings of `speech` once, from just under their pitch to far above.

    `share` is the part of them that is drawn at random.
    """
    return derive(speech, folder, _sung, seed, progress, share)


def _sung(
    stored: StoredSound, sound: Sound, spoken: PhoneLabels, random: np.random.Generator
) -> Changed:
    centre = float(np.median(hz_to_midi(sound.pitch.hz[sound.pitch.voiced])))
    lowest, highest = centre - BELOW_SPEECH_SEMITONES, centre + ABOVE_SPEECH_SEMITONES
    made = sing_speech(sound, spoken.phones, (lowest, highest), random)
    return Changed(stored, made.sound, replace(spoken, phones=made.phones))
