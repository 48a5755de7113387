"""Issuing permits, and checking them again at the sinks, against the registry as it is now."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from consent.blocking import Blocked, check_not_blocked
from consent.canonical import (
    JsonObject,
    check_keys,
    format_time,
    from_canonical_json,
    parse_time,
    to_canonical_json,
)
from consent.envelope import open_envelope, seal_envelope
from consent.errors import ConsentFormatError, RefusedError, TamperError
from consent.grant import ConsentGrant, Operation
from consent.ledger import Ledger, View, Writing
from consent.log import CLOCK_TOLERANCE, Entry, check_clock, prove_entry
from consent.permit import Permit
from consent.records import find_row, moved, open_terms, state_entry
from consent.schema import material
from consent.statemap import GrantRow
from consent.states import State, check_usable

PERMIT_PAYLOAD_TYPE = "application/vnd.melisma.permit.v1+json"
PERMIT_KIND = "permit"
PERMIT_TERM = timedelta(minutes=15)
RECORDINGS, VOICE = "recordings", "voice"

_KEYS = frozenset({"digest", "expires_at", "grant_id", "issued_at", "nonce", "operation", "seq"})
_MATERIAL = select(material.c.kind, material.c.seq).where(
    material.c.grant_id == bindparam("grant"), material.c.keyed_digest == bindparam("digest")
)
_KIND_OF_OPERATION = {
    Operation.TRAIN: RECORDINGS,
    Operation.EMBED: RECORDINGS,
    Operation.SING: VOICE,
    Operation.PUBLISH: VOICE,
}
"""What a permit's digest must be registered as; `convert` is bound to any one source audio."""


def authorize(
    ledger: Ledger, grant_id: str, operation: Operation, digest: str, at: datetime
) -> Permit:
    """Issue a permit for one operation on one digest, good for 15 minutes.

    Raises:
        RefusedError: the rule, the grant and the remedy are in the message.
    """
    if operation is Operation.IDENTIFY:
        raise RefusedError(
            "operation",
            grant_id,
            "identify belongs to an open challenge",
            "submit the recording with `melisma consent submit`",
        )
    with ledger.writing(at) as writing:
        row = find_row(writing.view, grant_id)
        check_usable(grant_id, row.state)
        terms = open_terms(writing.view.keys, row)
        if terms.expires_at is not None and at >= terms.expires_at:
            gone = moved(row, State.EXPIRED, writing.next_seq)
            writing.record([state_entry(gone)], [gone])
        else:
            check_terms(terms, operation)
            check_not_blocked(writing.view, Blocked.RECORDING, digest, grant_id)
            _prove_material(writing.view, row, operation, digest)
            return _issue(writing, row, operation, digest, at, terms.expires_at)
    raise RefusedError(
        "expired",
        grant_id,
        f"it ended at {format_time(terms.expires_at or at)}, now it is {format_time(at)}",
        "ask the person for a new grant with `melisma consent statement`",
    )


def check_terms(terms: ConsentGrant, operation: Operation) -> None:
    """Whether the terms name the operation, and allow passing on where it publishes."""
    if operation not in terms.operations:
        raise RefusedError(
            "operation",
            terms.grant_id,
            f"it allows {', '.join(sorted(terms.operations))}, not {operation.value}",
            "ask the person for a new grant that names it",
        )
    if operation is Operation.PUBLISH and not terms.pass_on:
        raise RefusedError(
            "pass-on",
            terms.grant_id,
            "the voice folder may not be passed on",
            "keep it on this machine, or ask the person for a new grant",
        )


def issue_for_challenge(
    writing: Writing, row: GrantRow, digest: str, at: datetime, until: datetime
) -> Permit:
    """A permit to compare voices while a challenge is open; the caller has checked that it is."""
    return _issue(writing, row, Operation.IDENTIFY, digest, at, until)


def verify(ledger: Ledger, token: bytes, operation: Operation, digest: str, at: datetime) -> str:
    """Check a permit at a sink: signature, log inclusion, state now.

    Returns:
        The grant that the permit is really under.

    Raises:
        RefusedError, TamperError, SignatureError: it does not hold, or no longer.
    """
    what = "the permit"
    payload = open_envelope(token, PERMIT_PAYLOAD_TYPE, ledger.keys.public_key, what).payload
    value = from_canonical_json(payload, what)
    check_keys(value, _KEYS, what)
    grant_id = str(value["grant_id"])
    _check_scope(value, grant_id, operation, digest)
    _check_time(value, grant_id, at)
    with ledger.reading() as view:
        check_clock(view.newest, at)
        row = find_row(view, grant_id)
        if operation is Operation.IDENTIFY:
            _check_challenged(row)
        else:
            check_usable(grant_id, row.state)
        _prove_logged(view, value)
    return grant_id


