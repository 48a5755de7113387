"""A second store out of a prepared one: the same labelled recordings, each changed by a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vocoder.store import Sound, SoundStore, StoredSound, write_store
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels


class Changed(NamedTuple):
    """What a rule made of a recording; of `stored` the speaker may be another."""

    stored: StoredSound
    sound: Sound
    labels: PhoneLabels


Change = Callable[[StoredSound, Sound, PhoneLabels, np.random.Generator], Changed]
Progress = Callable[[int, int], None]


def derive(
    original: SoundStore,
    folder: Path,
    change: Change,
    seed: int,
    progress: Progress,
    share: float = 1.0,
) -> SoundStore:
    """Write what `change` makes of the labelled recordings that have a pitch.

    What is made is no recording of the highest bands, so nothing in it counts as full band.

    Args:
        change: a recording, its labels and a generator of its own to another recording.
        share: the part of the recordings that is drawn at random.
    """
    labels = read_labels(original.folder)
    changed: dict[str, PhoneLabels] = {}

    def made() -> Iterator[tuple[StoredSound, Sound]]:
        for index, stored in enumerate(original.recordings):
            progress(index, len(original.recordings))
            random = np.random.default_rng((seed, index))
            if random.random() >= share or not labels[stored.name].phones:
                continue
            sound = original.read(stored)
            if not bool(sound.pitch.voiced.any()):
                continue
            other = change(stored, sound, labels[stored.name], random)
            changed[stored.name] = other.labels
            yield replace(other.stored, full_band=False), other.sound

    store = write_store(folder, made())
    write_labels(folder, changed)
    return store
