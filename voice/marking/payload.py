"""What a mark says in 48 bits: what was done, with which voice, and where its record is."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum

PAYLOAD_BITS = 48
KIND_BITS, VOICE_BITS, RECORD_BITS = 2, 14, 32
_RECORD = re.compile(r"[0-9a-f]{8}")


class Kind(Enum):
    """What was made; the number is what the mark carries."""

    SING = 0
    CONVERT = 1
    MIX = 2
    OTHER = 3


@dataclass(frozen=True)
class Payload:
    """The message of a mark.

    Attributes:
        voice_tag: 14 bits of a hash of the voice's name, so that voices at hand are recognised
            even where the record is lost.
        record: 8 hexadecimal digits, the name of the record.
    """

    kind: Kind
    voice_tag: int
    record: str

    def __post_init__(self) -> None:
        if not 0 <= self.voice_tag < 1 << VOICE_BITS:
            raise ValueError(f"a voice's tag has {VOICE_BITS} bits, not {self.voice_tag}")
        if not _RECORD.fullmatch(self.record):
            raise ValueError(f"a record's name is 8 hexadecimal digits, not {self.record!r}")

    def to_int(self) -> int:
        tagged = self.kind.value << VOICE_BITS | self.voice_tag
        return tagged << RECORD_BITS | int(self.record, 16)

    @classmethod
    def from_int(cls, value: int) -> Payload:
        """The payload whose 48 bits these are."""
        tagged, record = divmod(value, 1 << RECORD_BITS)
        kind, tag = divmod(tagged, 1 << VOICE_BITS)
        return cls(Kind(kind), tag, f"{record:08x}")


def voice_tag(name: str) -> int:
    """The tag of a voice's name."""
    digest = hashlib.sha256(b"melisma-voice-v1\0" + name.encode()).digest()
    return int.from_bytes(digest[:2], "big") >> (16 - VOICE_BITS)
