"""Grants as the registry holds them, proved before anything is believed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from consent.canonical import JsonObject
from consent.envelope import open_envelope
from consent.errors import RefusedError, TamperError
from consent.grant import GRANT_PAYLOAD_TYPE, ConsentGrant
from consent.keystore import KeyStore
from consent.ledger import View
from consent.log import Entry, prove_entry
from consent.statemap import GrantRow, bucket_of, prove_bucket, read_bucket
from consent.states import State, check_transition

STATE_KIND = "state"


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """A grant's row and terms, with the log entry that put it into its state."""

    row: GrantRow
    terms: ConsentGrant
    entry: JsonObject

    @property
    def grant_id(self) -> str:
        return self.row.id


def find_row(view: View, grant_id: str) -> GrantRow:
    """A grant's row, proved to be the one that was signed.

    Raises:
        RefusedError: rule `grant-unknown`; TamperError: the row was touched.
    """
    bucket = bucket_of(grant_id)
    rows = read_bucket(view.connection, bucket)
    prove_bucket(view.connection, bucket, rows, view.newest.states)
    for row in rows:
        if row.id == grant_id:
            return row
    raise RefusedError(
        "grant-unknown",
        grant_id,
        "this registry has no such grant",
        "see `melisma consent list`, or set MELISMA_CONSENT_URL to the registry that issued it",
    )


def load_record(view: View, grant_id: str) -> GrantRecord:
    """A grant with its terms; an erased one has none and is refused."""
    row = find_row(view, grant_id)
    body = prove_entry(view.connection, view.newest, row.state_seq)
    check_entry(row, body)
    return GrantRecord(row, open_terms(view.keys, row), body)


def check_entry(row: GrantRow, body: JsonObject) -> None:
    """The log must say of the grant what its row says."""
    said = (body.get("kind"), body.get("grant_id"), body.get("state"), body.get("terms"))
    if said != (STATE_KIND, row.id, row.state.value, _terms_hash(row)):
        raise TamperError(
            f"log entry {row.state_seq} does not put grant {row.id} into the state "
            f"{row.state.value}; restore a backup and run `melisma consent log verify`"
        )


def open_terms(keys: KeyStore, row: GrantRow) -> ConsentGrant:
    """Unseal and verify what was granted.

    Raises:
        RefusedError: rule `state`, once erased, or `key-destroyed`.
    """
    if row.state is State.ERASED:
        raise RefusedError(
            "state",
            row.id,
            "it is erased, not active",
            "the person's data and voice are gone for good; delete any copies",
        )
    envelope = terms_envelope(keys, row)
    payload = open_envelope(
        envelope, GRANT_PAYLOAD_TYPE, keys.public_key, f"the terms of grant {row.id}"
    ).payload
    terms = ConsentGrant.from_bytes(payload, f"grant {row.id}")
    if terms.grant_id != row.id:
        raise TamperError(f"the terms of grant {row.id} are those of {terms.grant_id}")
    return terms


def terms_envelope(keys: KeyStore, row: GrantRow) -> bytes:
    if row.subject_id is None:
        return row.terms
    return keys.unseal(row.subject_id, terms_purpose(row.id), row.terms)


def terms_purpose(grant_id: str) -> str:
    return f"melisma terms {grant_id}"


def state_entry(row: GrantRow, **details: object) -> Entry:
    """The log entry that says a grant is in its row's state from now on."""
    return Entry(
        row.id, STATE_KIND, {**details, "state": row.state.value, "terms": _terms_hash(row)}
    )


def moved(row: GrantRow, wanted: State, seq: int) -> GrantRow:
    """The row after a step of its life, if it may take that step."""
    check_transition(row.id, row.state, wanted)
    return replace(row, state=wanted, state_seq=seq)


def _terms_hash(row: GrantRow) -> str:
    return hashlib.sha256(row.terms).hexdigest()
