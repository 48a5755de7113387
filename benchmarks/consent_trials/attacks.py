"""Ways around the gate, tried: every one must end in a refusal.

An attack gets a scene of its own and returns if it got through. Those that edit the database
take its guards off first, as anybody can who has the file.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.consent_trials.scene import (
    VOICE_FILES,
    WISH,
    SayYes,
    Scene,
    at_home,
    enrol,
    licence,
)
from consent.bundled import bundled_corpora, read_bundled, sign_bundled
from consent.canonical import from_canonical_json, to_canonical_json
from consent.checks import Ears
from consent.enrolment import Submission
from consent.envelope import peek_payload, seal_envelope
from consent.errors import ConsentError
from consent.folder import FolderBytes, read_folder
from consent.gate import authorize_corpus, authorize_voice, open_voice, renew, verify
from consent.grant import Operation
from consent.location import at_folder
from consent.people import Role
from consent.permit import Permit
from consent.registry import Registry
from consent.sealing import REFERENCE_PAYLOAD_TYPE, pack

Attack = Callable[[Scene], None]
PERMIT_TYPE = "application/vnd.melisma.permit.v1+json"
TRAIN, EMBED, SING = Operation.TRAIN, Operation.EMBED, Operation.SING


@dataclass(frozen=True)
class Outcome:
    """How an attack ended: `refusal` is None where it got through."""

    name: str
    refusal: str | None


def run(name: str, scene: Scene) -> Outcome:
    """Try one attack on a scene that nobody else uses."""
    with at_home(scene.home):
        try:
            ATTACKS[name](scene)
        except ConsentError as refusal:
            return Outcome(name, f"{type(refusal).__name__}: {refusal}")
    return Outcome(name, None)


def run_all(template: Scene, work: Path, names: list[str] | None = None) -> Iterator[Outcome]:
    """Try attacks, each on a fresh copy of the template."""
    for name in names or list(ATTACKS):
        home = work / name.replace(" ", "-")
        shutil.copytree(template.home, home)
        moved = {
            key: home / getattr(template, key).relative_to(template.home)
            for key in ("songs", "voice")
        }
        yield run(name, replace(template, home=home, **moved))
        shutil.rmtree(home)


def _shown(forge: Callable[[Permit], Any], operation: Operation = TRAIN) -> Attack:
    """Show the gate something made from a good permit."""

    def attack(scene: Scene) -> None:
        permit = scene.permit(operation)
        verify(cast(Permit, forge(permit)), operation, permit.digest, scene.now)

    return attack


def _resigned(change: dict[str, object], kind: str = PERMIT_TYPE) -> Attack:
    """A permit's payload, changed, and signed by a key of one's own."""

    def forge(permit: Permit) -> Permit:
        value = {**from_canonical_json(peek_payload(permit.token, "x"), "x"), **change}
        own = Ed25519PrivateKey.generate()
        return replace(permit, token=seal_envelope(kind, to_canonical_json(value), own))

    return _shown(forge)


def _edited(*statements: str, then: str = "verify", guarded: bool = False) -> Attack:
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
                _adopt_song(scene, marks[then], digest)
                registry.authorize(marks[then], TRAIN, scene.song, scene.now)

    return attack


def _adopt_song(scene: Scene, grant_id: str, keyed: str) -> None:
    """Have the registered song stand under another grant as well."""
    scene.edit(
        "INSERT OR IGNORE INTO material SELECT "
        f"'{grant_id}', keyed_digest, kind, seq FROM material WHERE keyed_digest = '{keyed}'"
    )


def _use(scene: Scene, operation: Operation, digest: str, later: timedelta = timedelta(0)) -> None:
    with scene.registry() as registry:
        registry.authorize(scene.active, operation, digest, scene.now + later)


def _state_of(name: str) -> Attack:
    def attack(scene: Scene) -> None:
        with scene.registry() as registry:
            registry.authorize(getattr(scene, name), TRAIN, scene.song, scene.now)

    return attack


def _late(**after: float) -> Attack:
    def attack(scene: Scene) -> None:
        permit = scene.permit()
        with scene.registry() as registry:
            registry.verify(permit, TRAIN, scene.song, scene.now + timedelta(**after))

    return attack


def _after(step: str, through: str = "verify") -> Attack:
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


def _voice(change: Callable[[Scene], Path]) -> Attack:
    """Open a voice folder after something was done to it."""
    return lambda scene: _sing(change(scene), scene)


def _sing(folder: Path, scene: Scene) -> None:
    opened = open_voice(folder, SING, scene.now)
    if set(opened.files) != set(VOICE_FILES):
        raise ConsentError("nothing of the voice came out")


def _put(scene: Scene, name: str, data: bytes) -> Path:
    (scene.voice / name).write_bytes(data)
    return scene.voice


def _drop(scene: Scene, name: str) -> Path:
    (scene.voice / name).unlink()
    return scene.voice


def _flip(scene: Scene, name: str) -> Path:
    data = bytearray((scene.voice / name).read_bytes())
    data[len(data) // 2] ^= 1
    return _put(scene, name, bytes(data))


def _refer(scene: Scene, grant_id: str, own_key: bool) -> Path:
    """Write a grant.json that names another grant."""
    payload = to_canonical_json({"grant_id": grant_id})
    with scene.registry() as registry:
        key = Ed25519PrivateKey.generate() if own_key else registry.ledger.keys.signing_key
    return _put(scene, "grant.json", seal_envelope(REFERENCE_PAYLOAD_TYPE, payload, key))


def _bundled_grant(scene: Scene, own_key: bool) -> Path:
    """Pass a person's sealed folder off as a bundled voice."""
    _, token = next(bundled_corpora())
    if own_key:
        grant = replace(read_bundled(token, "x"), operations=frozenset({SING}), subject="ada")
        token = sign_bundled(grant, read_folder(scene.voice).digest, Ed25519PrivateKey.generate())
    return _put(scene, "grant.json", token)


