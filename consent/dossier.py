"""What is kept about a person, all of it sealed under their own key."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import insert, select

from consent.canonical import JsonObject, from_canonical_json, sha256_hex, to_canonical_json
from consent.envelope import seal_envelope
from consent.errors import ConsentFormatError, EvidenceError, RefusedError, TamperError
from consent.grant import GRANT_PAYLOAD_TYPE, ConsentGrant
from consent.keystore import KeyStore
from consent.ledger import View
from consent.people import Person
from consent.records import GrantRecord, terms_purpose
from consent.schema import challenge, evidence, seen_recording, statement, subject
from consent.statements import Statement
from consent.upsert import upsert


def check_anonymous(person: Person, terms: ConsentGrant) -> None:
    """Keep names out of the terms, which are shown where the person's data are not."""
    shown = f"{terms.project} {terms.territory}".casefold()
    for name in (person.name, person.contact, person.cosigner or ""):
        if name.strip() and name.strip().casefold() in shown:
            raise ConsentFormatError(
                f"grant {terms.grant_id}: the project or territory contains {name!r}; describe "
                "the project without personal data, which must be erasable"
            )


def add_person(view: View, subject_id: str, person: Person) -> None:
    """Make a person's key and store them under it."""
    view.keys.create_subject_key(subject_id)
    sealed = view.keys.seal(
        subject_id, _personal_purpose(subject_id), to_canonical_json(person.to_json())
    )
    row = {"id": subject_id, "personal": sealed, "embedding": None, "erased": 0}
    view.connection.execute(insert(subject), row)


def read_person(view: View, record: GrantRecord) -> Person:
    """Unseal who a grant is about.

    Raises:
        RefusedError: rule `person`, when a licence and no person stands behind it.
    """
    subject_id = subject_of(record)
    query = select(subject.c.personal).where(subject.c.id == subject_id)
    sealed = view.connection.execute(query).scalar()
    if sealed is None:
        raise TamperError(f"the person {subject_id} is missing; restore a backup")
    plain = view.keys.unseal(subject_id, _personal_purpose(subject_id), bytes(sealed))
    return Person.from_json(from_canonical_json(plain, f"the person {subject_id}"))


def subject_of(record: GrantRecord) -> str:
    if record.row.subject_id is None:
        raise RefusedError(
            "person",
            record.grant_id,
            "a published licence stands behind it, no person",
            "see its terms with `melisma consent show`",
        )
    return record.row.subject_id


def sign_terms(keys: KeyStore, terms: ConsentGrant) -> bytes:
    return seal_envelope(GRANT_PAYLOAD_TYPE, terms.to_bytes(), keys.signing_key)


def seal_terms(keys: KeyStore, terms: ConsentGrant, subject_id: str) -> bytes:
    return keys.seal(subject_id, terms_purpose(terms.grant_id), sign_terms(keys, terms))


def store_statement(view: View, text: Statement) -> None:
    row = {
        "id": text.statement_id,
        "language": text.language,
        "version": text.version,
        "text": text.text,
    }
    upsert(view.connection, statement, [row])


def statement_of(view: View, record: GrantRecord) -> Statement:
    """The text that this grant is asked with, checked against its name."""
    query = select(statement).where(statement.c.id == record.row.statement_id)
    row = view.connection.execute(query).one_or_none()
    if row is not None:
        found = Statement(row.language, row.version, row.text)
        if found.statement_id == record.row.statement_id:
            return found
    raise TamperError(
        f"the statement of grant {record.grant_id} is missing or was edited; restore a backup"
    )


def store_digits(view: View, record: GrantRecord, challenge_id: str, digits: str) -> None:
    sealed = view.keys.seal(subject_of(record), _challenge_purpose(challenge_id), digits.encode())
    row = {"id": challenge_id, "grant_id": record.grant_id, "sealed": sealed}
    view.connection.execute(insert(challenge), row)


def read_digits(view: View, record: GrantRecord, challenge_id: str) -> str:
    query = select(challenge.c.sealed).where(challenge.c.id == challenge_id)
    sealed = view.connection.execute(query).scalar()
    if sealed is None:
        raise TamperError(f"challenge {challenge_id} is missing; set a new one")
    purpose = _challenge_purpose(challenge_id)
    return view.keys.unseal(subject_of(record), purpose, bytes(sealed)).decode()


def store_note(view: View, record: GrantRecord, note: JsonObject) -> str:
    """Keep evidence about a grant, sealed.

    Returns:
        The hash of what is kept, for the log.
    """
    note_id = secrets.token_hex(8)
    subject_id = subject_of(record)
    sealed = view.keys.seal(subject_id, _evidence_purpose(note_id), to_canonical_json(note))
    row = {"id": note_id, "grant_id": record.grant_id, "sealed": sealed}
    view.connection.execute(insert(evidence), row)
    return evidence_hash(note_id, record.grant_id, sealed)


def evidence_hash(note_id: str, grant_id: str, sealed: bytes) -> str:
    """What the log says of a note: all of its row, and none of its meaning."""
    return sha256_hex(f"{note_id} {grant_id}\n".encode() + sealed)


def read_notes(view: View, record: GrantRecord) -> list[JsonObject]:
    """All evidence about a grant."""
    query = select(evidence.c.id, evidence.c.sealed).where(evidence.c.grant_id == record.grant_id)
    subject_id = subject_of(record)
    return [
        from_canonical_json(
            view.keys.unseal(subject_id, _evidence_purpose(row.id), bytes(row.sealed)), "evidence"
        )
        for row in view.connection.execute(query)
    ]


def check_unseen(view: View, hashes: Sequence[str], grant_id: str) -> None:
    """Refuse a recording that was handed in before, as a file or as its samples.

    Raises:
        EvidenceError: it was.
    """
    keyed = [_seen_hash(view.keys, value) for value in hashes]
    query = select(seen_recording.c.keyed_hash).where(seen_recording.c.keyed_hash.in_(keyed))
    if view.connection.execute(query).first() is not None:
        raise EvidenceError(
            f"grant {grant_id}: this very recording was handed in before; record the statement "
            "anew, live, with today's digits"
        )


def remember_seen(view: View, hashes: Sequence[str]) -> list[str]:
    """Write recordings down as seen.

    Returns:
        Their keyed hashes, for the log.
    """
    keyed = sorted({_seen_hash(view.keys, value) for value in hashes})
    view.connection.execute(insert(seen_recording), [{"keyed_hash": value} for value in keyed])
    return keyed


def _seen_hash(keys: KeyStore, value: str) -> str:
    return keys.keyed_hash("seen", value.encode())


def _personal_purpose(subject_id: str) -> str:
    return f"melisma personal {subject_id}"


def _challenge_purpose(challenge_id: str) -> str:
    return f"melisma challenge {challenge_id}"


def _evidence_purpose(note_id: str) -> str:
    return f"melisma evidence {note_id}"
