"""A registry with people in every state, to be attacked, killed, raced and measured."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from consent.checks import Ears, RecordingMeasures
from consent.enrolment import Submission
from consent.folder import digest_file, read_folder
from consent.grant import ConsentGrant, GrantKind, Operation, PublishedLicence
from consent.location import RegistryLocation, at_folder
from consent.people import Age, Person, Request, Role
from consent.permit import Permit
from consent.registry import Registry

NAME = "Ada Example-Lovelace"
EMBEDDING = bytes(range(7, 256)) * 4
PERSON = Person(NAME, "ada@example.org", Age.ADULT)
WISH = Request(
    project="the album Night Trains",
    operations=frozenset({Operation.TRAIN, Operation.EMBED, Operation.SING, Operation.CONVERT}),
    languages=("en",),
)
VOICE_FILES = {"card.json": b'{"name": "ada"}', "model.onnx": b"weights of a voice"}
LICENCE = PublishedLicence("T", ("You may.",), "https://example.org", date(2026, 1, 1), ())


@dataclass(frozen=True)
class SayYes:
    """Ears that hear what is expected: these trials are about everything after the ears."""

    digits: str
    model: str = "0" * 64

    def measure(self, recording: bytes) -> RecordingMeasures:
        return RecordingMeasures(12.0, -20.0, 0.0, 15.0, hashlib.sha256(recording).hexdigest())

    def hear(self, recording: bytes) -> Sequence[str]:
        return [self.digits]

    def similarities(
        self, statement: bytes, material: Sequence[bytes], permit: Permit, at: datetime
    ) -> Sequence[float]:
        return [0.95] * len(material)


@dataclass(frozen=True)
class Scene:
    """Where everything is. `songs` are the registered recordings of the person in `active`."""

    home: Path
    songs: Path
    voice: Path
    active: str
    other: str
    suspended: str
    revoked: str
    draft: str
    now: datetime

    @property
    def location(self) -> RegistryLocation:
        return at_folder(self.home / "consent")

    @property
    def database(self) -> Path:
        return self.home / "consent" / "registry.db"

    @property
    def song(self) -> str:
        """Digest of one registered recording."""
        return digest_file(self.songs / "1.wav")

    @property
    def stranger(self) -> str:
        """Digest of a recording of somebody else."""
        return hashlib.sha256(b"somebody else").hexdigest()

    @contextmanager
    def registry(self) -> Iterator[Registry]:
        with Registry.open(self.location) as opened:
            yield opened

    def permit(self, operation: Operation = Operation.TRAIN) -> Permit:
        """A good permit of the active grant."""
        digest = read_folder(self.voice).digest if operation is Operation.SING else self.song
        with self.registry() as registry:
            return registry.authorize(self.active, operation, digest, self.now)

    def edit(self, *statements: str, guarded: bool = False) -> None:
        """Change the database behind the program's back, its guards taken off unless told."""
        with closing(sqlite3.connect(self.database, isolation_level=None)) as raw:
            if not guarded:
                names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for (name,) in names.fetchall():
                    raw.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                raw.execute(statement)


def enrol(registry: Registry, songs: dict[str, bytes], at: datetime, wish: Request = WISH) -> str:
    """A person, asked and granted."""
    grant_id = registry.draft(PERSON, wish, "en", at)
    challenge = registry.challenge(grant_id, Role.SELF, at)
    ear = SayYes(challenge.digits)
    spoken = f"{grant_id} {challenge.digits}".encode()
    registry.submit(grant_id, Submission(spoken, songs), Ears(ear, ear, ear), at)
    registry.confirm(grant_id, None, at)
    registry.activate(grant_id, at)
    return grant_id


def licence(number: int, at: datetime) -> tuple[ConsentGrant, str]:
    """A published licence for made-up bytes, and their digest: a grant without a person."""
    digest = hashlib.sha256(f"licence {number}".encode()).hexdigest()
    grant = ConsentGrant(
        grant_id=f"lic-{number}",
        kind=GrantKind.PUBLISHED,
        subject="corpus",
        project="measuring",
        operations=frozenset({Operation.TRAIN}),
        languages=("en",),
        commercial=True,
        territory="worldwide",
        issued_at=at,
        expires_at=None,
        pass_on=True,
        notice_days=0,
        licences=(LICENCE,),
        digest=digest,
    )
    return grant, digest


def build(home: Path) -> Scene:
    """Make the registry in `home` and people in every state."""
    now = datetime.now(UTC)
    songs = home / "songs"
    songs.mkdir(parents=True)
    files = {"1.wav": b"first song", "2.wav": b"second song"}
    for name, data in files.items():
        (songs / name).write_bytes(data)
    voice = home / "voices" / "ada"
    with Registry.create(at_folder(home / "consent")) as registry:
        active = enrol(registry, files, now)
        others = [enrol(registry, {f"{i}.wav": b"%d" % i}, now) for i in range(3)]
        registry.suspend(others[1], now)
        registry.revoke(others[2], now)
        draft = registry.draft(PERSON, WISH, "en", now)
        registry.seal_voice(active, VOICE_FILES, voice, now)
        permit = registry.authorize(active, Operation.EMBED, digest_file(songs / "1.wav"), now)
        registry.keep_embedding(active, EMBEDDING, permit, permit.digest, now)
    other, suspended, revoked = others
    return Scene(home, songs, voice, active, other, suspended, revoked, draft, now)


def brief_wish(seconds: int) -> Request:
    """A wish that ends soon."""
    return replace(WISH, term=timedelta(seconds=seconds))


@contextmanager
def at_home(home: Path) -> Iterator[None]:
    """The gate asks the registry in this folder meanwhile."""
    kept = {name: os.environ.get(name) for name in ("MELISMA_HOME", "MELISMA_CONSENT_URL")}
    os.environ["MELISMA_HOME"] = str(home)
    os.environ.pop("MELISMA_CONSENT_URL", None)
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
