"""A store of made-up singing, and options for a training run of some steps."""

from __future__ import annotations

from pathlib import Path

from tests.corpora.known_sounds import hiss, silence, sound_of, vowel
from vocoder.pitch import midi_to_hz
from vocoder.store import SoundStore, StoredSound, write_store
from voice.acoustic.training.options import AcousticTrainingOptions
from voice.corpora.label_files import PhoneLabels, write_labels
from voice.corpora.labels import LabelledPhone

PHONES = (
    LabelledPhone("_", 0.0, 0.2),
    LabelledPhone("s", 0.2, 0.35),
    LabelledPhone("a", 0.35, 0.95, 1),
)
OPTIONS = AcousticTrainingOptions(
    steps=40,
    batch=2,
    crop_frames=40,
    learning_rate=3e-3,
    warmup_steps=1,
    checkpoint_every_steps=1_000,
    precision="32-true",
    accelerator="cpu",
)


def stored(name: str, speaker: str = "ann", held_back: bool = False) -> StoredSound:
    return StoredSound(name, 0, 0, speaker, "sung", held_back)


def made_store(folder: Path, *rows: StoredSound, labelled: bool = True) -> SoundStore:
    """Sung `sa` for each row, each a tone higher; half a second at the end nobody labelled."""
    sounds = []
    for index, row in enumerate(rows):
        hz = float(midi_to_hz(50 + 2 * index))
        parts = [silence(0.2), hiss(0.15), vowel(0.6, hz), vowel(0.2, hz, "i")]
        sounds.append((row, sound_of(parts, hz, [False, False, True, True])))
    store = write_store(folder, sounds)
    labels = {
        row.name: PhoneLabels("ja", "core", 50 + 2 * i, "", PHONES if labelled else ())
        for i, row in enumerate(rows)
    }
    write_labels(folder, labels)
    return store
