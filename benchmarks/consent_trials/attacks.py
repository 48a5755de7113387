"""Ways around the gate, tried: every one must end in a refusal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from benchmarks.consent_trials.attack_folders import (
    bundled_grant,
    convert_other_audio,
    convert_other_voice,
    convert_unsourced,
    drop,
    flip,
    forged_folder,
    plain_beside,
    put,
    refer,
    rename_to,
    sealed_elsewhere,
    voice,
)
from benchmarks.consent_trials.attack_ways import (
    EMBED,
    SING,
    TRAIN,
    Attack,
    Duck,
    after,
    cousin,
    edited,
    edited_terms,
    embedding_of_other,
    embedding_with,
    hidden_revocation,
    late,
    licence_for_person,
    licence_twice,
    mutated_permit,
    other_registry,
    overwritten,
    passed_clock,
    resigned,
    rolled_back,
    shown,
    skip,
    state_of,
    submit,
    use,
    without,
    wrong_digest,
    wrong_operation,
)
from benchmarks.consent_trials.scene import VOICE_FILES, Scene, at_home
from consent.errors import ConsentError
from consent.folder import read_folder
from consent.gate import authorize_corpus
from consent.grant import Operation
from consent.permit import Permit
from consent.sealing import pack


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


ATTACKS: dict[str, Attack] = {
    "duck": shown(lambda permit: Duck()),
    "subclass": shown(cousin),
    "bare object": shown(lambda permit: object.__new__(Permit)),
    "none": shown(lambda permit: None),
    "dictionary": shown(lambda permit: {"token": permit.token}),
    "empty token": shown(lambda permit: replace(permit, token=b"")),
    "token as text": shown(
        lambda permit: replace(permit, token=cast(bytes, permit.token.decode()))
    ),
    "token cut": shown(lambda permit: replace(permit, token=permit.token[:-10])),
    "token grown": shown(lambda permit: replace(permit, token=permit.token + b" ")),
    "fields mutated": mutated_permit,
    "resigned unchanged": resigned({}),
    "resigned for longer": resigned({"expires_at": "2099-01-01T00:00:00.000000Z"}),
    "resigned for another grant": resigned({"grant_id": "g-other"}),
    "resigned as a grant": resigned({}, "application/vnd.melisma.grant.v1+json"),
    "resigned as another type": resigned({}, "text/plain"),
    "wrong audio": wrong_digest,
    "wrong operation": wrong_operation,
    "unregistered audio": lambda scene: use(scene, TRAIN, scene.stranger),
    "recordings as a voice": lambda scene: use(scene, SING, scene.song),
    "voice as recordings": lambda scene: use(scene, EMBED, read_folder(scene.voice).digest),
    "operation not granted": lambda scene: use(scene, Operation.PUBLISH, scene.song),
    "identify without a challenge": lambda scene: use(scene, Operation.IDENTIFY, scene.song),
    "digest that is none": lambda scene: use(scene, Operation.CONVERT, "../../x"),
    "grant of a stranger's audio": lambda scene: use(scene, TRAIN, "0" * 64),
    "unknown corpus": lambda scene: cast(None, authorize_corpus("0" * 64, TRAIN, scene.now)),
    "convert without a source": convert_unsourced,
    "convert other audio": convert_other_audio,
    "convert to another voice": convert_other_voice,
    "replayed after 15 minutes": late(minutes=15),
    "replayed after a year": late(days=365),
    "clock before the log": late(hours=-1),
    "grant expired": lambda scene: use(scene, TRAIN, scene.song, timedelta(days=366)),
    "time passed in from the past": passed_clock(minutes=-10),
    "time passed in from the future": passed_clock(minutes=10),
    "suspended grant": state_of("suspended"),
    "revoked grant": state_of("revoked"),
    "draft grant": state_of("draft"),
    "somebody else's grant": state_of("other"),
    "permit after revocation": after("revoke"),
    "permit after suspension": after("suspend"),
    "permit after erasure": after("erase"),
    "renewal after revocation": after("revoke", "renew"),
    "voice after revocation": after("revoke", "voice"),
    "voice after suspension": after("suspend", "voice"),
    "voice after erasure": after("erase", "voice"),
    "voice byte flipped": voice(lambda scene: flip(scene, "voice.sealed")),
    "voice reference flipped": voice(lambda scene: flip(scene, "grant.json")),
    "voice without grant": voice(lambda scene: drop(scene, "grant.json")),
    "voice file added": voice(lambda scene: put(scene, "model.onnx", b"x")),
    "voice under another grant": voice(lambda scene: refer(scene, scene.other, False)),
    "voice under a forged grant": voice(lambda scene: refer(scene, scene.active, True)),
    "voice under a bundled grant": voice(lambda scene: bundled_grant(scene, False)),
    "voice under a grant of one's own": voice(lambda scene: bundled_grant(scene, True)),
    "voice folder named as a bundled one": voice(lambda scene: rename_to(scene, "kumi-ja")),
    "sealed file of another grant": voice(sealed_elsewhere),
    "plain files under a person's grant": voice(plain_beside),
    "container without its seal": voice(
        lambda scene: put(scene, "voice.sealed", pack(VOICE_FILES))
    ),
    "forged folder object": forged_folder,
    "permit of one's own registry": other_registry,
    "activate a draft": skip("activate"),
    "verify a draft": skip("confirm"),
    "resume a draft": skip("resume"),
    "submit without a challenge": submit("no challenge"),
    "submit too late": submit("late"),
    "submit old digits": submit("old digits"),
    "submit without material": submit("no material"),
    "submit twice": submit("twice"),
    "submit a recording seen before": submit("seen"),
    "person as a licence": licence_for_person,
    "licence registered twice": licence_twice,
    "embedding with a permit to train": embedding_with(TRAIN),
    "embedding with a permit to sing": embedding_with(SING),
    "embedding stored for another": embedding_of_other,
    "database rolled back": rolled_back,
    "revocation hidden": hidden_revocation,
    "terms resealed": edited_terms,
    "row activated": edited(
        "UPDATE grant_record SET state = 'active' WHERE id = '{revoked}'", then="revoked"
    ),
    "suspension lifted by hand": edited(
        "UPDATE grant_record SET state = 'active' WHERE id = '{suspended}'", then="suspended"
    ),
    "draft activated by hand": edited(
        "UPDATE grant_record SET state = 'active' WHERE id = '{draft}'", then="draft"
    ),
    "row of another copied": edited(
        "UPDATE grant_record SET state = 'active', state_seq = (SELECT state_seq FROM "
        "grant_record WHERE id = '{active}') WHERE id = '{revoked}'",
        then="revoked",
    ),
    "material adopted": edited("SELECT 1", then="other"),
    "permit entry deleted": edited("DELETE FROM opening WHERE kind = 'permit'"),
    "event changed": edited(
        "UPDATE event SET commitment = zeroblob(32) WHERE seq = 0", then="audit"
    ),
    "newest event deleted": edited("DELETE FROM event WHERE seq = (SELECT MAX(seq) FROM event)"),
    "newest checkpoint deleted": edited(
        "DELETE FROM checkpoint WHERE size = (SELECT MAX(size) FROM checkpoint)"
    ),
    "all checkpoints deleted": edited("DELETE FROM checkpoint"),
    "nodes deleted": edited("DELETE FROM node"),
    "state map deleted": edited("DELETE FROM map_node"),
    "state map node changed": edited("UPDATE map_node SET hash = zeroblob(32)"),
    "checkpoint of the past repeated": edited(
        "UPDATE checkpoint SET envelope = (SELECT envelope FROM checkpoint WHERE size = 1) "
        "WHERE size = (SELECT MAX(size) FROM checkpoint)"
    ),
    "event updated under guard": edited("UPDATE event SET commitment = zeroblob(32)", guarded=True),
    "event replaced under guard": edited(
        "INSERT OR REPLACE INTO event VALUES (0, zeroblob(32))", guarded=True
    ),
    "checkpoint deleted under guard": edited("DELETE FROM checkpoint", guarded=True),
    "opening replaced under guard": edited(
        "INSERT OR REPLACE INTO opening SELECT seq, grant_id, kind, zeroblob(16), body FROM "
        "opening WHERE seq = 0",
        guarded=True,
    ),
    "newer schema": edited("UPDATE alembic_version SET version_num = '9999'"),
    "older schema": edited("UPDATE alembic_version SET version_num = '0000'"),
    "schema version gone": edited("DROP TABLE alembic_version"),
    "database gone": without("consent/registry.db"),
    "keys gone": without("consent/keys"),
    "signing key gone": without("consent/keys/registry.pem"),
    "head gone": without("consent/keys/head.json"),
    "pepper gone": without("consent/keys/pepper.key"),
    "head overwritten": overwritten("consent/keys/head.json", b"{}"),
    "signing key overwritten": overwritten("consent/keys/registry.pem", b"-----BEGIN"),
    "database overwritten": overwritten("consent/registry.db", b"SQLite format 3\0" * 4096),
    "database empty": overwritten("consent/registry.db", b""),
}
