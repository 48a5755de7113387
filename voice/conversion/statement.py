"""What a user says of a recording before it is converted, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from voice.errors import ConversionError

QUESTION = (
    "Do you state that you may use this recording: that it is your own, or that whoever is heard "
    "in it and whoever owns it have agreed to its conversion?"
)


@dataclass(frozen=True)
class SourceStatement:
    """A user's word, given at a moment, that they may use the recording with this digest."""

    source_sha256: str
    stated_at: datetime

    def __post_init__(self) -> None:
        if len(self.source_sha256) != 64 or self.stated_at.tzinfo is None:
            raise ValueError("a statement names the SHA-256 of a recording and a time with a zone")

    @property
    def text(self) -> str:
        """The statement as it stands in the output's provenance."""
        moment = self.stated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f"the user stated at {moment} that they may use the source, SHA-256 "
            f"{self.source_sha256}"
        )


def check_statement(statement: SourceStatement | None, source_sha256: str, where: str) -> None:
    """Refuse to convert what nobody said they may use.

    Raises:
        ConversionError: no statement, or one about another recording.
    """
    if statement is None:
        raise ConversionError(
            f"{where}: nobody stated that it may be used; if you may, say so with "
            "--i-may-use-this-recording"
        )
    if statement.source_sha256 != source_sha256:
        raise ConversionError(
            f"{where}: the statement is about another recording; state it for this one"
        )