def _rename_to(scene: Scene, name: str) -> Path:
    """A bundled corpus's grant beside plain files, in a folder of its name."""
    folder = scene.home / name
    folder.mkdir()
    tokens = dict(bundled_corpora())
    (folder / "model.onnx").write_bytes(b"weights")
    (folder / "grant.json").write_bytes(tokens[name])
    return folder


def _forged_folder(scene: Scene) -> None:
    """A FolderBytes object that claims the digest of another."""
    name, token = next(bundled_corpora())
    digest = str(read_bundled(token, name).digest)
    authorize_voice(FolderBytes(name, {"x": b"y"}, token, digest), TRAIN, scene.now)


def _submit(change: str) -> Attack:
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


def _skip(*steps: str) -> Attack:
    """Take the life of a grant in another order."""

    def attack(scene: Scene) -> None:
        with scene.registry() as registry:
            for step in steps:
                arguments = (None, scene.now) if step == "confirm" else (scene.now,)
                getattr(registry, step)(scene.draft, *arguments)

    return attack


def _other_registry(scene: Scene) -> None:
    """A permit of one's own registry, shown to the user's."""
    with Registry.create(at_folder(scene.home / "own")) as registry:
        grant_id = enrol(registry, {"1.wav": b"first song"}, scene.now)
        permit = registry.authorize(grant_id, TRAIN, scene.song, scene.now)
    verify(permit, TRAIN, scene.song, scene.now)


def _rolled_back(scene: Scene) -> None:
    """Put the database back to before the revocation, keys untouched."""
    permit = scene.permit()
    with scene.registry() as registry:
        registry.back_up(scene.home / "old.db")
        registry.revoke(scene.active, scene.now)
    for name in ("registry.db", "registry.db-wal", "registry.db-shm"):
        (scene.home / "consent" / name).unlink(missing_ok=True)
    shutil.copy(scene.home / "old.db", scene.database)
    verify(permit, TRAIN, scene.song, scene.now)


def _hidden_revocation(scene: Scene) -> None:
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


