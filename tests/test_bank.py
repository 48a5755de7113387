"""Voices on disk: opened through the gate, refused when they are not what they claim."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent import bundled
from consent.bundled import sign_bundled
from consent.envelope import raw_public_key
from consent.errors import ConsentError, RefusedError
from consent.folder import digest_folder
from consent.grant import ConsentGrant, GrantKind, Operation, PublishedLicence
from voice.bank import Voice, VoiceBank, user_home
from voice.card import ModelFile, VoiceRange, read_card
from voice.errors import VoiceError
from voice.sessions import open_singer

TINY = Path(__file__).parent / "fixtures" / "voices" / "tiny"
TERMS = ConsentGrant(
    grant_id="voice-tiny",
    kind=GrantKind.PUBLISHED,
    subject="tiny",
    project="Melisma",
    operations=frozenset({Operation.SING}),
    languages=("en",),
    commercial=True,
    territory="worldwide",
    issued_at=datetime(2026, 6, 1, tzinfo=UTC),
    expires_at=None,
    pass_on=True,
    notice_days=0,
    licences=(
        PublishedLicence("Terms", ("Sing.",), "https://example.org", date(2026, 1, 2), ("Ada",)),
    ),
)

Sign = Callable[[Path], None]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def bank(tmp_path: Path) -> VoiceBank:
    """A bank whose own voice is `tiny`; nothing is bundled."""
    shutil.copytree(TINY, tmp_path / "own" / "tiny")
    return VoiceBank(tmp_path / "bundled", tmp_path / "own")


@pytest.fixture
def sign(monkeypatch: pytest.MonkeyPatch) -> Sign:
    """Signs a changed folder anew, with a project key of the test's own."""
    key = Ed25519PrivateKey.generate()
    monkeypatch.setattr(bundled, "PROJECT_KEY_HEX", raw_public_key(key.public_key()).hex())

    def signed(folder: Path) -> None:
        (folder / "grant.json").write_bytes(sign_bundled(TERMS, digest_folder(folder), key))

    return signed


def change_card(folder: Path, **changes: Any) -> None:
    path = folder / "card.json"
    table = json.loads(path.read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in table.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")


def models(**changes: dict[str, str]) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((TINY / "card.json").read_text(encoding="utf-8"))["models"]
    return table | changes


def opened(bank: VoiceBank) -> Voice:
    return bank.open_voice("tiny", now())


def test_a_whole_voice_opens_and_sings(bank: VoiceBank) -> None:
    voice = opened(bank)
    assert voice.card.name == "tiny"
    assert set(voice.models) == {"acoustic", "content", "curves", "durations", "vocoder"}
    for name, model in voice.card.models.items():
        assert hashlib.sha256(voice.models[name]).hexdigest() == model.sha256
    assert voice.speaker.dtype == np.float32
    assert len(open_singer(voice, now(), 1).spoken_seconds([4, 5], [0, 1], 0)) == 2


def test_an_unknown_name_lists_the_voices(bank: VoiceBank) -> None:
    shutil.copytree(TINY, bank.bundled / "alto")
    with pytest.raises(VoiceError, match="no voice 'bass'; the voices are: alto, tiny"):
        bank.open_voice("bass", now())
    with pytest.raises(VoiceError, match="the voices are: none yet"):
        VoiceBank(bank.own / "x", bank.own / "y").card("tiny")
    for name in ("../own/tiny", "", ".", "tiny/"):
        with pytest.raises(VoiceError, match="no voice"):
            bank.card(name)


def test_a_renamed_folder_is_refused(bank: VoiceBank) -> None:
    (bank.own / "tiny").rename(bank.own / "famous")
    with pytest.raises(RefusedError, match="the folder is called famous, the grant is for tiny"):
        bank.open_voice("famous", now())


@pytest.mark.parametrize("file", ["acoustic.onnx", "speaker.npy", "card.json"])
def test_one_changed_byte_is_refused(bank: VoiceBank, file: str) -> None:
    path = bank.own / "tiny" / file
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(RefusedError, match="bytes have digest"):
        opened(bank)


def test_without_its_grant_it_is_refused(bank: VoiceBank) -> None:
    (bank.own / "tiny" / "grant.json").unlink()
    with pytest.raises(ConsentError, match=r"no grant\.json"):
        opened(bank)


def test_a_missing_file_is_named(bank: VoiceBank, sign: Sign) -> None:
    folder = bank.own / "tiny"
    for file in ("curves.onnx", "speaker.npy"):
        (folder / file).unlink()
        sign(folder)
        with pytest.raises(VoiceError, match=f"no {file}; the voice is not whole"):
            opened(bank)
        shutil.copy(TINY / file, folder / file)


def test_another_model_than_the_cards_is_refused(bank: VoiceBank, sign: Sign) -> None:
    folder = bank.own / "tiny"
    shutil.copy(folder / "curves.onnx", folder / "acoustic.onnx")
    sign(folder)
    with pytest.raises(VoiceError, match=r"acoustic\.onnx of voice tiny is not the file its card"):
        opened(bank)


def test_shared_models_lie_beside_the_bundled_voices(bank: VoiceBank, sign: Sign) -> None:
    folder, shared = bank.own / "tiny", bank.bundled / "models"
    data = (folder / "vocoder.onnx").read_bytes()
    told = {"file": "shared:vocoder.onnx", "sha256": hashlib.sha256(data).hexdigest()}
    (folder / "vocoder.onnx").unlink()
    change_card(folder, models=models(vocoder=told))
    sign(folder)
    with pytest.raises(VoiceError, match=r"models/vocoder\.onnx: cannot be read"):
        opened(bank)
    shared.mkdir(parents=True)
    (shared / "vocoder.onnx").write_bytes(data)
    assert opened(bank).models["vocoder"] == data
    (shared / "vocoder.onnx").write_bytes(data + b"more")
    with pytest.raises(VoiceError, match="not the file its card names; reinstall"):
        opened(bank)


@pytest.mark.parametrize("data", [b"", b"garbage", b"PK\x03\x04"])
def test_a_speaker_that_is_no_vector_is_refused(bank: VoiceBank, sign: Sign, data: bytes) -> None:
    (bank.own / "tiny" / "speaker.npy").write_bytes(data)
    sign(bank.own / "tiny")
    with pytest.raises(VoiceError, match=r"speaker\.npy holds no vector"):
        opened(bank)


def test_a_speaker_is_never_unpickled(bank: VoiceBank, sign: Sign) -> None:
    np.save(bank.own / "tiny" / "speaker.npy", np.array([{}], dtype=object), allow_pickle=True)
    sign(bank.own / "tiny")
    with pytest.raises(VoiceError, match="holds no vector"):
        opened(bank)


def test_a_model_that_is_no_onnx_is_named(bank: VoiceBank) -> None:
    voice = opened(bank)
    broken = replace(voice, models={**voice.models, "curves": b"not onnx"})
    with pytest.raises(VoiceError, match="voice tiny: its curves model cannot be run"):
        open_singer(broken, now(), 1)


def test_nothing_sings_with_the_leave_of_another_voice(bank: VoiceBank, sign: Sign) -> None:
    folder = bank.own / "tiny"
    sign(folder)
    before = opened(bank)
    change_card(folder, summary="changed")
    sign(folder)
    stolen = replace(opened(bank), permit=before.permit)
    with pytest.raises(RefusedError):
        open_singer(stolen, now(), 1)


def test_a_voice_is_added_once_and_removed(bank: VoiceBank, tmp_path: Path) -> None:
    empty = VoiceBank(tmp_path / "bundled", tmp_path / "new" / "voices")
    assert empty.names() == ()
    assert empty.add(TINY, now()) == "tiny"
    assert empty.names() == ("tiny",)
    assert not empty.is_bundled("tiny")
    with pytest.raises(VoiceError, match="there is a voice 'tiny' already"):
        empty.add(TINY, now())
    assert empty.open_voice("tiny", now()).card == opened(bank).card
    empty.remove("tiny")
    assert list(empty.own.iterdir()) == []


def test_what_may_not_be_used_is_not_added(tmp_path: Path, sign: Sign) -> None:
    bank = VoiceBank(tmp_path / "bundled", tmp_path / "own")
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "card.json").write_text("{}")
    with pytest.raises(ConsentError):
        bank.add(tmp_path / "tiny", now())
    sign(tmp_path / "tiny")
    with pytest.raises(VoiceError, match="incomplete card"):
        bank.add(tmp_path / "tiny", now())
    assert bank.names() == ()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    bank = VoiceBank(tmp_path / "bundled", tmp_path / "file")
    with pytest.raises(VoiceError, match="cannot be copied there"):
        bank.add(TINY, now())


