"""Everything that reaches a speaker encoder, a singer, a converter or a trainer, enumerated.

The packages are searched for every place that opens a network or trains one. Such a place must ask
the gate before it goes on, or be private to functions that all do; and every command from whose
module one can be reached must be listed here with how it is gated. New code falls under this
by itself.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import typer.main

from consent.errors import ConsentError
from consent.folder import digest_folder
from consent.gate import authorize_corpus
from consent.grant import Operation
from voice.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]
PACKAGES = ("voice", "vocoder", "lyrics")
NETWORK, TRAINING = "InferenceSession", "fit"
FITTING = "carry_on"
GATES = ("verify", "renew")

NOBODYS_VOICE = {
    "vocoder.synthesis": "opens a universal vocoder: the voice is in the mels it is given",
    "lyrics.writer.quantized": "writes text",
    "voice.separation.separate": "parts a mix into stems: who sings in it stays who it was",
}
"""Modules that open a network which holds nobody's voice."""

COMMANDS_THAT_REACH = {
    "sing": "Studio.sing opens voices through the bank's gate",
    "song": "Studio.sing opens voices through the bank's gate",
    "mix": "Studio.sing opens voices through the bank's gate",
    "demo": "Studio.sing opens voices through the bank's gate",
    "convert": "convert_file opens the voice for the recording's digest, and renews at every piece",
    "enroll": "embeds under a permit for the very recordings",
    "voices": "Studio.sing opens voices through the bank's gate; permits to publish are asked for",
    "train": "permitted(): leave for the digest of the recordings, renewed at every checkpoint",
    "consent": "a permit to identify, under an open challenge",
}


@dataclass(frozen=True)
class Place:
    """A function that opens or trains a network."""

    module: str
    function: str
    line: int


@cache
def trees() -> Mapping[str, ast.Module]:
    """Every module of the packages by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def functions(tree: ast.AST) -> dict[str, ast.FunctionDef]:
    """Functions and methods by name; those of one name in a module must all be gated alike."""
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def places() -> list[Place]:
    found = []
    for module, tree in trees().items():
        for name, function in functions(tree).items():
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and sink_of(node) is not None:
                    found.append(Place(module, name, node.lineno))
    return found


def sink_of(call: ast.Call) -> str | None:
    """Which kind of sink is called, under whatever name its module was imported."""
    said = ast.unparse(call.func)
    if said.rpartition(".")[2] == NETWORK:
        return NETWORK
    fits = said == FITTING or (said.endswith(".fit") and "trainer" in said.lower())
    return TRAINING if fits else None


def is_gated(tree: ast.AST, name: str, line: int) -> bool:
    """Whether the gate is asked before this line, here or in everything that leads here."""
    own = functions(tree)
    gates = [
        node.lineno
        for node in ast.walk(own[name])
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in GATES
    ]
    if any(gate < line for gate in gates):
        return True
    leading = list(users(own, name))
    return name.startswith("_") and bool(leading) and all(is_gated(tree, *use) for use in leading)


def users(own: Mapping[str, ast.FunctionDef], wanted: str) -> Iterator[tuple[str, int]]:
    """Functions of a module that mention another one, and where."""
    for name, function in own.items():
        for node in ast.walk(function):
            said = getattr(node, "id", None) or getattr(node, "attr", None)
            if said == wanted and isinstance(node, ast.Name | ast.Attribute):
                yield name, node.lineno


@cache
def imported(module: str) -> frozenset[str]:
    """Modules of the packages that a module imports, inside functions too, and all they import."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in trees() and name not in seen:
            seen.add(name)
            waiting += named_imports(trees()[name])
    return frozenset(seen)


def named_imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_place_that_opens_or_trains_a_network_asks_the_gate_first() -> None:
    found = places()
    kinds = {place.module for place in found}
    assert {"voice.sessions", "voice.speaker", "voice.acoustic.training.run"} <= kinds
    open_to_all = [
        place
        for place in found
        if place.module not in NOBODYS_VOICE
        and not is_gated(trees()[place.module], place.function, place.line)
    ]
    assert open_to_all == []


def test_a_place_without_a_gate_would_be_found() -> None:
    opening = "def _load(path):\n    return ort.InferenceSession(path)\n"
    gated = "def sing(v):\n    verify(v.permit)\n    return _load(v.path)\n"
    late = "def hum(v):\n    made = _load(v.path)\n    verify(v.permit)\n    return made\n"
    for source, expected in ((opening, False), (opening + gated, True), (opening + late, False)):
        assert is_gated(ast.parse(source), "_load", 2) is expected
    assert not is_gated(ast.parse(opening + gated + late), "_load", 2)


def test_exceptions_are_still_needed() -> None:
    assert set(NOBODYS_VOICE) <= {place.module for place in places()}


def test_every_command_that_reaches_a_network_says_how_it_is_gated() -> None:
    sinks = {place.module for place in places()} - set(NOBODYS_VOICE)
    reaching = {name for name, (module, _, _) in COMMANDS.items() if imported(module) & sinks}
    assert {"sing", "train", "consent"} <= reaching
    assert reaching <= set(COMMANDS_THAT_REACH)


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


def test_trainers_cannot_be_called_without_leave() -> None:
    trainers = {
        (place.module, place.function)
        for place in places()
        for node in ast.walk(functions(trees()[place.module])[place.function])
        if isinstance(node, ast.Call) and sink_of(node) == TRAINING
    }
    assert len(trainers) >= 2
    for module, name in trainers:
        found = functions(trees()[module])[name]
        names = [argument.arg for argument in found.args.args]
        assert "renew" in names, f"{module}.{name}"
        assert len(found.args.defaults) < len(names) - names.index("renew"), f"{module}.{name}"


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