def _without(path: str) -> Attack:
    """Use a permit after part of the registry is gone."""

    def attack(scene: Scene) -> None:
        permit = scene.permit()
        target = scene.home / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        verify(permit, TRAIN, scene.song, scene.now)

    return attack


def _overwritten(path: str, data: bytes) -> Attack:
    def attack(scene: Scene) -> None:
        permit = scene.permit()
        (scene.home / path).write_bytes(data)
        verify(permit, TRAIN, scene.song, scene.now)

    return attack


def _licence_for_person(scene: Scene) -> None:
    """Register a person's grant as if it had been published."""
    with scene.registry() as registry:
        terms = registry.show(scene.draft).terms
        assert terms is not None
        registry.register_licences([terms], scene.now)


def _licence_twice(scene: Scene) -> None:
    with scene.registry() as registry:
        grant, _ = licence(1, scene.now)
        registry.register_licences([grant], scene.now)
        registry.register_licences([replace(grant, digest="1" * 64)], scene.now)


def _embedding_with(operation: Operation) -> Attack:
    def attack(scene: Scene) -> None:
        permit = scene.permit(operation)
        with scene.registry() as registry:
            registry.keep_embedding(scene.active, b"x", permit, permit.digest, scene.now)

    return attack


def _embedding_of_other(scene: Scene) -> None:
    permit = scene.permit(EMBED)
    with scene.registry() as registry:
        registry.keep_embedding(scene.other, b"x", permit, permit.digest, scene.now)


class _Duck:
    """Quacks like a permit and says yes to everything."""

    def __getattr__(self, name: str) -> Any:
        return b"{}" if name == "token" else lambda *_, **__: True


class _Cousin(Permit):
    """A subclass of the real thing."""


def _cousin(permit: Permit) -> Permit:
    made = object.__new__(_Cousin)
    for name in Permit.__dataclass_fields__:
        object.__setattr__(made, name, getattr(permit, name))
    return made


def _wrong_digest(scene: Scene) -> None:
    verify(scene.permit(), TRAIN, scene.stranger, scene.now)


def _wrong_operation(scene: Scene) -> None:
    verify(scene.permit(), EMBED, scene.song, scene.now)


def _convert_unsourced(scene: Scene) -> None:
    authorize_voice(read_folder(scene.voice), Operation.CONVERT, scene.now)


def _convert_other_audio(scene: Scene) -> None:
    voice = read_folder(scene.voice)
    permit = authorize_voice(voice, Operation.CONVERT, scene.now, source=scene.song)
    verify(permit, Operation.CONVERT, voice.digest, scene.now, source=scene.stranger)


def _convert_other_voice(scene: Scene) -> None:
    permit = authorize_voice(
        read_folder(scene.voice), Operation.CONVERT, scene.now, source=scene.song
    )
    verify(permit, Operation.CONVERT, scene.stranger, scene.now, source=scene.song)


def _mutated_permit(scene: Scene) -> None:
    """Change the fields of a permit in place, frozen or not."""
    permit = scene.permit()
    object.__setattr__(permit, "operation", SING)
    object.__setattr__(permit, "digest", scene.stranger)
    verify(permit, SING, scene.stranger, scene.now)


def _edited_terms(scene: Scene) -> None:
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


def _passed_clock(**shift: float) -> Attack:
    def attack(scene: Scene) -> None:
        verify(scene.permit(), TRAIN, scene.song, scene.now + timedelta(**shift))

    return attack


def _sealed_elsewhere(scene: Scene) -> Path:
    """The sealed file of one grant under the reference of another."""
    out = scene.home / "voices" / "other"
    with scene.registry() as registry:
        registry.seal_voice(scene.other, VOICE_FILES, out, scene.now)
    return _put(scene, "voice.sealed", (out / "voice.sealed").read_bytes())


def _plain_beside(scene: Scene) -> Path:
    """Unsealed files beside a reference to a person's grant."""
    (scene.voice / "voice.sealed").unlink()
    return _put(scene, "model.onnx", b"weights")


