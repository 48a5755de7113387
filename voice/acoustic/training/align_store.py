"""Times for a whole store of texts, found by a model that already speaks their language."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from lyrics.errors import LyricsError
from lyrics.pronounce import Pronouncer, pronouncer_for
from vocoder.store import Sound, SoundStore
from vocoder.training.checkpoints import load_average
from voice.acoustic.config import ABOUT_FILE, AcousticConfig
from voice.acoustic.loudness import gain_to_reference_db
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training.alignment_search import Said, align_said, with_optional_pauses
from voice.acoustic.training.phrases import NEPERS_PER_DB
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels
from voice.errors import CorpusError

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def timed(
    store: SoundStore, start_from: Path | None, progress: Callable[[int, int], None]
) -> SoundStore:
    """The same store; if it has words and no phones at all, they are timed and written to it.

    Args:
        start_from: a checkpoint of a run that speaks the language of the words.

    Raises:
        CorpusError: no model to find the times with, or none of the words were found.
    """
    labels = read_labels(store.folder).values()
    if any(row.phones for row in labels) or not any(row.text for row in labels):
        return store
    name = store.folder.name
    if start_from is None:
        raise CorpusError(
            f"{name}: words without times; give --start-from the checkpoint of a run that speaks "
            f"{', '.join(sorted({row.language for row in labels}))}, which finds them"
        )
    model = AcousticModel(AcousticConfig())
    load_average(start_from, model)
    about_file = start_from.with_name(ABOUT_FILE)
    if not about_file.is_file():
        raise CorpusError(
            f"{about_file}: missing; give --start-from a checkpoint in its run folder"
        )
    about = json.loads(about_file.read_text(encoding="utf-8"))
    if not align_store(store, model, list(about["speakers"].values()), progress):
        raise CorpusError(
            f"{name}: none of its words were found in their recordings; are they what is said, "
            "and is the language right?"
        )
    return store


def align_store(
    store: SoundStore,
    model: AcousticModel,
    speakers: Sequence[int],
    progress: Callable[[int, int], None],
) -> int:
    """Label every recording that has words and no phones; returns how many were labelled.

    The voice is new to the model, so it listens as the average of `speakers`, its trained rows.
    Recordings whose words cannot be pronounced or do not fit their sound stay unlabelled.
    """
    labels = read_labels(store.folder)
    listener = _as_anyone(model, speakers)
    pronouncers: dict[str, Pronouncer] = {}
    labelled = 0
    for index, stored in enumerate(store.recordings):
        progress(index, len(store.recordings))
        told = labels[stored.name]
        if told.phones or not told.text:
            continue
        if told.language not in pronouncers:
            pronouncers[told.language] = pronouncer_for(told.language)
        found = _aligned(store.read(stored), told, listener, pronouncers[told.language])
        if found is not None:
            labels[stored.name] = found
            labelled += 1
    write_labels(store.folder, labels)
    return labelled


@torch.no_grad()
def _as_anyone(model: AcousticModel, speakers: Sequence[int]) -> AcousticModel:
    """The same model with every speaker the average of the trained ones."""
    twin = copy.deepcopy(model).eval()
    rows = twin.speakers.weight[list(speakers)]
    twin.speakers.weight.copy_(rows.mean(dim=0).expand_as(twin.speakers.weight))
    return twin


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
