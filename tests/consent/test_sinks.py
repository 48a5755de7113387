"""Everything that reaches a speaker encoder, a singer, a converter or a trainer, enumerated.

A new place that opens a network or trains one fails these tests until it is listed here, and
listing it means saying how it is gated.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer.main

from consent.errors import ConsentError
from consent.folder import digest_folder
from consent.gate import authorize_corpus
from consent.grant import Operation
from voice.cli.app import COMMANDS, loaded

ROOT = Path(__file__).parents[2]
PACKAGES = ("voice", "vocoder", "lyrics")
SINKS = ("InferenceSession", "trainer.fit", "SpeakerEncoder")

GATED = {
    "voice/sessions.py:_session": "open_singer verifies the voice's permit to sing",
    "voice/speaker.py:SpeakerEncoder._session": "each embed method verifies first",
    "voice/identity.py:SpeakerComparison.__init__": "similarities verifies a permit to identify",
    "voice/acoustic/training/run.py:train_acoustic": "renews leave to train at every checkpoint",
    "vocoder/training/run.py:train_vocoder": "renews leave to train at every checkpoint",
}
NOBODYS_VOICE = {
    "vocoder/synthesis.py": "turns mels into sound; the voice is in the mels",
    "vocoder/open.py": "opens a universal vocoder",
    "vocoder/load.py": "opens a universal vocoder",
    "vocoder/inference.py": "opens a universal vocoder",
    "lyrics": "text alone",
}
COMMANDS_THAT_REACH = {
    "sing": "Studio.sing, through the voice bank's gate",
    "train vocoder": "permitted()",
    "train acoustic": "permitted()",
    "train voice": "permitted()",
    "consent submit": "a permit to identify, under an open challenge",
}


def calls(path: Path) -> Iterator[str]:
    """Qualified names of the functions in a module that call one of the sinks."""

    def walk(node: ast.AST, name: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            inner = name
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{name}.{child.name}" if name else child.name
            if (
                isinstance(child, ast.Call)
                and ast.unparse(child.func).rpartition("onnxruntime.")[2] in SINKS
            ):
                yield name
            yield from walk(child, inner)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), "")


def found_sinks() -> set[str]:
    sinks: set[str] = set()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            relative = path.relative_to(ROOT).as_posix()
            if not any(relative.startswith(exempt) for exempt in NOBODYS_VOICE):
                sinks |= {f"{relative}:{name}" for name in calls(path)}
    return sinks


def test_every_sink_is_listed_with_its_gate() -> None:
    assert found_sinks() == set(GATED)


def test_whoever_embeds_verifies_first() -> None:
    from voice.speaker import SpeakerEncoder

    public = {
        name
        for name, _ in inspect.getmembers(SpeakerEncoder, inspect.isfunction)
        if not name.startswith("_")
    }
    assert public == {"embed_folder", "embed_recording", "embed_to_identify"}
    tree = ast.parse(inspect.getsource(SpeakerEncoder))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in public:
            lines = {
                called.func.id
                if isinstance(called.func, ast.Name)
                else ast.unparse(called.func): called.lineno
                for called in ast.walk(function)
                if isinstance(called, ast.Call)
            }
            assert lines["verify"] < lines["self._embed_one"]


def test_the_encoder_network_is_opened_in_one_place() -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "ge2e" in path.read_text(encoding="utf-8")
    ]
    assert users == ["voice/speaker.py"]


def test_every_command_is_known_to_reach_a_sink_or_not() -> None:
    reaching = set()
    for name in COMMANDS:
        command = loaded(name)
        inner = getattr(command, "commands", None)
        reaching |= {f"{name} {sub}" for sub in inner} if inner else {name}
    assert set(COMMANDS_THAT_REACH) <= reaching
    trainers = {name for name in reaching if name.startswith("train ")}
    assert trainers <= set(COMMANDS_THAT_REACH)


def test_trainers_cannot_be_called_without_leave() -> None:
    for relative, function in (
        ("voice/acoustic/training/run.py", "train_acoustic"),
        ("vocoder/training/run.py", "train_vocoder"),
    ):
        tree = ast.parse((ROOT / relative).read_text(encoding="utf-8"))
        (found,) = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name == function
        ]
        arguments = found.args.args + found.args.kwonlyargs
        names = [argument.arg for argument in arguments]
        assert "renew" in names
        assert len(found.args.defaults) < len(arguments) - names.index("renew")
        called = {
            ast.unparse(node.func): node.lineno
            for node in ast.walk(found)
            if isinstance(node, ast.Call)
        }
        fits = [line for name, line in called.items() if name.endswith(".fit")]
        assert called["renew"] < min(fits)


def test_unknown_recordings_are_not_trained_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELISMA_HOME", str(tmp_path / "home"))
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    (recordings / "a.wav").write_bytes(b"whoever this is")
    with pytest.raises(ConsentError):
        authorize_corpus(digest_folder(recordings), Operation.TRAIN, datetime.now(UTC))


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    from voice.cli.consent import consent_app

    group = typer.main.get_command(consent_app)
    names = set(getattr(group, "commands", {}))
    text = (ROOT / "docs" / "CONSENT.md").read_text(encoding="utf-8")
    missing = [name for name in sorted(names) if name not in text]
    assert missing == []