def check_material(
    ledger: Ledger, grant_id: str, operation: Operation, digest: str, kind: str
) -> None:
    """Show that bytes are registered under a grant.

    Raises:
        RefusedError: rule `digest`.
    """
    with ledger.reading() as view:
        seq = _material_seq(view, grant_id, kind, operation, digest)
        body = prove_entry(view.connection, view.newest, seq)
        _check_material(body, grant_id, kind, material_digest(view, digest))


def material_digest(view: View, digest: str) -> str:
    """How a digest is written down: keyed, so that the table tells nobody which bytes it means."""
    return view.keys.keyed_hash("material", digest.encode())


def _issue(
    writing: Writing,
    row: GrantRow,
    operation: Operation,
    digest: str,
    at: datetime,
    limit: datetime | None,
) -> Permit:
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ConsentFormatError(f"digest {digest!r} is not 64 hexadecimal digits")
    expires_at = at + PERMIT_TERM if limit is None else min(at + PERMIT_TERM, limit)
    payload = {
        "digest": digest,
        "expires_at": format_time(expires_at),
        "grant_id": row.id,
        "issued_at": format_time(at),
        "nonce": secrets.token_hex(16),
        "operation": operation.value,
        "seq": writing.next_seq,
    }
    body = to_canonical_json(payload)
    token = seal_envelope(PERMIT_PAYLOAD_TYPE, body, writing.view.keys.signing_key)
    writing.record([Entry(row.id, PERMIT_KIND, _logged(payload))], moves_head=False)
    return Permit(token, row.id, operation, digest, at, expires_at)


def _logged(payload: JsonObject) -> JsonObject:
    """What of a permit goes into its log entry: everything but what the log adds itself."""
    return {key: payload[key] for key in sorted(_KEYS - {"grant_id", "seq"})}


def _prove_material(view: View, row: GrantRow, operation: Operation, digest: str) -> None:
    """The material must stand in the log, not only in the table; the state map proves the rest."""
    kind = _KIND_OF_OPERATION.get(operation)
    if kind is not None:
        seq = _material_seq(view, row.id, kind, operation, digest)
        body = prove_entry(view.connection, view.newest, seq, view.nodes)
        _check_material(body, row.id, kind, material_digest(view, digest))


def _material_seq(view: View, grant_id: str, kind: str, operation: Operation, digest: str) -> int:
    parameters = {"grant": grant_id, "digest": material_digest(view, digest)}
    found = view.connection.execute(_MATERIAL, parameters).one_or_none()
    if found is None or found.kind != kind:
        raise RefusedError(
            "digest",
            grant_id,
            f"to {operation.value} it must be given its registered {kind}, and these bytes "
            f"({digest[:16]}…) are not among them",
            "use the recordings as submitted or the voice folder as sealed, or submit these",
        )
    return int(found.seq)


def _check_material(body: JsonObject, grant_id: str, kind: str, keyed: str) -> None:
    listed: Sequence[object] = body.get("digests") or ()
    if (body.get("kind"), body.get("grant_id")) != (kind, grant_id) or keyed not in listed:
        raise TamperError(
            f"the log does not list these {kind} under grant {grant_id}: the table was edited; "
            "restore a backup and run `melisma consent log verify`"
        )


def _check_scope(value: JsonObject, grant_id: str, operation: Operation, digest: str) -> None:
    if value["operation"] != operation.value:
        raise RefusedError(
            "permit-operation",
            grant_id,
            f"the permit is to {value['operation']}, not to {operation.value}",
            "ask for a permit for what is about to be done",
        )
    if value["digest"] != digest:
        raise RefusedError(
            "permit-digest",
            grant_id,
            f"the permit is for {str(value['digest'])[:16]}…, these bytes are {digest[:16]}…",
            "ask for a permit for the very bytes that are used",
        )


def _check_time(value: JsonObject, grant_id: str, at: datetime) -> None:
    issued_at = parse_time(value["issued_at"], "the permit")
    expires_at = parse_time(value["expires_at"], "the permit")
    if not issued_at - CLOCK_TOLERANCE <= at < expires_at:
        raise RefusedError(
            "permit-expired",
            grant_id,
            f"the permit holds from {value['issued_at']} to {value['expires_at']}, "
            f"now it is {format_time(at)}",
            "ask for a new one; long work renews its permit at every chunk",
        )


def _check_challenged(row: GrantRow) -> None:
    if row.state is not State.CHALLENGED:
        raise RefusedError(
            "state",
            row.id,
            f"voices are compared while a challenge is open, but it is {row.state.value}",
            "set a new challenge with `melisma consent challenge`",
        )


def _prove_logged(view: View, value: JsonObject) -> None:
    seq = value["seq"]
    if not isinstance(seq, int) or not 0 <= seq < view.newest.size:
        raise TamperError(
            f"the permit says it is log entry {seq}, but the log has {view.newest.size}"
        )
    entry = prove_entry(view.connection, view.newest, seq)
    said = {key: entry.get(key) for key in _KEYS}
    if entry.get("kind") != PERMIT_KIND or said != value:
        raise TamperError(f"log entry {seq} is not the permit that was shown")
