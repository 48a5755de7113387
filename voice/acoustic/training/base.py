"""A run folder out of released voices, so that whoever has Melisma can train on from what it sings.

What singing needs no longer is not in a voice: the posterior encoder and the rows of singers who
are no voice of their own. They begin anew, and a run that starts here lets them catch up first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import Tensor

from consent.gate import verify
from consent.grant import Operation
from lyrics.phonemes import INVENTORY
from vocoder.training.checkpoints import Parts, Progress, save_checkpoint
from voice.acoustic.config import ABOUT_FILE, AcousticConfig
from voice.acoustic.exported_weights import read_weights
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training.about import FRESH, PHONES, SPEAKERS
from voice.acoustic.training.module import MODEL_NAME
from voice.bank import Voice, VoiceBank
from voice.errors import VoiceError

FRESH_PARTS = ("posterior.", "speakers.")
KEYS = ("acoustic", "curves", "durations")
PREFIX = "model."

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Base:
    """A model and what is known of its speakers: their rows, and the phones each recorded."""

    model: AcousticModel
    speakers: Mapping[str, int]
    phones: Mapping[str, Sequence[str]]


def write_base(bank: VoiceBank, names: Sequence[str], run: Path, at: datetime) -> Path:
    """Write a checkpoint of the voices `names`, which share one model, into a new run folder.

    Raises:
        VoiceError: a folder in use, or voices of different models.
        RefusedError: the terms of one of them do not let others train on from it.
    """
    if run.exists() and any(run.iterdir()):
        raise VoiceError(f"{run}: holds files already; choose an empty folder for the base")
    voices = [bank.open_voice(name, at, Operation.TRAIN) for name in names]
    for voice in voices:
        verify(voice.permit, Operation.TRAIN, voice.folder.digest, at)
    base = base_of(voices)
    run.mkdir(parents=True, exist_ok=True)
    heard = {
        speaker: sorted(INVENTORY.id_of(symbol) for symbol in symbols)
        for speaker, symbols in base.phones.items()
    }
    about = {SPEAKERS: base.speakers, PHONES: heard, FRESH: list(FRESH_PARTS)}
    (run / ABOUT_FILE).write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
    return save_checkpoint(
        run,
        Progress(MODEL_NAME, 0, 0.0),
        Parts({"model": base.model, "average": base.model}, {}),
    )


def base_of(voices: Sequence[Voice], config: AcousticConfig | None = None) -> Base:
    """The networks of voices that share one model, and a row for each of their speakers.

    Rows of nobody begin at the mean of the voices.
    """
    files = {tuple(voice.card.models[key].sha256 for key in KEYS) for voice in voices}
    if len(files) != 1:
        raise VoiceError(
            "a base is made of voices that share one model; give one voice, or those that ship "
            "with Melisma"
        )
    model = AcousticModel(config or AcousticConfig())
    state = {name: value.clone() for name, value in model.state_dict().items()}
    for key in KEYS:
        weights = read_weights(onnx.load_model_from_string(voices[0].models[key]))
        for name, values in weights.items():
            _put(state, name.removeprefix(PREFIX), values)
    rows: dict[str, int] = {}
    phones: dict[str, Sequence[str]] = {}
    table = state["speakers.weight"]
    table.copy_(torch.from_numpy(np.mean([voice.speaker for voice in voices], axis=0)))
    for voice in voices:
        for speaker in voice.card.speakers or (voice.card.name,):
            row = rows.setdefault(speaker, len(rows))
            phones[speaker] = voice.card.phones
            table[row] = torch.from_numpy(voice.speaker)
    model.load_state_dict(state)
    return Base(model.eval(), rows, phones)


def _put(state: dict[str, Tensor], name: str, values: Floats32) -> None:
    """Fill a weight; a table of phones made before some were added to the inventory is shorter."""
    place = state.get(name)
    if place is None or place.shape[1:] != values.shape[1:] or len(place) < len(values):
        raise VoiceError(f"the voice's network has another shape ({name}); update it")
    place[: len(values)] = torch.from_numpy(np.array(values))
    for added in range(len(values), len(place)):
        place[added] = place[_nearest_known(added, len(values))]


def _nearest_known(phoneme: int, known: int) -> int:
    symbols = [one.symbol for one in INVENTORY.phonemes[:known]]
    return INVENTORY.id_of(INVENTORY.nearest(INVENTORY.phonemes[phoneme], symbols).symbol)