def test_bundled_voices_stay_and_win(bank: VoiceBank) -> None:
    shutil.copytree(TINY, bank.bundled / "tiny")
    assert bank.is_bundled("tiny")
    with pytest.raises(VoiceError, match="ships with Melisma and stays"):
        bank.remove("tiny")


def test_home_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.delenv("MELISMA_HOME", raising=False)
    assert user_home() == Path("/data/melisma")
    monkeypatch.setenv("MELISMA_HOME", "/mine")
    assert user_home() == Path("/mine")


def test_a_card_survives_its_file() -> None:
    card = read_card((TINY / "card.json").read_bytes(), "tiny")
    assert read_card(card.to_json().encode(), "tiny") == card
    assert isinstance(card.range, VoiceRange)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, r"unknown keys \['colour'\]; known are"),
        ({"range": None}, "incomplete card.*range"),
        ({"range": {"low_midi": 70, "high_midi": 50}}, "goes up, not from 70 to 50"),
        ({"languages": []}, "names no language"),
        ({"models": {}}, "names no acoustic, curves, durations, vocoder"),
        ({"models": models(vocoder={"file": "../x.onnx", "sha256": ""})}, r"plainly, not '\.\./x"),
        ({"corpora": [{"name": "x"}]}, "incomplete card"),
    ],
)
def test_a_card_that_does_not_hold_is_refused(
    bank: VoiceBank, changes: dict[str, Any], said: str
) -> None:
    change_card(bank.own / "tiny", **changes)
    with pytest.raises(VoiceError, match=said):
        bank.card("tiny")


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"7"])
def test_bytes_that_are_no_card_are_refused(data: bytes) -> None:
    with pytest.raises(VoiceError, match=r"here: (not JSON|a card is)"):
        read_card(data, "here")


@pytest.mark.parametrize("name", ["", "a/b", "a\\b", ".hidden", "shared:", "shared:../x"])
def test_models_are_named_plainly(name: str) -> None:
    with pytest.raises(VoiceError, match="plainly"):
        ModelFile(name, "0" * 64)
