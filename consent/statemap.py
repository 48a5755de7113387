"""A Merkle map over the states of all grants, so that no row can be turned back unnoticed.

A log alone cannot show that nothing came after: whoever edits the database could hide a
revocation. So every checkpoint also signs the root of this map: 65,536 buckets by the hash of the
grant's id, each the hash of its grants' rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from consent.canonical import to_canonical_json
from consent.errors import TamperError
from consent.merkle import node_id, pair_hash
from consent.schema import grant, map_node
from consent.states import State
from consent.upsert import upsert

DEPTH = 16
_DOMAIN = b"melisma-state-v1\0"
_BUCKET = select(grant).where(grant.c.bucket == bindparam("wanted"))
_NODES = select(map_node.c.id, map_node.c.hash).where(
    map_node.c.id.in_(bindparam("wanted", expanding=True))
)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant as the table holds it. `terms` is sealed for persons, plain for licences."""

    id: str
    subject_id: str | None
    statement_id: str | None
    terms: bytes
    state: State
    state_seq: int

    @property
    def bucket(self) -> int:
        return bucket_of(self.id)

    def digest(self) -> bytes:
        """What the map binds: every column."""
        body = to_canonical_json(
            {
                "id": self.id,
                "state": self.state.value,
                "state_seq": self.state_seq,
                "statement_id": self.statement_id,
                "subject_id": self.subject_id,
                "terms": hashlib.sha256(self.terms).hexdigest(),
            }
        )
        return hashlib.sha256(_DOMAIN + body).digest()


def bucket_of(grant_id: str) -> int:
    return int.from_bytes(hashlib.sha256(grant_id.encode()).digest()[:2], "big")


def bucket_hash(rows: Iterable[GrantRow]) -> bytes:
    """The leaf of a bucket; an empty one has a hash as well."""
    state = hashlib.sha256(_DOMAIN)
    for row in sorted(rows, key=lambda row: row.id):
        state.update(row.digest())
    return state.digest()


def empty_hashes() -> list[bytes]:
    """The hash of an empty subtree of each level, leaves first."""
    hashes = [bucket_hash([])]
    for _ in range(DEPTH):
        hashes.append(pair_hash(hashes[-1], hashes[-1]))
    return hashes


EMPTY = empty_hashes()


def read_bucket(connection: Connection, bucket: int) -> list[GrantRow]:
    rows = connection.execute(_BUCKET, {"wanted": bucket})
    return [
        GrantRow(
            id=row.id,
            subject_id=row.subject_id,
            statement_id=row.statement_id,
            terms=bytes(row.terms),
            state=_state(row.id, row.state),
            state_seq=row.state_seq,
        )
        for row in rows
        if row.bucket == bucket_of(row.id)
    ]


def prove_bucket(
    connection: Connection, bucket: int, rows: Sequence[GrantRow], signed_root: bytes
) -> None:
    """Show that these rows are all the bucket holds, under the signed root.

    Raises:
        TamperError: a row was changed, added, removed or put back.
    """
    siblings = [node_id(level, (bucket >> level) ^ 1) for level in range(DEPTH)]
    nodes = _fetch(connection, siblings)
    current = bucket_hash(rows)
    for level, sibling in enumerate(siblings):
        other = nodes.get(sibling, EMPTY[level])
        left, right = (other, current) if bucket >> level & 1 else (current, other)
        current = pair_hash(left, right)
    if current != signed_root:
        raise TamperError(
            "the states of grants in the registry are not those that were signed: a row was "
            "changed, added, removed or put back; restore a backup and run "
            "`melisma consent log verify`"
        )


def store_rows(connection: Connection, rows: Sequence[GrantRow], signed_root: bytes) -> bytes:
    """Write rows and the map above them.

    Everything around them is proved first, so that a new signature never covers an old forgery.

    Returns:
        The new root.
    """
    for bucket in {row.bucket for row in rows}:
        prove_bucket(connection, bucket, read_bucket(connection, bucket), signed_root)
    upsert(
        connection,
        grant,
        [
            {
                "id": row.id,
                "subject_id": row.subject_id,
                "statement_id": row.statement_id,
                "terms": row.terms,
                "state": row.state.value,
                "state_seq": row.state_seq,
                "bucket": row.bucket,
            }
            for row in rows
        ],
    )
    level_hashes = {
        bucket: bucket_hash(read_bucket(connection, bucket))
        for bucket in {row.bucket for row in rows}
    }
    nodes: dict[int, bytes] = {}
    for level in range(DEPTH):
        nodes.update({node_id(level, index): value for index, value in level_hashes.items()})
        level_hashes = _parents(connection, level, level_hashes)
    nodes[node_id(DEPTH, 0)] = level_hashes[0]
    upsert(connection, map_node, [{"id": number, "hash": h} for number, h in nodes.items()])
    return level_hashes[0]


def _parents(connection: Connection, level: int, hashes: Mapping[int, bytes]) -> dict[int, bytes]:
    lonely = {index ^ 1 for index in hashes} - set(hashes)
    stored = _fetch(connection, [node_id(level, index) for index in lonely])
    around = {index: stored.get(node_id(level, index), EMPTY[level]) for index in lonely}
    around.update(hashes)
    return {
        parent: pair_hash(around[2 * parent], around[2 * parent + 1])
        for parent in {index >> 1 for index in hashes}
    }


def _fetch(connection: Connection, ids: Sequence[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for start in range(0, len(ids), 500):
        rows = connection.execute(_NODES, {"wanted": list(ids[start : start + 500])})
        found.update({int(row.id): bytes(row.hash) for row in rows})
    return found


def _state(grant_id: str, name: str) -> State:
    try:
        return State(name)
    except ValueError as fault:
        raise TamperError(
            f"grant {grant_id} is in the unknown state {name!r}; restore a backup"
        ) from fault
