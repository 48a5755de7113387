"""A run folder out of released voices: the very networks, and only with leave to train on them."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent import bundled
from consent.bundled import sign_bundled
from consent.envelope import raw_public_key
from consent.errors import RefusedError
from consent.folder import FolderBytes, digest_folder
from consent.grant import Operation
from consent.permit import Permit
from lyrics.phonemes import INVENTORY
from tests.acoustic.tiny import FILES, TINY, tiny_files, tiny_model
from tests.test_bank import TERMS
from vocoder.training.checkpoints import load_average
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training import base as base_module
from voice.acoustic.training.base import base_of, write_base
from voice.bank import CARD_FILE, SPEAKER_FILE, Voice, VoiceBank
from voice.card import Corpus, ModelFile, Training, VoiceCard, VoiceRange
from voice.errors import VoiceError

NOW = datetime(2026, 6, 2, tzinfo=UTC)


def card(name: str, speakers: tuple[str, ...], digest: str = "0" * 64) -> VoiceCard:
    keys = (*FILES, "vocoder")
    return VoiceCard(
        name=name,
        title=name,
        summary="random numbers",
        kind="synthetic",
        languages=("en",),
        range=VoiceRange(50, 70),
        licence="CC0",
        credit=name,
        link="https://example.org",
        models={key: ModelFile(f"{key}.onnx", digest) for key in keys},
        phones=("_", "a", "s"),
        trained_phones=("_", "a", "s"),
        corpora=(Corpus("c", "made up", 1.0, "CC0"),),
        training=(Training("none", 0, 0.0, "none"),),
        speakers=speakers,
    )


def voice(name: str, row: float, *speakers: str, digest: str = "0" * 64) -> Voice:
    permit = Permit(b"", "voice-tiny", Operation.TRAIN, digest, NOW, None)
    vector = np.full(TINY.speaker_width, row, dtype=np.float32)
    folder = FolderBytes(name, {}, None, digest)
    return Voice(card(name, speakers, digest), folder, permit, vector, tiny_files())


def test_the_networks_of_a_voice_come_back() -> None:
    base = base_of([voice("one", 1.0, "ann", "bea"), voice("two", 3.0)], TINY)
    original = dict(tiny_model().named_parameters())
    for name, value in base.model.named_parameters():
        if not name.startswith(base_module.FRESH_PARTS):
            torch.testing.assert_close(value, original[name], msg=name)
    assert base.speakers == {"ann": 0, "bea": 1, "two": 2}
    assert base.model.speakers.weight[:, 0].tolist() == [1.0, 1.0, 3.0, 2.0]
    assert base.phones["bea"] == ("_", "a", "s")


def test_phones_added_since_begin_as_their_nearest() -> None:
    state = {"phones.phoneme.weight": torch.zeros(len(INVENTORY), 2)}
    known = INVENTORY.id_of("pʰ")
    values = np.arange(2.0 * known, dtype=np.float32).reshape(known, 2)
    base_module._put(state, "phones.phoneme.weight", values)
    table = state["phones.phoneme.weight"]
    assert table[known].tolist() == values[INVENTORY.id_of("p")].tolist()
    with pytest.raises(VoiceError, match="another shape"):
        base_module._put(state, "phones.phoneme.weight", values[:, :1])


def test_voices_of_different_models_make_no_base() -> None:
    with pytest.raises(VoiceError, match="share one model"):
        base_of([voice("one", 1.0), voice("two", 1.0, digest="1" * 64)], TINY)


@pytest.fixture
def bank(tmp_path: Path) -> VoiceBank:
    """A bank with one voice, `tiny`, whose networks are the tiny model's."""
    folder = tmp_path / "own" / "tiny"
    folder.mkdir(parents=True)
    named = card("tiny", ("ann",))
    models = {}
    for key, data in {**tiny_files(), "vocoder": b"none"}.items():
        (folder / f"{key}.onnx").write_bytes(data)
        models[key] = ModelFile(f"{key}.onnx", hashlib.sha256(data).hexdigest())
    table = json.loads(named.to_json()) | {
        "models": {key: {"file": one.file, "sha256": one.sha256} for key, one in models.items()}
    }
    (folder / CARD_FILE).write_text(json.dumps(table), encoding="utf-8")
    np.save(folder / SPEAKER_FILE, np.ones(TINY.speaker_width, dtype=np.float32))
    return VoiceBank(tmp_path / "bundled", tmp_path / "own")


def sign(bank: VoiceBank, monkeypatch: pytest.MonkeyPatch, *operations: Operation) -> None:
    key = Ed25519PrivateKey.generate()
    monkeypatch.setattr(bundled, "PROJECT_KEY_HEX", raw_public_key(key.public_key()).hex())
    folder = bank.own / "tiny"
    terms = replace(TERMS, operations=frozenset(operations))
    token = sign_bundled(terms, digest_folder(folder), key)
    (folder / "grant.json").write_bytes(token)


def test_a_base_is_a_run_that_can_be_started_from(
    bank: VoiceBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_module, "AcousticConfig", lambda: TINY)
    sign(bank, monkeypatch, Operation.SING, Operation.TRAIN)
    checkpoint = write_base(bank, ["tiny"], tmp_path / "run", NOW)
    model = AcousticModel(TINY)
    assert load_average(checkpoint, model).step == 0
    torch.testing.assert_close(model.decoder.depth.weight, tiny_model().decoder.depth.weight)
    about = json.loads((tmp_path / "run" / "model.json").read_text(encoding="utf-8"))
    assert about["speakers"] == {"ann": 0}
    assert about["fresh"] == ["posterior.", "speakers."]
    with pytest.raises(VoiceError, match="holds files already"):
        write_base(bank, ["tiny"], tmp_path / "run", NOW)


def test_terms_that_say_nothing_of_training_make_no_base(
    bank: VoiceBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(bank, monkeypatch, Operation.SING, Operation.CONVERT)
    with pytest.raises(RefusedError, match="not train"):
        write_base(bank, ["tiny"], tmp_path / "run", NOW)
    assert not (tmp_path / "run").exists()
    shutil.rmtree(bank.own / "tiny")
