"""What sinks call: people's voices and recordings, asked of the user's registry."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.consent_trials.scene import VOICE_FILES, Scene, at_home, build, licence
from consent.errors import ConsentError, RefusedError, RegistryError
from consent.folder import digest_folder, read_folder
from consent.gate import authorize_corpus, authorize_voice, open_voice, renew, verify
from consent.grant import Operation
from consent.registry import Registry


@pytest.fixture
def scene(quick: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = build(quick / "home")
    monkeypatch.setenv("MELISMA_HOME", str(made.home))
    monkeypatch.delenv("MELISMA_CONSENT_URL", raising=False)
    return made


def test_a_sealed_voice_sings_while_its_grant_is_in_force(scene: Scene) -> None:
    opened = open_voice(scene.voice, Operation.SING, scene.now)
    assert opened.files == VOICE_FILES
    assert opened.licence is None
    verify(opened.permit, Operation.SING, opened.digest, scene.now)
    with scene.registry() as registry:
        registry.revoke(scene.active, scene.now)
    with pytest.raises(RefusedError, match="rule state"):
        verify(opened.permit, Operation.SING, opened.digest, scene.now)
    with pytest.raises(RefusedError, match="rule state"):
        open_voice(scene.voice, Operation.SING, scene.now)


def test_nothing_of_a_sealed_voice_shows(scene: Scene) -> None:
    assert {path.name for path in scene.voice.iterdir()} == {"grant.json", "voice.sealed"}
    sealed = (scene.voice / "voice.sealed").read_bytes()
    assert not any(data in sealed for data in (*VOICE_FILES.values(), b"model.onnx"))


def test_conversion_is_bound_to_voice_and_source(scene: Scene) -> None:
    voice = read_folder(scene.voice)
    permit = authorize_voice(voice, Operation.CONVERT, scene.now, source=scene.stranger)
    verify(permit, Operation.CONVERT, voice.digest, scene.now, source=scene.stranger)
    with pytest.raises(RefusedError, match="rule permit-digest"):
        verify(permit, Operation.CONVERT, voice.digest, scene.now, source=scene.song)
    with pytest.raises(RefusedError, match="rule source"):
        verify(permit, Operation.CONVERT, voice.digest, scene.now)


def test_recordings_are_found_by_their_digest(scene: Scene) -> None:
    digest = digest_folder(scene.songs)
    permit = authorize_corpus(digest, Operation.TRAIN, scene.now)
    assert permit.grant_id == scene.active
    verify(permit, Operation.TRAIN, digest, scene.now)
    fresh = renew(permit, datetime.now(UTC))
    assert fresh.token != permit.token
    with scene.registry() as registry:
        registry.suspend(scene.active, scene.now)
    with pytest.raises(RefusedError, match="rule state"):
        renew(fresh, datetime.now(UTC))


def test_published_terms_of_ones_own_cover_recordings_and_voices(
    scene: Scene, tmp_path: Path
) -> None:
    from dataclasses import replace

    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"weights")
    grant, _ = licence(7, scene.now)
    sings = frozenset({Operation.SING})
    grant = replace(grant, operations=sings, digest=digest_folder(folder))
    with scene.registry() as registry:
        registry.register_licences([grant], scene.now)
        registry.refer(grant.grant_id, folder)
        with pytest.raises(RefusedError, match="kept sealed"):
            registry.refer(scene.active, folder)
    opened = open_voice(folder, Operation.SING, scene.now)
    assert opened.files == {"model.onnx": b"weights"}
    (folder / "model.onnx").write_bytes(b"other weights")
    with pytest.raises(RefusedError, match="rule digest"):
        open_voice(folder, Operation.SING, scene.now)


def test_no_registry_is_an_error_and_never_a_yes(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("MELISMA_HOME", str(tmp_path / "nowhere")),
        ("MELISMA_CONSENT_URL", "postgresql://nobody@127.0.0.1:1/none"),
        ("MELISMA_CONSENT_URL", "mysql://x"),
        ("MELISMA_CONSENT_URL", "nonsense"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            with pytest.raises(RegistryError):
                open_voice(scene.voice, Operation.SING, scene.now)


def test_a_locked_registry_waits_or_refuses(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    from consent import database

    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.1)
    with sqlite3.connect(scene.database, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RegistryError, match="locked; nothing was changed"):
            open_voice(scene.voice, Operation.SING, scene.now)
        other.execute("ROLLBACK")
    other.close()
    open_voice(scene.voice, Operation.SING, scene.now)


def test_a_sealed_folder_is_never_written_over(scene: Scene) -> None:
    with scene.registry() as registry, pytest.raises(ConsentError, match="is there already"):
        registry.seal_voice(scene.active, VOICE_FILES, scene.voice, scene.now)


def test_embeddings_come_back_while_the_grant_lasts(scene: Scene) -> None:
    from benchmarks.consent_trials.scene import EMBEDDING

    with scene.registry() as registry:
        assert registry.read_embedding(scene.active) == EMBEDDING
        registry.suspend(scene.active, scene.now)
        with pytest.raises(RefusedError, match="rule state"):
            registry.read_embedding(scene.active)


def test_an_unfinished_erasure_is_finished_on_opening(scene: Scene) -> None:
    with scene.registry() as registry:
        subject = registry.show(scene.active).subject
        keys = registry.ledger.keys
        key = (keys.folder / "subjects" / f"{subject}.key").read_bytes()
        registry.erase(scene.active, scene.now)
        (keys.folder / "subjects" / f"{subject}.key").write_bytes(key)
        (keys.folder / "subjects" / f"{subject}.key").chmod(0o600)
    with scene.registry() as registry:
        assert not registry.ledger.keys.has_subject_key(subject)


def test_foundation_imports_no_models_and_help_is_quick() -> None:
    code = (
        "import sys, consent.registry, consent.gate, consent.release, consent.receipt;"
        "heavy = {'torch', 'onnxruntime', 'gradio', 'numpy', 'soundfile', 'voice'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    code = (
        "import sys, voice.cli.consent;"
        "heavy = {'sqlalchemy', 'alembic', 'pymerkle', 'torch', 'onnxruntime', 'numpy'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_keys_open_to_others_are_refused(scene: Scene) -> None:
    keys = scene.home / "consent" / "keys"
    for path in (keys, keys / "registry.pem", keys / "pepper.key"):
        mode = path.stat().st_mode
        path.chmod(0o755)
        with at_home(scene.home), pytest.raises(ConsentError, match="open to others"):
            Registry.open(scene.location)
        path.chmod(mode)
