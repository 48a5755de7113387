"""What a voice says of itself: `card.json` in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from voice.errors import VoiceError

ENROLLED = "enrolled"
"""The kind of a voice that was made from a person's recordings, with their grant."""
SHARED = "shared:"
USUAL_LIKENESS = 0.35
"""Of voices whose card says nothing else: networks know little of how a consonant is spoken."""


@dataclass(frozen=True)
class ModelFile:
    """One ONNX file: its name in the voice folder, or `shared:name` beside the bundled voices."""

    file: str
    sha256: str

    def __post_init__(self) -> None:
        name = self.file.removeprefix(SHARED)
        if not name or "/" in name or "\\" in name or name.startswith("."):
            raise VoiceError(f"a voice names its model files plainly, not {self.file!r}")


@dataclass(frozen=True)
class VoiceRange:
    """Lowest and highest note, in MIDI numbers, that the voice sings well."""

    low_midi: int
    high_midi: int

    def __post_init__(self) -> None:
        if not 0 < self.low_midi < self.high_midi < 128:
            raise VoiceError(f"a range goes up, not from {self.low_midi} to {self.high_midi}")


@dataclass(frozen=True)
class Corpus:
    """Recordings a voice was trained on, and the terms under which they may be."""

    name: str
    source: str
    minutes: float
    terms: str


@dataclass(frozen=True)
class Training:
    """What was spent on the model behind the voice."""

    command: str
    steps: int
    hours: float
    machine: str


@dataclass(frozen=True)
class VoiceCard:
    """A voice in words and numbers. `scores` are measured, name to value.

    `phones` are those the singer recorded; others are carried over from other voices of the model
    and `trained_phones` lists all that the model ever heard. `speakers` are those of the recordings
    that the voice sings as; an invented voice is the mean of several. `temperature` is how lively
    it sings, `likeness` how like itself conversions into it are where nobody asks for another.
    """

    name: str
    title: str
    summary: str
    kind: str
    languages: tuple[str, ...]
    range: VoiceRange
    licence: str
    credit: str
    link: str
    models: Mapping[str, ModelFile]
    phones: tuple[str, ...]
    trained_phones: tuple[str, ...]
    corpora: tuple[Corpus, ...]
    training: tuple[Training, ...]
    temperature: float = 0.0
    likeness: float = USUAL_LIKENESS
    scores: Mapping[str, float] = field(default_factory=dict)
    speakers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        missing = {"acoustic", "curves", "durations", "vocoder"} - set(self.models)
        if missing:
            raise VoiceError(f"voice {self.name}: the card names no {', '.join(sorted(missing))}")
        if not self.languages:
            raise VoiceError(f"voice {self.name}: the card names no language")

    @property
    def credit_line(self) -> str:
        """Who is to be named with every take, and where they are found."""
        return f"{self.credit} ({self.link})"

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def read_card(data: bytes, where: str) -> VoiceCard:
    """A card from the bytes of its file.

    Raises:
        VoiceError: not JSON, unknown keys, or a part missing.
    """
    try:
        table = json.loads(data)
    except ValueError as error:
        raise VoiceError(f"{where}: not JSON ({error})") from error
    if not isinstance(table, dict):
        raise VoiceError(f"{where}: a card is a JSON object")
    known = {entry.name for entry in fields(VoiceCard)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise VoiceError(f"{where}: unknown keys {unknown}; known are {sorted(known)}")
    try:
        return _card(table)
    except (KeyError, TypeError, AttributeError) as error:
        raise VoiceError(f"{where}: incomplete card ({error})") from error


def _card(table: dict[str, Any]) -> VoiceCard:
    return VoiceCard(
        **{
            **table,
            "languages": tuple(table["languages"]),
            "range": VoiceRange(**table["range"]),
            "models": {name: ModelFile(**row) for name, row in table["models"].items()},
            "phones": tuple(table["phones"]),
            "trained_phones": tuple(table["trained_phones"]),
            "corpora": tuple(Corpus(**row) for row in table["corpora"]),
            "training": tuple(Training(**row) for row in table["training"]),
            "speakers": tuple(table.get("speakers", ())),
        }
    )