ATTACKS: dict[str, Attack] = {
    "duck": _shown(lambda permit: _Duck()),
    "subclass": _shown(_cousin),
    "bare object": _shown(lambda permit: object.__new__(Permit)),
    "none": _shown(lambda permit: None),
    "dictionary": _shown(lambda permit: {"token": permit.token}),
    "empty token": _shown(lambda permit: replace(permit, token=b"")),
    "token as text": _shown(
        lambda permit: replace(permit, token=cast(bytes, permit.token.decode()))
    ),
    "token cut": _shown(lambda permit: replace(permit, token=permit.token[:-10])),
    "token grown": _shown(lambda permit: replace(permit, token=permit.token + b" ")),
    "fields mutated": _mutated_permit,
    "resigned unchanged": _resigned({}),
    "resigned for longer": _resigned({"expires_at": "2099-01-01T00:00:00.000000Z"}),
    "resigned for another grant": _resigned({"grant_id": "g-other"}),
    "resigned as a grant": _resigned({}, "application/vnd.melisma.grant.v1+json"),
    "resigned as another type": _resigned({}, "text/plain"),
    "wrong audio": _wrong_digest,
    "wrong operation": _wrong_operation,
    "unregistered audio": lambda scene: _use(scene, TRAIN, scene.stranger),
    "recordings as a voice": lambda scene: _use(scene, SING, scene.song),
    "voice as recordings": lambda scene: _use(scene, EMBED, read_folder(scene.voice).digest),
    "operation not granted": lambda scene: _use(scene, Operation.PUBLISH, scene.song),
    "identify without a challenge": lambda scene: _use(scene, Operation.IDENTIFY, scene.song),
    "digest that is none": lambda scene: _use(scene, Operation.CONVERT, "../../x"),
    "grant of a stranger's audio": lambda scene: _use(scene, TRAIN, "0" * 64),
    "unknown corpus": lambda scene: cast(None, authorize_corpus("0" * 64, TRAIN, scene.now)),
    "convert without a source": _convert_unsourced,
    "convert other audio": _convert_other_audio,
    "convert to another voice": _convert_other_voice,
    "replayed after 15 minutes": _late(minutes=15),
    "replayed after a year": _late(days=365),
    "clock before the log": _late(hours=-1),
    "grant expired": lambda scene: _use(scene, TRAIN, scene.song, timedelta(days=366)),
    "time passed in from the past": _passed_clock(minutes=-10),
    "time passed in from the future": _passed_clock(minutes=10),
    "suspended grant": _state_of("suspended"),
    "revoked grant": _state_of("revoked"),
    "draft grant": _state_of("draft"),
    "somebody else's grant": _state_of("other"),
    "permit after revocation": _after("revoke"),
    "permit after suspension": _after("suspend"),
    "permit after erasure": _after("erase"),
    "renewal after revocation": _after("revoke", "renew"),
    "voice after revocation": _after("revoke", "voice"),
    "voice after suspension": _after("suspend", "voice"),
    "voice after erasure": _after("erase", "voice"),
    "voice byte flipped": _voice(lambda scene: _flip(scene, "voice.sealed")),
    "voice reference flipped": _voice(lambda scene: _flip(scene, "grant.json")),
    "voice without grant": _voice(lambda scene: _drop(scene, "grant.json")),
    "voice file added": _voice(lambda scene: _put(scene, "model.onnx", b"x")),
    "voice under another grant": _voice(lambda scene: _refer(scene, scene.other, False)),
    "voice under a forged grant": _voice(lambda scene: _refer(scene, scene.active, True)),
    "voice under a bundled grant": _voice(lambda scene: _bundled_grant(scene, False)),
    "voice under a grant of one's own": _voice(lambda scene: _bundled_grant(scene, True)),
    "voice folder named as a bundled one": _voice(lambda scene: _rename_to(scene, "kumi-ja")),
    "sealed file of another grant": _voice(_sealed_elsewhere),
    "plain files under a person's grant": _voice(_plain_beside),
    "container without its seal": _voice(
        lambda scene: _put(scene, "voice.sealed", pack(VOICE_FILES))
    ),
    "forged folder object": _forged_folder,
    "permit of one's own registry": _other_registry,
    "activate a draft": _skip("activate"),
    "verify a draft": _skip("confirm"),
    "resume a draft": _skip("resume"),
    "submit without a challenge": _submit("no challenge"),
    "submit too late": _submit("late"),
    "submit old digits": _submit("old digits"),
    "submit without material": _submit("no material"),
    "submit twice": _submit("twice"),
    "submit a recording seen before": _submit("seen"),
    "person as a licence": _licence_for_person,
    "licence registered twice": _licence_twice,
    "embedding with a permit to train": _embedding_with(TRAIN),
    "embedding with a permit to sing": _embedding_with(SING),
    "embedding stored for another": _embedding_of_other,
    "database rolled back": _rolled_back,
    "revocation hidden": _hidden_revocation,
    "terms resealed": _edited_terms,
    "row activated": _edited(
        "UPDATE grant_record SET state = 'active' WHERE id = '{revoked}'", then="revoked"
    ),
    "suspension lifted by hand": _edited(
        "UPDATE grant_record SET state = 'active' WHERE id = '{suspended}'", then="suspended"
    ),
    "draft activated by hand": _edited(
        "UPDATE grant_record SET state = 'active' WHERE id = '{draft}'", then="draft"
    ),
    "row of another copied": _edited(
        "UPDATE grant_record SET state = 'active', state_seq = (SELECT state_seq FROM "
        "grant_record WHERE id = '{active}') WHERE id = '{revoked}'",
        then="revoked",
    ),
    "material adopted": _edited("SELECT 1", then="other"),
    "permit entry deleted": _edited("DELETE FROM opening WHERE kind = 'permit'"),
    "event changed": _edited(
        "UPDATE event SET commitment = zeroblob(32) WHERE seq = 0", then="audit"
    ),
    "newest event deleted": _edited("DELETE FROM event WHERE seq = (SELECT MAX(seq) FROM event)"),
    "newest checkpoint deleted": _edited(
        "DELETE FROM checkpoint WHERE size = (SELECT MAX(size) FROM checkpoint)"
    ),
    "all checkpoints deleted": _edited("DELETE FROM checkpoint"),
    "nodes deleted": _edited("DELETE FROM node"),
    "state map deleted": _edited("DELETE FROM map_node"),
    "state map node changed": _edited("UPDATE map_node SET hash = zeroblob(32)"),
    "checkpoint of the past repeated": _edited(
        "UPDATE checkpoint SET envelope = (SELECT envelope FROM checkpoint WHERE size = 1) "
        "WHERE size = (SELECT MAX(size) FROM checkpoint)"
    ),
    "event updated under guard": _edited(
        "UPDATE event SET commitment = zeroblob(32)", guarded=True
    ),
    "event replaced under guard": _edited(
        "INSERT OR REPLACE INTO event VALUES (0, zeroblob(32))", guarded=True
    ),
    "checkpoint deleted under guard": _edited("DELETE FROM checkpoint", guarded=True),
    "opening replaced under guard": _edited(
        "INSERT OR REPLACE INTO opening SELECT seq, grant_id, kind, zeroblob(16), body FROM "
        "opening WHERE seq = 0",
        guarded=True,
    ),
    "newer schema": _edited("UPDATE alembic_version SET version_num = '9999'"),
    "older schema": _edited("UPDATE alembic_version SET version_num = '0000'"),
    "schema version gone": _edited("DROP TABLE alembic_version"),
    "database gone": _without("consent/registry.db"),
    "keys gone": _without("consent/keys"),
    "signing key gone": _without("consent/keys/registry.pem"),
    "head gone": _without("consent/keys/head.json"),
    "pepper gone": _without("consent/keys/pepper.key"),
    "head overwritten": _overwritten("consent/keys/head.json", b"{}"),
    "signing key overwritten": _overwritten("consent/keys/registry.pem", b"-----BEGIN"),
    "database overwritten": _overwritten("consent/registry.db", b"SQLite format 3\0" * 4096),
    "database empty": _overwritten("consent/registry.db", b""),
}
