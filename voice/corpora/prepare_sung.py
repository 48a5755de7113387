"""A second store out of a prepared store of labelled speech: the same sentences, sung."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from vocoder.pitch import hz_to_midi
from vocoder.store import Sound, SoundStore, StoredSound, write_store
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels
from voice.corpora.sing_speech import sing_speech

BELOW_SPEECH_SEMITONES = 3.0
ABOVE_SPEECH_SEMITONES = 20.0


def prepare_sung(
    speech: SoundStore,
    folder: Path,
    seed: int,
    progress: Callable[[int, int], None],
    share: float = 1.0,
) -> SoundStore:
    """Sing labelled recordings of `speech` once, from just under their pitch to far above.

    `share` is the part of them that is drawn at random.
    """
    spoken_labels = read_labels(speech.folder)
    labels: dict[str, PhoneLabels] = {}

    def sung() -> Iterator[tuple[StoredSound, Sound]]:
        for index, stored in enumerate(speech.recordings):
            progress(index, len(speech.recordings))
            spoken = spoken_labels[stored.name]
            sound = speech.read(stored)
            if not spoken.phones or not bool(sound.pitch.voiced.any()):
                continue
            random = np.random.default_rng((seed, index))
            if random.random() >= share:
                continue
            centre = float(np.median(hz_to_midi(sound.pitch.hz[sound.pitch.voiced])))
            made = sing_speech(
                sound,
                spoken.phones,
                (centre - BELOW_SPEECH_SEMITONES, centre + ABOVE_SPEECH_SEMITONES),
                random,
            )
            labels[stored.name] = replace(spoken, phones=made.phones)
            yield replace(stored, full_band=False), made.sound

    store = write_store(folder, sung())
    write_labels(folder, labels)
    return store
