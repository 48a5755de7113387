"""The demo asked by raw HTTP, past everything its page would keep a visitor from asking."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.consent_trials.attacks import Outcome
from benchmarks.consent_trials.scene import Scene, at_home
from consent.bundled import bundled_corpora, read_bundled, sign_bundled
from consent.folder import digest_folder
from consent.grant import Operation

LINE = "tempo=84 G4:1 la"
_TIMEOUT_S = 60.0


def run_demo(scene: Scene) -> Iterator[Outcome]:
    """Ask the demo to sing with voices that it must not sing with."""
    voices = _prepare(scene)
    asked: dict[str, list[Any]] = {
        f"demo: {what}": [LINE, None, name, "1", "octave"] for what, name in voices.items()
    }
    asked |= {
        "demo: path as a voice": [LINE, None, "../../home/voices/plain", "1", "octave"],
        "demo: absolute path as a voice": [LINE, None, str(scene.voice), "1", "octave"],
        "demo: list as a voice": [LINE, None, ["plain"], "1", "octave"],
        "demo: object as a voice": [LINE, None, {"name": "plain"}, "1", "octave"],
        "demo: no voice": [LINE, None, None, "1", "octave"],
        "demo: a file of the server": [
            "",
            {"path": str(scene.database), "meta": {"_type": "gradio.FileData"}},
            "plain",
            "1",
            "octave",
        ],
        "demo: too few words": [LINE],
    }
    with at_home(scene.home), _served(scene.home) as address:
        for name, data in asked.items():
            yield Outcome(name, _ask(address, data))
        for path in (scene.database, scene.home / "consent" / "keys" / "registry.pem"):
            yield Outcome(f"demo: download of {path.name}", _download(address, path))


def _prepare(scene: Scene) -> dict[str, str]:
    """Voices in the user's bank, none with leave: what each is, and its name."""
    bank = scene.home / "voices"
    for name in ("plain", "forged", "taken"):
        (bank / name).mkdir()
        (bank / name / "card.json").write_text("{}")
    _, token = next(bundled_corpora())
    sings = frozenset({Operation.SING})
    grant = replace(read_bundled(token, "x"), subject="forged", operations=sings)
    own = sign_bundled(grant, digest_folder(bank / "forged"), Ed25519PrivateKey.generate())
    (bank / "forged" / "grant.json").write_bytes(own)
    (bank / "taken" / "grant.json").write_bytes((scene.voice / "grant.json").read_bytes())
    with scene.registry() as registry:
        registry.revoke(scene.active, scene.now)
    return {
        "voice without a grant": "plain",
        "voice with a forged grant": "forged",
        "voice with a person's reference": "taken",
        "voice of a revoked grant": scene.voice.name,
    }


@contextmanager
def _served(home: Path) -> Iterator[str]:
    from voice.demo import page
    from voice.studio import Studio

    blocks = page(Studio.open(home))
    _, address, _ = blocks.launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, inbrowser=False
    )
    try:
        yield str(address).rstrip("/")
    finally:
        blocks.close(verbose=False)


def _ask(address: str, data: list[Any]) -> str | None:
    """How a call was refused; None if sound came back."""
    request = urllib.request.Request(
        f"{address}/gradio_api/call/on_sing",
        json.dumps({"data": data}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            event = json.load(answer)["event_id"]
        with urllib.request.urlopen(
            f"{address}/gradio_api/call/on_sing/{event}", timeout=_TIMEOUT_S
        ) as answer:
            text = answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return f"HTTP {refusal.code}"
    return None if "event: complete" in text else " ".join(text.split())[:200]


def _download(address: str, path: Path) -> str | None:
    try:
        with urllib.request.urlopen(
            f"{address}/gradio_api/file={path}", timeout=_TIMEOUT_S
        ) as answer:
            answer.read()
    except urllib.error.HTTPError as refusal:
        return f"HTTP {refusal.code}"
    return None
