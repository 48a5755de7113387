"""Makes voice folders out of a training run: models once, and for each voice its card and vector.

A voice's specification is a TOML file that says which speakers of the run it is (several are
averaged into an invention of ours), its range and its words; steps, hours and phones come from the
run itself. Afterwards `python -m consent.release sign` binds the owner's terms to the folder.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lyrics.phonemes import INVENTORY
from vocoder.training.checkpoints import latest_checkpoint, load_average
from voice.acoustic.config import ABOUT_FILE, AcousticConfig
from voice.acoustic.export import ACOUSTIC_FILE, CURVES_FILE, DURATIONS_FILE, export_acoustic
from voice.acoustic.networks.model import AcousticModel
from voice.bank import CARD_FILE, SHARED_FOLDER, SPEAKER_FILE
from voice.card import (
    SHARED,
    USUAL_LIKENESS,
    Corpus,
    ModelFile,
    Training,
    VoiceCard,
    VoiceRange,
)
from voice.conversion.config import CONTENT_FILE
from voice.errors import VoiceError

VOCODER_FILE = "vocoder.onnx"
COMMON_FILE = "common.toml"
MODEL_FILES = {
    "acoustic": ACOUSTIC_FILE,
    "curves": CURVES_FILE,
    "durations": DURATIONS_FILE,
    "vocoder": VOCODER_FILE,
}
CONTENT_KEY = "content"


def load_run(run_folder: Path) -> tuple[AcousticModel, Mapping[str, Any], int]:
    """The averaged model of a run, what the run knows of its speakers, and its steps."""
    checkpoint = latest_checkpoint(run_folder)
    if checkpoint is None:
        raise VoiceError(f"{run_folder}: no checkpoint; train first")
    model = AcousticModel(AcousticConfig())
    progress = load_average(checkpoint, model)
    about = json.loads((run_folder / ABOUT_FILE).read_text(encoding="utf-8"))
    return model.eval(), about, progress.step


def release_voices(
    run_folder: Path,
    vocoder: Path,
    specs: Sequence[Path],
    voices_folder: Path,
    content: Path | None = None,
) -> tuple[Path, ...]:
    """Write the shared models and one folder per specification.

    Args:
        content: the content encoder that was trained on this very model; with it voices convert.
    """
    model, about, steps = load_run(run_folder)
    shared = voices_folder / SHARED_FOLDER
    export_acoustic(model, shared)
    (shared / VOCODER_FILE).write_bytes(vocoder.read_bytes())
    if content is not None:
        (shared / CONTENT_FILE).write_bytes(content.read_bytes())
    models = _model_files(shared, SHARED, converts=content is not None)
    return tuple(_release(spec, model, about, steps, models, voices_folder) for spec in specs)


def make_voice(run_folder: Path, vocoder: Path, spec_file: Path, voices_folder: Path) -> Path:
    """Write one voice whole in a folder of its own, models included."""
    model, about, steps = load_run(run_folder)
    folder = voices_folder / str(_spec(spec_file)["name"])
    if folder.exists():
        raise VoiceError(f"{folder}: is there already; choose another place or another name")
    export_acoustic(model, folder)
    (folder / VOCODER_FILE).write_bytes(vocoder.read_bytes())
    return _release(spec_file, model, about, steps, _model_files(folder, ""), voices_folder)


def _model_files(folder: Path, prefix: str, converts: bool = False) -> Mapping[str, ModelFile]:
    files = MODEL_FILES | ({CONTENT_KEY: CONTENT_FILE} if converts else {})
    return {
        key: ModelFile(prefix + name, hashlib.sha256((folder / name).read_bytes()).hexdigest())
        for key, name in files.items()
    }


def _release(
    spec_file: Path,
    model: AcousticModel,
    about: Mapping[str, Any],
    steps: int,
    models: Mapping[str, ModelFile],
    voices_folder: Path,
) -> Path:
    spec = _spec(spec_file)
    rows = [_row(about, speaker, spec_file) for speaker in spec["speakers"]]
    vector = model.speakers.weight.detach()[rows].mean(dim=0).numpy().astype(np.float32)
    heard = {i for speaker in spec["speakers"] for i in about["phones_by_speaker"][speaker]}
    known = {i for ids in about["phones_by_speaker"].values() for i in ids}
    card = VoiceCard(
        name=spec["name"],
        title=spec["title"],
        summary=spec["summary"],
        kind=spec["kind"],
        languages=tuple(spec["languages"]),
        range=VoiceRange(**spec["range"]),
        licence=spec["licence"],
        credit=spec["credit"],
        link=spec["link"],
        models=models,
        phones=_symbols(heard),
        trained_phones=_symbols(known),
        corpora=tuple(Corpus(**row) for row in spec["corpora"]),
        training=(
            _acoustic_training(spec["training"]["acoustic"], steps),
            Training(**spec["training"]["vocoder"]),
            *_content_training(spec["training"], models),
        ),
        temperature=spec.get("temperature", 0.0),
        likeness=spec.get("likeness", USUAL_LIKENESS),
        scores=spec.get("scores", {}),
        speakers=tuple(spec["speakers"]),
    )
    folder = voices_folder / card.name
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / SPEAKER_FILE, vector, allow_pickle=False)
    (folder / CARD_FILE).write_text(card.to_json(), encoding="utf-8")
    return folder


def _spec(spec_file: Path) -> dict[str, Any]:
    """A specification over what `common.toml` beside it says of all voices."""
    common = spec_file.with_name(COMMON_FILE)
    shared = tomllib.loads(common.read_text(encoding="utf-8")) if common.is_file() else {}
    return shared | tomllib.loads(spec_file.read_text(encoding="utf-8"))


def _acoustic_training(told: Mapping[str, Any], steps: int) -> Training:
    """What the specification says, with the steps of the run added to those of runs before it."""
    rest = {name: value for name, value in told.items() if name != "earlier_steps"}
    return Training(steps=steps + told.get("earlier_steps", 0), **rest)


def _row(about: Mapping[str, Any], speaker: str, spec_file: Path) -> int:
    speakers: Mapping[str, int] = about["speakers"]
    if speaker not in speakers:
        raise VoiceError(
            f"{spec_file}: the run knows no speaker {speaker!r}; it has {list(speakers)}"
        )
    return speakers[speaker]


def _symbols(ids: set[int]) -> tuple[str, ...]:
    return tuple(INVENTORY.phonemes[index].symbol for index in sorted(ids))


def _content_training(
    told: Mapping[str, Any], models: Mapping[str, ModelFile]
) -> tuple[Training, ...]:
    """What was spent on hearing recordings, of voices that convert."""
    return (Training(**told["content"]),) if CONTENT_KEY in models and "content" in told else ()
