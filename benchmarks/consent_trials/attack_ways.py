"""How attacks on the gate are made; `attacks` lists them.

An attack gets a scene of its own and returns if it got through. Those that edit the database
take its guards off first, as anybody can who has the file.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.consent_trials.scene import (
    WISH,
    SayYes,
    Scene,
    enrol,
    licence,
)
from consent.canonical import from_canonical_json, to_canonical_json
from consent.checks import Ears
from consent.enrolment import Submission
from consent.envelope import peek_payload, seal_envelope
from consent.errors import ConsentError
from consent.gate import open_voice, renew, verify
from consent.grant import Operation
from consent.location import at_folder
from consent.people import Role
from consent.permit import Permit
from consent.registry import Registry

Attack = Callable[[Scene], None]
PERMIT_TYPE = "application/vnd.melisma.permit.v1+json"
TRAIN, EMBED, SING = Operation.TRAIN, Operation.EMBED, Operation.SING


def shown(forge: Callable[[Permit], Any], operation: Operation = TRAIN) -> Attack:
    """Show the gate something made from a good permit."""

    def attack(scene: Scene) -> None:
        permit = scene.permit(operation)
        verify(cast(Permit, forge(permit)), operation, permit.digest, scene.now)

    return attack


def resigned(change: dict[str, object], kind: str = PERMIT_TYPE) -> Attack:
    """A permit's payload, changed, and signed by a key of one's own."""

    def forge(permit: Permit) -> Permit:
        value = {**from_canonical_json(peek_payload(permit.token, "x"), "x"), **change}
        own = Ed25519PrivateKey.generate()
        return replace(permit, token=seal_envelope(kind, to_canonical_json(value), own))

    return shown(forge)


def edited(*statements: str, then: str = "verify", guarded: bool = False) -> Attack:
    """Edit the database offline, then use a permit, ask for one, or look."""

    def attack(scene: Scene) -> None:
        permit = scene.permit()
        marks = {
            "active": scene.active,
            "revoked": scene.revoked,
            "suspended": scene.suspended,
            "other": scene.other,
            "draft": scene.draft,
            "song": scene.song,
        }
        filled = [statement.format(**marks) for statement in statements]
        try:
            scene.edit(*filled, guarded=guarded)
        except sqlite3.IntegrityError as fault:
            raise ConsentError(f"the database itself refused: {fault}") from fault
        with scene.registry() as registry:
            if then == "verify":
                registry.verify(permit, TRAIN, scene.song, scene.now)
            elif then == "authorize":
                registry.authorize(scene.active, TRAIN, scene.song, scene.now)
            elif then == "audit":
                registry.audit()
            else:
                digest = registry.ledger.keys.keyed_hash("material", scene.song.encode())
                adopt_song(scene, marks[then], digest)
                registry.authorize(marks[then], TRAIN, scene.song, scene.now)

    return attack


def adopt_song(scene: Scene, grant_id: str, keyed: str) -> None:
    """Have the registered song stand under another grant as well."""
    scene.edit(
        "INSERT OR IGNORE INTO material SELECT "
        f"'{grant_id}', keyed_digest, kind, seq FROM material WHERE keyed_digest = '{keyed}'"
    )


def use(scene: Scene, operation: Operation, digest: str, later: timedelta = timedelta(0)) -> None:
    with scene.registry() as registry:
        registry.authorize(scene.active, operation, digest, scene.now + later)


def state_of(name: str) -> Attack:
    def attack(scene: Scene) -> None:
        with scene.registry() as registry:
            registry.authorize(getattr(scene, name), TRAIN, scene.song, scene.now)

    return attack


def late(**after: float) -> Attack:
    def attack(scene: Scene) -> None:
        permit = scene.permit()
        with scene.registry() as registry:
            registry.verify(permit, TRAIN, scene.song, scene.now + timedelta(**after))

    return attack


def after(step: str, through: str = "verify") -> Attack:
    """Use a permit, or a voice, after the grant has ended."""

    def attack(scene: Scene) -> None:
        operation = TRAIN if through in ("verify", "renew") else SING
        permit = scene.permit(operation)
        with scene.registry() as registry:
            getattr(registry, step)(scene.active, scene.now)
        if through == "verify":
            verify(permit, TRAIN, scene.song, scene.now)
        elif through == "renew":
            renew(permit, scene.now)
        else:
            open_voice(scene.voice, SING, scene.now)

    return attack


def submit(change: str) -> Attack:
    """Hand in evidence that does not answer the open challenge."""

    def attack(scene: Scene) -> None:
        with scene.registry() as registry:
            ear = SayYes("")
            if change != "no challenge":
                ear = SayYes(registry.challenge(scene.draft, Role.SELF, scene.now).digits)
            at = scene.now + timedelta(minutes=10 if change == "late" else 0)
            if change == "old digits":
                registry.challenge(scene.draft, Role.SELF, scene.now)
                ear = replace(ear, digits="".join(str((int(d) + 5) % 10) for d in ear.digits))
            songs = {} if change == "no material" else {"1.wav": b"first song"}
            spoken = Submission(b"spoken", songs)
            registry.submit(scene.draft, spoken, Ears(ear, ear, ear), at)
            if change == "twice":
                registry.submit(scene.draft, spoken, Ears(ear, ear, ear), at)
            if change == "seen":
                again = registry.draft(registry.person(scene.draft), WISH, "en", at)
                second = SayYes(registry.challenge(again, Role.SELF, at).digits)
                registry.submit(again, spoken, Ears(second, second, second), at)
            registry.confirm(scene.draft, None, at)

    return attack


def skip(*steps: str) -> Attack:
    """Take the life of a grant in another order."""

    def attack(scene: Scene) -> None:
        with scene.registry() as registry:
            for step in steps:
                arguments = (None, scene.now) if step == "confirm" else (scene.now,)
                getattr(registry, step)(scene.draft, *arguments)

    return attack


def other_registry(scene: Scene) -> None:
    """A permit of one's own registry, shown to the user's."""
    with Registry.create(at_folder(scene.home / "own")) as registry:
        grant_id = enrol(registry, {"1.wav": b"first song"}, scene.now)
        permit = registry.authorize(grant_id, TRAIN, scene.song, scene.now)
    verify(permit, TRAIN, scene.song, scene.now)


def rolled_back(scene: Scene) -> None:
    """Put the database back to before the revocation, keys untouched."""
    permit = scene.permit()
    with scene.registry() as registry:
        registry.back_up(scene.home / "old.db")
        registry.revoke(scene.active, scene.now)
    for name in ("registry.db", "registry.db-wal", "registry.db-shm"):
        (scene.home / "consent" / name).unlink(missing_ok=True)
    shutil.copy(scene.home / "old.db", scene.database)
    verify(permit, TRAIN, scene.song, scene.now)


def hidden_revocation(scene: Scene) -> None:
    """Restore the row of a revoked grant from when it was active, and hide what came after."""
    permit = scene.permit()
    with scene.registry() as registry:
        before = registry.show(scene.active).state.value
        registry.revoke(scene.active, scene.now)
    scene.edit(
        "DELETE FROM opening WHERE seq = "
        f"(SELECT state_seq FROM grant_record WHERE id = '{scene.active}')",
        f"UPDATE grant_record SET state = '{before}', state_seq = (SELECT MAX(seq) FROM opening "
        f"WHERE kind = 'state' AND grant_id = '{scene.active}') WHERE id = '{scene.active}'",
    )
    verify(permit, TRAIN, scene.song, scene.now)


def without(path: str) -> Attack:
    """Use a permit after part of the registry is gone."""

    def attack(scene: Scene) -> None:
        permit = scene.permit()
        target = scene.home / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        verify(permit, TRAIN, scene.song, scene.now)

    return attack


def overwritten(path: str, data: bytes) -> Attack:
    def attack(scene: Scene) -> None:
        permit = scene.permit()
        (scene.home / path).write_bytes(data)
        verify(permit, TRAIN, scene.song, scene.now)

    return attack


def licence_for_person(scene: Scene) -> None:
    """Register a person's grant as if it had been published."""
    with scene.registry() as registry:
        terms = registry.show(scene.draft).terms
        assert terms is not None
        registry.register_licences([terms], scene.now)


