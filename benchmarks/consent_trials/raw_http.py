"""The demo asked by raw HTTP, past everything its page would keep a visitor from asking."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.consent_trials.attacks import Outcome
from benchmarks.consent_trials.scene import Scene, at_home
from consent.bundled import bundled_corpora, read_bundled, sign_bundled
from consent.folder import digest_folder
from consent.grant import Operation
from voice.bank import BUNDLED

LINE = "tempo=84 G4:1 la"
_TIMEOUT_S = 300.0
_BORDER = "melisma-trial-border"


def run_demo(scene: Scene) -> Iterator[Outcome]:
    """Ask the demo for voices that it must not use.

    Raises:
        RuntimeError: it refuses a voice that anybody may use, so that its refusals show nothing.
    """
    voices = _prepare(scene)
    with at_home(scene.home), _served(scene.home) as address:
        refused = _ask(address, "sing", _order("wren"))
        if refused is not None:
            raise RuntimeError(f"the demo does not sing at all: {refused}")
        for name, (endpoint, data) in _asked(scene, voices, _uploaded(address)).items():
            yield Outcome(name, _ask(address, endpoint, data))
        for path in (scene.database, scene.home / "consent" / "keys" / "registry.pem"):
            yield Outcome(f"demo: download of {path.name}", _download(address, path))


def _asked(
    scene: Scene, voices: Mapping[str, str], recording: Mapping[str, Any]
) -> dict[str, tuple[str, list[Any]]]:
    """Endpoint and data of every attempt by its name."""
    asked: dict[str, tuple[str, list[Any]]] = {}
    for what, name in voices.items():
        asked[f"demo: {what}"] = ("sing", _order(name))
        asked[f"demo: convert, {what}"] = ("convert", [recording, name, "auto", True, None])
    oddities: dict[str, Any] = {
        "path as a voice": "../../home/voices/plain",
        "absolute path as a voice": str(scene.voice),
        "list as a voice": ["plain"],
        "object as a voice": {"name": "plain"},
        "number as a voice": 7,
    }
    asked |= {f"demo: {what}": ("sing", _order(name)) for what, name in oddities.items()}
    stolen = {"path": str(scene.database), "meta": {"_type": "gradio.FileData"}}
    bundled = "wren"
    return asked | {
        "demo: a file of the server": ("sing", ["", stolen, bundled, "1", "octave", None, 0]),
        "demo: too few words": ("sing", [LINE]),
        "demo: convert what nobody stated to own": (
            "convert", [recording, bundled, "auto", False, None]
        ),
        "demo: convert a file of the server": ("convert", [stolen, bundled, "auto", True, None]),
        "demo: enrol under a revoked grant": (
            "enroll", [scene.active, "mine", bundled, [recording]]
        ),
        "demo: enrol under another's grant": (
            "enroll", [scene.other, "mine", bundled, [recording]]
        ),
        "demo: grant a draft": ("consent_grant", [scene.draft, ""]),
    }  # fmt: skip


def _order(voice: object) -> list[Any]:
    """What /sing takes: a line, a file, a voice, a verse, a transposition, a tempo, a seed."""
    return [LINE, None, voice, "1", "octave", None, 0]


def _uploaded(address: str) -> dict[str, Any]:
    """A recording handed in by the usual way, as the endpoints take it."""
    stream = io.BytesIO()
    tone = 0.2 * np.sin(np.arange(88_200) * 2.0 * np.pi * 220.0 / 44_100)
    soundfile.write(stream, tone, 44_100, format="WAV")
    head = (
        f'--{_BORDER}\r\nContent-Disposition: form-data; name="files"; filename="a.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    )
    body = head.encode() + stream.getvalue() + f"\r\n--{_BORDER}--\r\n".encode()
    request = urllib.request.Request(
        f"{address}/gradio_api/upload",
        body,
        {"Content-Type": f"multipart/form-data; boundary={_BORDER}"},
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
        (path,) = json.load(answer)
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def _prepare(scene: Scene) -> dict[str, str]:
    """Voices in the user's bank, none with leave: what each is, and its name."""
    bank = scene.home / "voices"
    for name in ("plain", "forged", "taken"):
        (bank / name).mkdir()
        (bank / name / "card.json").write_bytes((BUNDLED / "wren" / "card.json").read_bytes())
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
    from voice.demo.page import Serving, launched, page
    from voice.demo.room import Room
    from voice.studio import Studio

    room = Room(Studio.open(home))
    blocks = page(room)
    try:
        yield launched(blocks, Serving(), wait=False).rstrip("/")
    finally:
        blocks.close(verbose=False)
        room.files.close()


def _ask(address: str, endpoint: str, data: list[Any]) -> str | None:
    """How a call was refused; None if it was answered."""
    request = urllib.request.Request(
        f"{address}/gradio_api/call/{endpoint}",
        json.dumps({"data": data}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            event = json.load(answer)["event_id"]
        with urllib.request.urlopen(
            f"{address}/gradio_api/call/{endpoint}/{event}", timeout=_TIMEOUT_S
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
