"""The append-only log: salted commitments, a signed checkpoint after every write.

The log shows that something was decided, when, and in which order, and nothing else: no names,
no digests, no embeddings. What an entry means is its opening, which erasure deletes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import verify_inclusion
from pymerkle.proof import InvalidProof
from sqlalchemy import Connection, bindparam, func, insert, or_, select

from consent.canonical import (
    JsonObject,
    check_keys,
    format_time,
    from_canonical_json,
    parse_time,
    to_canonical_json,
)
from consent.envelope import open_envelope, seal_envelope
from consent.errors import ConsentFormatError, RefusedError, SignatureError, TamperError
from consent.merkle import StoredTree, fetch_frontier, grow, leaf_hash, root_of_peaks
from consent.schema import checkpoint, event, node, opening

CHECKPOINT_PAYLOAD_TYPE = "application/vnd.melisma.checkpoint.v1+json"
CLOCK_TOLERANCE = timedelta(minutes=2)
"""Writers may wait for the lock longer than they think; a clock further back is wrong."""

_CHECKPOINT_KEYS = frozenset({"at", "blocklist", "previous", "root", "size", "states"})
_SALT_BYTES = 16
_DOMAIN = b"melisma-event-v1\0"
_RESTORE = "restore a backup and run `melisma consent log verify`"

_NEWEST = select(checkpoint.c.envelope).order_by(checkpoint.c.size.desc()).limit(1)
_NEWEST_AND_HEAD = (
    select(checkpoint.c.size, checkpoint.c.envelope)
    .where(
        or_(
            checkpoint.c.size == bindparam("head"),
            checkpoint.c.size == select(func.max(checkpoint.c.size)).scalar_subquery(),
        )
    )
    .order_by(checkpoint.c.size)
)
_ADD_EVENT, _ADD_OPENING, _ADD_NODE = insert(event), insert(opening), insert(node)
_ADD_CHECKPOINT = insert(checkpoint)
_ENTRY = (
    select(opening.c.salt, opening.c.body, event.c.commitment)
    .join(event, event.c.seq == opening.c.seq)
    .where(opening.c.seq == bindparam("wanted"))
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement of the whole log: keep a copy elsewhere and nothing can be undone.

    `previous` is the size at the checkpoint before, so that none can be left out.
    """

    size: int
    previous: int
    root: bytes
    states: bytes
    blocklist: bytes
    at: datetime
    envelope: bytes = b""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is about to be written: `details` joins kind, grant, time and sequence in the body."""

    grant_id: str
    kind: str
    details: Mapping[str, Any]


def commit(salt: bytes, body: bytes) -> bytes:
    """A commitment that tells nothing without its salt."""
    return hashlib.sha256(_DOMAIN + salt + body).digest()


def sign_checkpoint(unsigned: Checkpoint, key: Ed25519PrivateKey) -> Checkpoint:
    payload = to_canonical_json(
        {
            "at": format_time(unsigned.at),
            "blocklist": unsigned.blocklist.hex(),
            "previous": unsigned.previous,
            "root": unsigned.root.hex(),
            "size": unsigned.size,
            "states": unsigned.states.hex(),
        }
    )
    return replace(unsigned, envelope=seal_envelope(CHECKPOINT_PAYLOAD_TYPE, payload, key))


@lru_cache(maxsize=16)
def read_checkpoint(envelope: bytes, public_key: bytes, what: str) -> Checkpoint:
    """Verify a checkpoint under the registry's key.

    Raises:
        TamperError: it is damaged, or signed by another registry.
    """
    try:
        payload = open_envelope(envelope, CHECKPOINT_PAYLOAD_TYPE, public_key, what).payload
        value = from_canonical_json(payload, what)
        check_keys(value, _CHECKPOINT_KEYS, what)
        return Checkpoint(
            size=int(value["size"]),
            previous=int(value["previous"]),
            root=bytes.fromhex(str(value["root"])),
            states=bytes.fromhex(str(value["states"])),
            blocklist=bytes.fromhex(str(value["blocklist"])),
            at=parse_time(value["at"], what),
            envelope=envelope,
        )
    except (ConsentFormatError, SignatureError, ValueError) as fault:
        raise TamperError(f"{what}: {fault}; {_RESTORE}") from fault


def newest_checkpoint(connection: Connection, public_key: bytes) -> Checkpoint:
    """The checkpoint of the last write."""
    envelope = connection.execute(_NEWEST).scalar()
    if envelope is None:
        raise TamperError(f"the consent log has no checkpoint at all; {_RESTORE}")
    return read_checkpoint(bytes(envelope), public_key, "the newest checkpoint")


def proved_checkpoint(
    connection: Connection,
    head_envelope: bytes | None,
    public_key: bytes,
    own: Checkpoint | None = None,
) -> Checkpoint:
    """The checkpoint of the last write, in a log no older than the checkpoint kept outside.

    Args:
        own: What this process signed last: the same bytes need not be verified again.

    Raises:
        TamperError: the log is shorter than it was, or went another way.
    """
    if head_envelope is None:
        raise TamperError(
            f"the checkpoint beside the keys (head.json) is missing; {_RESTORE}, then "
            "`melisma consent log checkpoint --adopt`"
        )
    head = read_checkpoint(head_envelope, public_key, "the checkpoint beside the keys")
    rows = connection.execute(_NEWEST_AND_HEAD, {"head": head.size}).all()
    if not rows:
        raise TamperError(f"the consent log has no checkpoint at all; {_RESTORE}")
    envelope = bytes(rows[-1].envelope)
    if own is not None and own.envelope == envelope:
        newest = own
    else:
        newest = read_checkpoint(envelope, public_key, "the newest checkpoint")
    if newest.size < head.size:
        raise TamperError(
            f"the consent log has {newest.size} entries but had {head.size} at "
            f"{format_time(head.at)}: entries are gone; {_RESTORE}"
        )
    if int(rows[0].size) != head.size or bytes(rows[0].envelope) != head_envelope:
        raise TamperError(
            f"the consent log went another way after entry {head.size} than the checkpoint "
            f"beside the keys says; {_RESTORE}"
        )
    return newest


def check_clock(newest: Checkpoint, at: datetime) -> None:
    """Refuse a clock that is behind what was already written."""
    if at < newest.at - CLOCK_TOLERANCE:
        raise RefusedError(
            "clock",
            "-",
            f"it is {format_time(at)} here, but the log was written at {format_time(newest.at)}",
            "set this machine's clock; nothing was changed",
        )


def append(
    connection: Connection,
    newest: Checkpoint,
    entries: Sequence[Entry],
    at: datetime,
    key: Ed25519PrivateKey,
    *,
    known: Mapping[int, bytes] | None = None,
) -> Checkpoint:
    """Write entries, their nodes and a new checkpoint; the caller holds the write lock.

    Args:
        newest: The last checkpoint, with the roots of states and blocklist as they are now.
        known: Nodes of the tree that this transaction has read already.
    """
    frontier = fetch_frontier(connection, newest.size, known)
    if root_of_peaks(frontier) != newest.root:
        raise TamperError(f"the consent log's nodes do not give its signed root; {_RESTORE}")
    openings = [_open_entry(entry, seq, at) for seq, entry in enumerate(entries, start=newest.size)]
    commitments = [commit(row["salt"], row["body"]) for row in openings]
    growth = grow(newest.size, frontier, commitments)
    grown = Checkpoint(
        size=growth.size,
        previous=newest.size,
        root=growth.root,
        states=newest.states,
        blocklist=newest.blocklist,
        at=max(at, newest.at),
    )
    signed = sign_checkpoint(grown, key)
    connection.execute(
        _ADD_EVENT,
        [
            {"seq": row["seq"], "commitment": c}
            for row, c in zip(openings, commitments, strict=True)
        ],
    )
    connection.execute(_ADD_OPENING, openings)
    connection.execute(
        _ADD_NODE, [{"id": number, "hash": value} for number, value in growth.nodes.items()]
    )
    connection.execute(_ADD_CHECKPOINT, {"size": signed.size, "envelope": signed.envelope})
    return signed


def prove_entry(
    connection: Connection, newest: Checkpoint, seq: int, read: dict[int, bytes] | None = None
) -> JsonObject:
    """Read an entry and prove it included under a signed checkpoint.

    Args:
        read: Where to keep the nodes that are read, for whoever needs them next.

    Raises:
        TamperError: the entry is missing, or is not what was committed to.
    """
    row = connection.execute(_ENTRY, {"wanted": seq}).one_or_none()
    if row is None:
        raise TamperError(f"the consent log misses entry {seq}; {_RESTORE}")
    commitment = commit(bytes(row.salt), bytes(row.body))
    if commitment != bytes(row.commitment):
        raise TamperError(f"log entry {seq} is not what was committed to; {_RESTORE}")
    if not seq < newest.size:
        raise TamperError(f"log entry {seq} is beyond the {newest.size} signed ones; {_RESTORE}")
    tree = StoredTree(connection, newest.size, [seq])
    if read is not None:
        read.update(tree.nodes)
    _prove_included(tree, newest, seq, commitment)
    return from_canonical_json(bytes(row.body), f"log entry {seq}")


def _prove_included(tree: StoredTree, newest: Checkpoint, seq: int, commitment: bytes) -> None:
    try:
        proof = tree.prove_inclusion(seq + 1)
        verify_inclusion(leaf_hash(commitment), newest.root, proof)
    except InvalidProof as fault:
        raise TamperError(
            f"log entry {seq} is not included under the signed root; {_RESTORE}"
        ) from fault


def _open_entry(entry: Entry, seq: int, at: datetime) -> dict[str, Any]:
    body = to_canonical_json(
        {
            **entry.details,
            "at": format_time(at),
            "grant_id": entry.grant_id,
            "kind": entry.kind,
            "seq": seq,
        }
    )
    return {
        "seq": seq,
        "grant_id": entry.grant_id,
        "kind": entry.kind,
        "salt": secrets.token_bytes(_SALT_BYTES),
        "body": body,
    }
