"""A content run: from a store and an acoustic model to checkpoints, with leave asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from tests.acoustic.tiny import TINY, tiny_model
from tests.conversion.sounds import vowel
from tests.conversion.test_content_training import SMALL
from vocoder.frames import GRID
from vocoder.mel import log_mel
from vocoder.pitch import PitchCurve
from vocoder.store import Sound, SoundStore, StoredSound, write_store
from vocoder.training.checkpoints import Parts, Progress, latest_checkpoint, save_checkpoint
from vocoder.training.resuming import RunResult
from voice.conversion.export import export_content
from voice.conversion.networks import ContentEncoder
from voice.conversion.training import run
from voice.conversion.training.options import ContentTrainingOptions
from voice.conversion.training.rebuilding import fill_encoder
from voice.conversion.training.run import load_listener, train_content
from voice.corpora.label_files import PhoneLabels, write_labels
from voice.corpora.labels import LabelledPhone
from voice.errors import CorpusError, VoiceError

PHONES = (LabelledPhone("a", 0.0, 0.5, 1), LabelledPhone("o", 0.5, 1.0))
EMBEDDINGS = {"ada": np.eye(3, 256, dtype=np.float32)}


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "AcousticConfig", lambda: TINY)
    monkeypatch.setattr(run, "ContentConfig", lambda: SMALL)
    monkeypatch.setattr(run, "LOG_EVERY_STEPS", 1)


@pytest.fixture
def store(tmp_path: Path) -> SoundStore:
    """One second each of Ada and Bob."""
    sounds = []
    for name, hz in (("ada", 220.0), ("bob", 131.0)):
        audio = vowel(1.0, hz)
        frames = GRID.samples_to_frames(len(audio))
        pitch = PitchCurve(np.full(frames, hz), np.ones(frames, dtype=np.bool_))
        row = StoredSound(name, 0, 0, name, "sung", held_back=False)
        sounds.append((row, Sound(audio, log_mel(audio), pitch)))
    made = write_store(tmp_path / "store", sounds)
    write_labels(
        made.folder,
        {name: PhoneLabels("en", "core", 57, "", PHONES) for name in ("ada", "bob")},
    )
    return made


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A checkpoint of an acoustic model that sings as both."""
    folder = tmp_path / "acoustic"
    folder.mkdir()
    told = {"speakers": {"ada": 0, "bob": 2}}
    (folder / "model.json").write_text(json.dumps(told), encoding="utf-8")
    parts = Parts({"average": tiny_model()}, {})
    return save_checkpoint(folder, Progress("acoustic", 7, 1.0), parts)


@pytest.fixture
def options(base: Path) -> ContentTrainingOptions:
    return ContentTrainingOptions(
        base,
        steps=4,
        batch=2,
        crop_frames=32,
        warmup_steps=1,
        checkpoint_every_steps=2,
        precision="32-true",
        accelerator="cpu",
    )


def train(
    store: SoundStore,
    options: ContentTrainingOptions,
    folder: Path,
    renew: Callable[[], None] = lambda: None,
) -> RunResult:
    return train_content([store], EMBEDDINGS, options, folder, renew)


def test_a_run_trains_saves_and_goes_on(
    store: SoundStore, options: ContentTrainingOptions, tmp_path: Path
) -> None:
    first = train(store, options, tmp_path / "run")
    assert first.steps == 4
    assert json.loads((tmp_path / "run" / "options.json").read_text())["steps"] == 4
    begun = load_listener(first.checkpoint)
    assert float(begun.encoder.usual_envelope.std()) > 0.0
    further = train(store, replace(options, steps=6), tmp_path / "run")
    assert further.steps == 6
    moved = load_listener(further.checkpoint)
    assert not torch.equal(begun.encoder.leave.weight, moved.encoder.leave.weight)


def test_a_run_may_begin_with_an_exported_encoder(
    store: SoundStore, options: ContentTrainingOptions, tmp_path: Path
) -> None:
    """Weights of the file, within its bytes; a larger inventory keeps its newest phones."""
    first = load_listener(train(store, options, tmp_path / "one").checkpoint)
    file = export_content(first.encoder, first.projection, tmp_path / "voice")
    wanted = replace(options, steps=1, content_from=file, learning_rate=1e-9)
    second = load_listener(train(store, wanted, tmp_path / "two").checkpoint)
    for name, value in first.encoder.state_dict().items():
        torch.testing.assert_close(second.encoder.state_dict()[name], value, atol=0.02, rtol=0.02)
    config = first.encoder.config
    grown = ContentEncoder(replace(config, phonemes=config.phonemes + 1))
    last = grown.phones.weight[-1].detach().clone()
    fill_encoder(grown, onnx.load(file))
    assert torch.equal(grown.phones.weight[-1], last)
    with pytest.raises(VoiceError, match="another shape"):
        fill_encoder(ContentEncoder(replace(config, width=24)), onnx.load(file))


def test_a_run_may_begin_with_an_earlier_encoder(
    store: SoundStore, options: ContentTrainingOptions, tmp_path: Path
) -> None:
    first = train(store, options, tmp_path / "one").checkpoint
    wanted = replace(options, steps=1, content_from=first, learning_rate=1e-9)
    second = train(store, wanted, tmp_path / "two").checkpoint
    one, two = load_listener(first), load_listener(second)
    torch.testing.assert_close(one.state_dict(), two.state_dict(), atol=1e-5, rtol=1e-5)


def test_leave_is_asked_for_again_and_ends_the_run(
    store: SoundStore, options: ContentTrainingOptions, tmp_path: Path
) -> None:
    asked: list[int] = []

    def renew() -> None:
        asked.append(1)
        if len(asked) > 3:
            raise VoiceError("the grant was withdrawn")

    with pytest.raises(VoiceError, match="withdrawn"):
        train(store, replace(options, steps=9), tmp_path / "run", renew)
    kept = latest_checkpoint(tmp_path / "run")
    assert kept is not None
    assert kept.name == "step-00000002.safetensors"


def test_singers_whom_the_model_never_met_are_named(
    store: SoundStore, options: ContentTrainingOptions, base: Path, tmp_path: Path
) -> None:
    about = base.with_name("model.json")
    about.write_text(json.dumps({"speakers": {"ada": 0}}), encoding="utf-8")
    with pytest.raises(CorpusError, match="never sang as bob"):
        train(store, options, tmp_path / "run")
    about.unlink()
    with pytest.raises(CorpusError, match=r"model\.json: missing"):
        train(store, options, tmp_path / "run")
