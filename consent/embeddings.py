"""Speaker embeddings of enrolled people: sealed, and written only under a permit to embed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from consent.dossier import subject_of
from consent.errors import RefusedError
from consent.grant import Operation
from consent.ledger import Ledger, View
from consent.log import Entry
from consent.permit import Permit
from consent.permits import verify
from consent.records import GrantRecord, load_record
from consent.schema import subject
from consent.states import check_usable

EMBEDDING_KIND = "embedding"


def keep(
    ledger: Ledger, grant_id: str, embedding: bytes, permit: Permit, digest: str, at: datetime
) -> None:
    """Store the embedding of the recordings with this digest, sealed under the person's key."""
    under = verify(ledger, permit.token, Operation.EMBED, digest, at)
    if under != grant_id:
        raise RefusedError(
            "permit-grant", grant_id, f"the permit is under grant {under}", "ask for one of its own"
        )
    with ledger.writing(at) as writing:
        record = _usable(writing.view, grant_id)
        subject_id = subject_of(record)
        sealed = ledger.keys.seal(subject_id, _purpose(subject_id), embedding)
        writing.view.connection.execute(
            update(subject).where(subject.c.id == subject_id).values(embedding=sealed)
        )
        writing.record([Entry(grant_id, EMBEDDING_KIND, {})])


def read(ledger: Ledger, grant_id: str) -> bytes:
    """The stored embedding of a grant in force."""
    with ledger.reading() as view:
        subject_id = subject_of(_usable(view, grant_id))
        query = select(subject.c.embedding).where(subject.c.id == subject_id)
        sealed = view.connection.execute(query).scalar()
        if sealed is None:
            raise RefusedError(
                "embedding",
                grant_id,
                "no embedding was stored",
                "embed the registered recordings first",
            )
        return ledger.keys.unseal(subject_id, _purpose(subject_id), bytes(sealed))


def _usable(view: View, grant_id: str) -> GrantRecord:
    record = load_record(view, grant_id)
    check_usable(grant_id, record.row.state)
    return record


def _purpose(subject_id: str) -> str:
    return f"melisma embedding {subject_id}"
