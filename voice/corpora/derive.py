"""A second store out of a prepared one: the same labelled recordings, each changed by a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from vocoder.store import Sound, SoundStore, StoredSound, write_store
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels

Change = Callable[[Sound, PhoneLabels, np.random.Generator], tuple[Sound, PhoneLabels]]
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
        change: sound, labels and a generator of the recording's own to another sound and labels.
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
            other, changed[stored.name] = change(sound, labels[stored.name], random)
            yield replace(stored, full_band=False), other

    store = write_store(folder, made())
    write_labels(folder, changed)
    return store