def licence_twice(scene: Scene) -> None:
    with scene.registry() as registry:
        grant, _ = licence(1, scene.now)
        registry.register_licences([grant], scene.now)
        registry.register_licences([replace(grant, digest="1" * 64)], scene.now)


def embedding_with(operation: Operation) -> Attack:
    def attack(scene: Scene) -> None:
        permit = scene.permit(operation)
        with scene.registry() as registry:
            registry.keep_embedding(scene.active, b"x", permit, permit.digest, scene.now)

    return attack


def embedding_of_other(scene: Scene) -> None:
    permit = scene.permit(EMBED)
    with scene.registry() as registry:
        registry.keep_embedding(scene.other, b"x", permit, permit.digest, scene.now)


class Duck:
    """Quacks like a permit and says yes to everything."""

    def __getattr__(self, name: str) -> Any:
        return b"{}" if name == "token" else lambda *_, **__: True


class Cousin(Permit):
    """A subclass of the real thing."""


def cousin(permit: Permit) -> Permit:
    made = object.__new__(Cousin)
    for name in Permit.__dataclass_fields__:
        object.__setattr__(made, name, getattr(permit, name))
    return made


def wrong_digest(scene: Scene) -> None:
    verify(scene.permit(), TRAIN, scene.stranger, scene.now)


def wrong_operation(scene: Scene) -> None:
    verify(scene.permit(), EMBED, scene.song, scene.now)


def mutated_permit(scene: Scene) -> None:
    """Change the fields of a permit in place, frozen or not."""
    permit = scene.permit()
    object.__setattr__(permit, "operation", SING)
    object.__setattr__(permit, "digest", scene.stranger)
    verify(permit, SING, scene.stranger, scene.now)


def edited_terms(scene: Scene) -> None:
    """A person's key does not make their signature: reseal wider terms under it."""
    with scene.registry() as registry:
        terms = registry.show(scene.active).terms
        assert terms is not None
        wide = replace(terms, operations=terms.operations | {Operation.PUBLISH})
        envelope = seal_envelope(
            "application/vnd.melisma.grant.v1+json", wide.to_bytes(), Ed25519PrivateKey.generate()
        )
        purpose = f"melisma terms {scene.active}"
        sealed = registry.ledger.keys.seal(terms.subject, purpose, envelope)
    scene.edit(f"UPDATE grant_record SET terms = x'{sealed.hex()}' WHERE id = '{scene.active}'")
    with scene.registry() as registry:
        registry.authorize(scene.active, TRAIN, scene.song, scene.now)


def passed_clock(**shift: float) -> Attack:
    def attack(scene: Scene) -> None:
        verify(scene.permit(), TRAIN, scene.song, scene.now + timedelta(**shift))

    return attack
