"""A person, a wish, ears that say what a test wants, and the way from a draft to a grant."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from consent.checks import Ears, RecordingMeasures, identity_digest
from consent.enrolment import Submission
from consent.grant import Operation
from consent.people import Age, Person, Request, Role
from consent.permit import Permit
from consent.registry import Registry

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ADA = Person("Ada Example-Lovelace", "ada@example.org", Age.ADULT)
WISH = Request(
    project="the album Night Trains",
    operations=frozenset({Operation.TRAIN, Operation.EMBED, Operation.SING, Operation.CONVERT}),
    languages=("en",),
)
MATERIAL = {"song-1.wav": b"first song", "song-2.wav": b"second song"}


@dataclass
class FakeEar:
    """Stands in for the models of hearing, which have tests of their own."""

    digits: str = ""
    similarity: float = 0.9
    speech_s: float = 12.0
    level_dbfs: float = -20.0
    clipped_share: float = 0.0
    harmonicity_db: float = 15.0
    model: str = "0" * 64
    permits: list[Permit] = field(default_factory=list)

    def measure(self, recording: bytes) -> RecordingMeasures:
        return RecordingMeasures(
            self.speech_s,
            self.level_dbfs,
            self.clipped_share,
            self.harmonicity_db,
            hashlib.sha256(b"samples of " + recording).hexdigest(),
        )

    def hear(self, recording: bytes) -> Sequence[str]:
        return [self.digits]

    def similarities(
        self, statement: bytes, material: Sequence[bytes], permit: Permit, at: datetime
    ) -> Sequence[float]:
        assert permit.digest == identity_digest(statement, material)
        self.permits.append(permit)
        return [self.similarity] * len(material)

    @property
    def ears(self) -> Ears:
        return Ears(self, self, self)


def enrol(
    registry: Registry,
    person: Person = ADA,
    request: Request = WISH,
    at: datetime = NOW,
    recording: bytes | None = None,
) -> str:
    """Take an adult from a draft to a grant in force."""
    grant_id = registry.draft(person, request, "en", at)
    challenge = registry.challenge(grant_id, Role.SELF, at)
    spoken = recording or f"{grant_id} says {challenge.digits}".encode()
    ear = FakeEar(digits=challenge.digits)
    registry.submit(grant_id, Submission(spoken, MATERIAL), ear.ears, at)
    registry.confirm(grant_id, None, at)
    registry.activate(grant_id, at)
    return grant_id


def digest_of(name: str) -> str:
    return hashlib.sha256(MATERIAL[name]).hexdigest()


def in_memory() -> Path | None:
    """A folder that costs no disk where there is one; its short path suits sockets as well."""
    shared = Path("/dev/shm")
    return shared if os.access(shared, os.W_OK) else None
