"""The later life of a grant: in force, suspended, withdrawn, erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, text, update

from consent.errors import RefusedError
from consent.ledger import Ledger, Writing
from consent.records import find_row, moved, state_entry
from consent.schema import challenge, evidence, material, opening, subject
from consent.schema import grant as grant_table
from consent.statemap import GrantRow
from consent.states import State, check_transition


def activate(ledger: Ledger, grant_id: str, at: datetime) -> GrantRow:
    """Put a verified grant in force."""
    return _move(ledger, grant_id, State.ACTIVE, State.VERIFIED, at)


def suspend(ledger: Ledger, grant_id: str, at: datetime) -> GrantRow:
    """Stop all use until it is resumed."""
    return _move(ledger, grant_id, State.SUSPENDED, State.ACTIVE, at)


def resume(ledger: Ledger, grant_id: str, at: datetime) -> GrantRow:
    """Lift a suspension."""
    return _move(ledger, grant_id, State.ACTIVE, State.SUSPENDED, at)


def revoke(ledger: Ledger, grant_id: str, at: datetime) -> GrantRow:
    """Withdraw a grant for good. When this returns, every later call is refused."""
    return _move(ledger, grant_id, State.REVOKED, None, at)


def erase(ledger: Ledger, grant_id: str, at: datetime) -> list[str]:
    """Forget the person behind a grant, with all their grants: destroy their key.

    Returns:
        The ids of the grants that went with them.
    """
    with ledger.writing(at) as writing:
        row = find_row(writing.view, grant_id)
        check_transition(grant_id, row.state, State.ERASED)
        rows = [row] if row.subject_id is None else _rows_of(writing, row.subject_id)
        gone = [
            replace(moved(each, State.ERASED, writing.next_seq + place), terms=b"")
            for place, each in enumerate(rows)
        ]
        redacted = _redact(writing, [each.id for each in gone])
        if row.subject_id is not None:
            blank = {"personal": None, "embedding": None, "erased": 1}
            writing.view.connection.execute(
                update(subject).where(subject.c.id == row.subject_id).values(blank)
            )
        entries = [state_entry(each, redacted=redacted) for each in gone]
        writing.record(entries, gone)
    if row.subject_id is not None:
        ledger.keys.destroy_subject_key(row.subject_id)
    scrub(ledger)
    return [each.id for each in gone]


def finish_erasures(ledger: Ledger) -> int:
    """Destroy keys that an interrupted erasure left behind.

    Returns:
        How many there were.
    """
    with ledger.reading() as view:
        query = select(subject.c.id).where(subject.c.erased == 1)
        erased = list(view.connection.execute(query).scalars())
    left = [subject_id for subject_id in erased if ledger.keys.has_subject_key(subject_id)]
    for subject_id in left:
        ledger.keys.destroy_subject_key(subject_id)
    return len(left)


def scrub(ledger: Ledger) -> None:
    """Have the database give up the room of deleted rows, its journal included."""
    if ledger.database.is_sqlite:
        with ledger.database.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    engine = ledger.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for table in ("opening", "subject", "evidence", "challenge", "grant_record", "material"):
            connection.execute(text(f"VACUUM FULL {table}"))


def _move(
    ledger: Ledger, grant_id: str, wanted: State, only_from: State | None, at: datetime
) -> GrantRow:
    with ledger.writing(at) as writing:
        row = find_row(writing.view, grant_id)
        if only_from is not None and row.state is not only_from:
            raise RefusedError(
                "state",
                grant_id,
                f"it is {row.state.value}; this step starts from {only_from.value}",
                "see `melisma consent show`",
            )
        after = moved(row, wanted, writing.next_seq)
        writing.record([state_entry(after)], [after])
    return after


def _rows_of(writing: Writing, subject_id: str) -> list[GrantRow]:
    """All grants of a person that are not erased yet, each proved."""
    query = select(grant_table.c.id).where(grant_table.c.subject_id == subject_id)
    ids = sorted(writing.view.connection.execute(query).scalars())
    rows = [find_row(writing.view, grant_id) for grant_id in ids]
    return [row for row in rows if row.state is not State.ERASED]


def _redact(writing: Writing, grant_ids: list[str]) -> list[int]:
    """Delete what log entries about these grants mean; their commitments stay in the log."""
    connection = writing.view.connection
    about = opening.c.grant_id.in_(grant_ids)
    sequences = sorted(connection.execute(select(opening.c.seq).where(about)).scalars())
    connection.execute(delete(opening).where(about))
    for table in (challenge, evidence, material):
        connection.execute(delete(table).where(table.c.grant_id.in_(grant_ids)))
    return sequences
