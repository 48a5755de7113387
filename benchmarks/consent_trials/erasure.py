"""An erased person: no byte of name or embedding anywhere, not even in backups put back."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from benchmarks.consent_trials.scene import EMBEDDING, NAME, VOICE_FILES, Scene
from consent.errors import ConsentError
from consent.folder import read_folder
from consent.ledger import Ledger
from consent.registry import Registry


@dataclass(frozen=True)
class ErasureResult:
    """Files looked through, traces found in them, and ways in which the person came back."""

    files: int
    traces: list[str]
    revived: list[str]


def erase_and_look(scene: Scene) -> ErasureResult:
    """Back up, erase, then search everything the tool wrote, and restore the backup."""
    backup = scene.home / "before.db"
    with scene.registry() as registry:
        assert registry.person(scene.active).name == NAME
        assert registry.read_embedding(scene.active) == EMBEDDING
        registry.back_up(backup)
        registry.erase(scene.active, scene.now)
        revived = _revived(registry, scene, "after erasing")
        registry.audit()
    everything = [path for path in scene.home.rglob("*") if path.is_file()]
    everything = [path for path in everything if scene.songs not in path.parents]
    traces = [
        f"{kind} in {path.name}"
        for path in everything
        for kind, pattern in _patterns()
        if pattern in path.read_bytes().lower()
    ]
    for old in (scene.home / "consent").glob("registry.db*"):
        old.unlink()
    backup.rename(scene.database)
    ledger = Ledger.open(scene.location)
    ledger.adopt_head()
    ledger.close()
    with scene.registry() as registry:
        revived += _revived(registry, scene, "from a backup")
    return ErasureResult(len(everything), traces, revived)


def _revived(registry: Registry, scene: Scene, when: str) -> list[str]:
    def sealed_voice() -> object:
        return registry.open_folder(read_folder(scene.voice))

    ways = {
        "person": lambda: registry.person(scene.active),
        "embedding": lambda: registry.read_embedding(scene.active),
        "voice": sealed_voice,
    }
    found: list[str] = []
    for name, way in ways.items():
        try:
            way()
        except ConsentError:
            continue
        found.append(f"{name} {when}")
    return found


def _patterns() -> list[tuple[str, bytes]]:
    texts = {word.lower() for word in NAME.replace("-", " ").split()} | {"ada@example.org"}
    texts.discard("ada")
    wanted: list[tuple[str, bytes]] = [(text, text.encode()) for text in texts]
    wanted += [(f"{text} in UTF-16", text.encode("utf-16-le")) for text in texts]
    wanted.append(("name in base64", base64.b64encode(NAME.encode())[:-4].lower()))
    wanted.append(("embedding", EMBEDDING[:64].lower()))
    wanted += [(f"content of {name}", data.lower()) for name, data in VOICE_FILES.items()]
    return wanted
