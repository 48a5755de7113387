"""Times for a whole store of texts: alignment search with a model that already speaks the language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from lyrics.errors import LyricsError
from lyrics.pronounce import Pronouncer, pronouncer_for
from vocoder.store import Sound, SoundStore
from voice.acoustic.loudness import gain_to_reference_db
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training.alignment_search import Said, align_said, with_optional_pauses
from voice.acoustic.training.phrases import NEPERS_PER_DB
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def align_store(
    store: SoundStore, model: AcousticModel, progress: Callable[[int, int], None]
) -> int:
    """Label every recording that has words and no phones; returns how many were labelled.

    Recordings whose words cannot be pronounced or do not fit their sound stay unlabelled.
    """
    labels = read_labels(store.folder)
    pronouncers: dict[str, Pronouncer] = {}
    labelled = 0
    for index, stored in enumerate(store.recordings):
        progress(index, len(store.recordings))
        told = labels[stored.name]
        if told.phones or not told.text:
            continue
        pronouncer = pronouncers.setdefault(told.language, pronouncer_for(told.language))
        found = _aligned(store.read(stored), told, model, pronouncer)
        if found is not None:
            labels[stored.name] = found
            labelled += 1
    write_labels(store.folder, labels)
    return labelled


def _aligned(
    sound: Sound, told: PhoneLabels, model: AcousticModel, pronouncer: Pronouncer
) -> PhoneLabels | None:
    words = _WORD.findall(told.text)
    if not words or not bool(sound.pitch.voiced.any()):
        return None
    try:
        spoken = pronouncer.pronounce(words)
    except LyricsError:
        return None
    said = with_optional_pauses(
        [
            [
                Said(phoneme.symbol, syllable.stress if phoneme is syllable.nucleus else 0)
                for syllable in word.syllables
                for phoneme in syllable.phonemes
            ]
            for word in spoken
        ]
    )
    gain = gain_to_reference_db(sound.mel) * NEPERS_PER_DB
    try:
        return replace(told, phones=align_said(model, sound, said, told.language, gain))
    except ValueError:
        return None
