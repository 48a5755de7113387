"""Attacks through voice folders and conversion: changed, swapped, renamed, dressed up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.consent_trials.attack_ways import SING, TRAIN, Attack
from benchmarks.consent_trials.scene import (
    VOICE_FILES,
    Scene,
)
from consent.bundled import bundled_corpora, read_bundled, sign_bundled
from consent.canonical import to_canonical_json
from consent.envelope import seal_envelope
from consent.errors import ConsentError
from consent.folder import FolderBytes, read_folder
from consent.gate import authorize_voice, open_voice, verify
from consent.grant import Operation
from consent.sealing import REFERENCE_PAYLOAD_TYPE


def voice(change: Callable[[Scene], Path]) -> Attack:
    """Open a voice folder after something was done to it."""
    return lambda scene: sing(change(scene), scene)


def sing(folder: Path, scene: Scene) -> None:
    opened = open_voice(folder, SING, scene.now)
    if set(opened.files) != set(VOICE_FILES):
        raise ConsentError("nothing of the voice came out")


def put(scene: Scene, name: str, data: bytes) -> Path:
    (scene.voice / name).write_bytes(data)
    return scene.voice


def drop(scene: Scene, name: str) -> Path:
    (scene.voice / name).unlink()
    return scene.voice


def flip(scene: Scene, name: str) -> Path:
    data = bytearray((scene.voice / name).read_bytes())
    data[len(data) // 2] ^= 1
    return put(scene, name, bytes(data))


def refer(scene: Scene, grant_id: str, own_key: bool) -> Path:
    """Write a grant.json that names another grant."""
    payload = to_canonical_json({"grant_id": grant_id})
    with scene.registry() as registry:
        key = Ed25519PrivateKey.generate() if own_key else registry.ledger.keys.signing_key
    return put(scene, "grant.json", seal_envelope(REFERENCE_PAYLOAD_TYPE, payload, key))


def bundled_grant(scene: Scene, own_key: bool) -> Path:
    """Pass a person's sealed folder off as a bundled voice."""
    _, token = next(bundled_corpora())
    if own_key:
        grant = replace(read_bundled(token, "x"), operations=frozenset({SING}), subject="ada")
        token = sign_bundled(grant, read_folder(scene.voice).digest, Ed25519PrivateKey.generate())
    return put(scene, "grant.json", token)


def rename_to(scene: Scene, name: str) -> Path:
    """A bundled corpus's grant beside plain files, in a folder of its name."""
    folder = scene.home / name
    folder.mkdir()
    tokens = dict(bundled_corpora())
    (folder / "model.onnx").write_bytes(b"weights")
    (folder / "grant.json").write_bytes(tokens[name])
    return folder


def forged_folder(scene: Scene) -> None:
    """A FolderBytes object that claims the digest of another."""
    name, token = next(bundled_corpora())
    digest = str(read_bundled(token, name).digest)
    authorize_voice(FolderBytes(name, {"x": b"y"}, token, digest), TRAIN, scene.now)


def convert_unsourced(scene: Scene) -> None:
    authorize_voice(read_folder(scene.voice), Operation.CONVERT, scene.now)


def convert_other_audio(scene: Scene) -> None:
    voice = read_folder(scene.voice)
    permit = authorize_voice(voice, Operation.CONVERT, scene.now, source=scene.song)
    verify(permit, Operation.CONVERT, voice.digest, scene.now, source=scene.stranger)


def convert_other_voice(scene: Scene) -> None:
    permit = authorize_voice(
        read_folder(scene.voice), Operation.CONVERT, scene.now, source=scene.song
    )
    verify(permit, Operation.CONVERT, scene.stranger, scene.now, source=scene.song)


def sealed_elsewhere(scene: Scene) -> Path:
    """The sealed file of one grant under the reference of another."""
    out = scene.home / "voices" / "other"
    with scene.registry() as registry:
        registry.seal_voice(scene.other, VOICE_FILES, out, scene.now)
    return put(scene, "voice.sealed", (out / "voice.sealed").read_bytes())


def plain_beside(scene: Scene) -> Path:
    """Unsealed files beside a reference to a person's grant."""
    (scene.voice / "voice.sealed").unlink()
    return put(scene, "model.onnx", b"weights")
