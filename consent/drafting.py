"""How a grant begins: a person who is going to be asked, or terms somebody published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select

from consent.blocking import Blocked, check_not_blocked
from consent.dossier import (
    add_person,
    check_anonymous,
    seal_terms,
    sign_terms,
    store_statement,
)
from consent.errors import RefusedError
from consent.grant import ConsentGrant, GrantKind, Operation
from consent.ledger import Ledger, View
from consent.log import Entry
from consent.people import Person, Request, new_grant_id, new_subject_id
from consent.permits import RECORDINGS, VOICE, material_digest
from consent.records import state_entry
from consent.schema import grant as grant_table
from consent.schema import material
from consent.statemap import GrantRow
from consent.statements import statement_in
from consent.states import State


def draft(ledger: Ledger, person: Person, request: Request, language: str, at: datetime) -> str:
    """Write down who is asked for what, in which language.

    Returns:
        The id of the new grant, in the state draft.
    """
    subject_id, grant_id = new_subject_id(), new_grant_id(at)
    terms = request.to_grant(grant_id, subject_id, at)
    check_anonymous(person, terms)
    text = statement_in(language)
    with ledger.writing(at) as writing:
        check_not_blocked(writing.view, Blocked.NAME, person.name, grant_id)
        add_person(writing.view, subject_id, person)
        store_statement(writing.view, text)
        row = GrantRow(
            id=grant_id,
            subject_id=subject_id,
            statement_id=text.statement_id,
            terms=seal_terms(ledger.keys, terms, subject_id),
            state=State.DRAFT,
            state_seq=writing.next_seq,
        )
        writing.record([state_entry(row)], [row])
    return grant_id


def register_licences(ledger: Ledger, grants: Sequence[ConsentGrant], at: datetime) -> None:
    """Put published licences in force, each for the bytes that its digest names.

    No person is asked, because a person published the terms; whoever registers them answers for
    having quoted them rightly.
    """
    entries: list[Entry] = []
    rows: list[GrantRow] = []
    materials: list[dict[str, object]] = []
    with ledger.writing(at) as writing:
        for terms in grants:
            digest = _digest_of_licence(terms)
            check_not_blocked(writing.view, Blocked.RECORDING, digest, terms.grant_id)
            _check_new(writing.view, terms.grant_id)
            row = GrantRow(
                id=terms.grant_id,
                subject_id=None,
                statement_id=None,
                terms=sign_terms(ledger.keys, terms),
                state=State.ACTIVE,
                state_seq=writing.next_seq + len(entries),
            )
            keyed = material_digest(writing.view, digest)
            kind = VOICE if Operation.SING in terms.operations else RECORDINGS
            entries += [state_entry(row), Entry(row.id, kind, {"digests": [keyed]})]
            materials.append(
                {
                    "grant_id": row.id,
                    "keyed_digest": keyed,
                    "kind": kind,
                    "seq": row.state_seq + 1,
                }
            )
            rows.append(row)
        writing.record(entries, rows)
        writing.view.connection.execute(insert(material), materials)


def _digest_of_licence(terms: ConsentGrant) -> str:
    if terms.kind is not GrantKind.PUBLISHED or terms.digest is None:
        raise RefusedError(
            "published",
            terms.grant_id,
            "only a published licence for given bytes is put in force without asking",
            "ask the person with `melisma consent statement`",
        )
    return terms.digest


def _check_new(view: View, grant_id: str) -> None:
    query = select(grant_table.c.id).where(grant_table.c.id == grant_id)
    if view.connection.execute(query).first() is not None:
        raise RefusedError(
            "grant-exists",
            grant_id,
            "a grant of that id is registered already",
            "give the terms file another grant_id",
        )
