"""What is said of a sound before it is written: whose voice, by which leave, and how."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from consent.canonical import JsonObject, to_canonical_json
from vocoder.audio import Audio, Tags
from voice.marking.payload import Kind, Payload, voice_tag
from voice.take import VoiceUse


@dataclass(frozen=True)
class Making:
    """Everything that goes into a sound's mark, tags and record.

    The same making gives the same bytes: it holds no time of its own.

    Attributes:
        voices: who is heard, the first of them in the mark.
        tags: what players show; the record's name is added when the file is written.
        made_from: SHA-256 of what it was made from: the sound before it was marked, or the
            recording that was converted.
        statement: the user's word for a recording that was converted.
        changes: what was done on the way, in words.
    """

    kind: Kind
    voices: tuple[VoiceUse, ...]
    tags: Tags
    made_from: str
    languages: tuple[str, ...] = ()
    seed: int | None = None
    statement: str = ""
    changes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.voices:
            raise ValueError("a making names at least one voice")
        if len(self.made_from) != 64:
            raise ValueError(f"made_from is a SHA-256 in hexadecimal, not {self.made_from!r}")

    @property
    def record(self) -> str:
        """The name of the record, 8 hexadecimal digits."""
        return hashlib.sha256(to_canonical_json(self.to_json())).hexdigest()[:8]

    @property
    def payload(self) -> Payload:
        """What the mark says."""
        return Payload(self.kind, voice_tag(self.voices[0].voice), self.record)

    @property
    def shown(self) -> Tags:
        """The tags with the record's name."""
        return replace(self.tags, comment=f"{self.tags.comment}; record {self.record}")

    def to_json(self) -> JsonObject:
        """As the record holds it."""
        return {
            "changes": list(self.changes),
            "comment": self.tags.comment,
            "credit": self.tags.artist,
            "kind": self.kind.name.lower(),
            "languages": list(self.languages),
            "made_from": self.made_from,
            "seed": self.seed,
            "statement": self.statement,
            "voices": [
                {"folder": use.folder_sha256, "grant": use.grant_id, "voice": use.voice}
                for use in self.voices
            ],
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> Making:
        """The inverse of `to_json`; KeyError, TypeError or ValueError for anything else."""
        return cls(
            Kind[str(value["kind"]).upper()],
            tuple(VoiceUse(v["voice"], v["grant"], v["folder"]) for v in value["voices"]),
            Tags(artist=value["credit"], comment=value["comment"]),
            value["made_from"],
            tuple(value["languages"]),
            value["seed"],
            value["statement"],
            tuple(value["changes"]),
        )


def sound_digest(audio: Audio) -> str:
    """SHA-256 of a sound's samples, for `made_from`."""
    digest = hashlib.sha256(f"{audio.rate_hz} {audio.channels} ".encode())
    digest.update(audio.samples.tobytes())
    return digest.hexdigest()
