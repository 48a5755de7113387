"""Damaged and foreign registries: refused with a remedy, and left exactly as they were."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asking import in_memory

from benchmarks.consent_trials.scene import Scene, at_home, build
from consent.errors import ConsentError, RefusedError
from consent.folder import digest_folder
from consent.gate import open_voice
from consent.grant import Operation

REMEDIES = (
    "restore",
    "run `melisma consent",
    "update melisma",
    "set this machine's clock",
    "chmod",
)


@pytest.fixture(scope="module")
def made() -> Iterator[Scene]:
    folder = Path(tempfile.mkdtemp(prefix="melisma-", dir=in_memory()))
    yield build(folder / "home")
    shutil.rmtree(folder)


@pytest.fixture
def scene(made: Scene, quick: Path) -> Scene:
    home = quick / "copy"
    shutil.copytree(made.home, home)
    return replace(made, home=home, songs=home / "songs", voice=home / "voices" / "ada")


def halved(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


DAMAGES: dict[str, Callable[[Scene], None]] = {
    "newer schema": lambda s: s.edit("UPDATE alembic_version SET version_num = '9999'"),
    "older schema": lambda s: s.edit("UPDATE alembic_version SET version_num = '0000'"),
    "no schema version": lambda s: s.edit("DROP TABLE alembic_version"),
    "half a database": lambda s: halved(s.database),
    "half a key": lambda s: halved(s.home / "consent" / "keys" / "registry.pem"),
    "half a secret": lambda s: halved(s.home / "consent" / "keys" / "pepper.key"),
    "half a checkpoint": lambda s: halved(s.home / "consent" / "keys" / "head.json"),
    "no checkpoint": lambda s: (s.home / "consent" / "keys" / "head.json").unlink(),
    "another program's file": lambda s: s.database.write_bytes(b"not a database" * 999) and None,
    "keys open to others": lambda s: (s.home / "consent" / "keys" / "registry.pem").chmod(0o644),
}


@pytest.mark.parametrize("damage", list(DAMAGES))
def test_damage_is_refused_and_nothing_is_changed(scene: Scene, damage: str) -> None:
    DAMAGES[damage](scene)
    database, keys = scene.database.read_bytes(), digest_folder(scene.home / "consent" / "keys")
    with at_home(scene.home), pytest.raises(ConsentError) as told:
        open_voice(scene.voice, Operation.SING, scene.now)
    assert any(remedy in str(told.value) for remedy in REMEDIES), str(told.value)
    assert scene.database.read_bytes() == database
    assert digest_folder(scene.home / "consent" / "keys") == keys


def test_a_clock_that_was_put_back_is_refused_without_a_change(scene: Scene) -> None:
    with scene.registry() as registry:
        before = registry.checkpoint()
        with pytest.raises(RefusedError, match="clock"):
            registry.revoke(scene.active, scene.now - timedelta(hours=1))
        assert registry.checkpoint() == before
