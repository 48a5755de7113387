"""A Merkle map over the states of all grants, so that no row can be turned back unnoticed.

A log alone cannot show that nothing came after: whoever edits the database could hide a
revocation. So every checkpoint also signs the root of this map: 65,536 buckets by the hash of the
grant's id, each the hash of its grants' rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from consent.canonical import to_canonical_json
from consent.errors import TamperError
from consent.merkle import fetch_nodes, node_id, pair_hash
from consent.schema import grant, map_node
from consent.states import State
from consent.upsert import upsert

DEPTH = 16
_DOMAIN = b"melisma-state-v1\0"
_BATCH = 500
_BUCKET = select(grant).where(grant.c.bucket == bindparam("wanted"))
_BUCKETS = select(grant).where(grant.c.bucket.in_(bindparam("wanted", expanding=True)))


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
    found = connection.execute(_BUCKET, {"wanted": bucket})
    return [to_grant_row(row) for row in found if bucket_of(row.id) == bucket]


def prove_bucket(
    connection: Connection, bucket: int, rows: Sequence[GrantRow], signed_root: bytes
) -> None:
    """Show that these rows are all the bucket holds, under the signed root.

    Raises:
        TamperError: a row was changed, added, removed or put back.
    """
    around = _Surroundings(connection, [bucket])
    around.check({bucket: bucket_hash(rows)}, signed_root)


def store_rows(connection: Connection, rows: Sequence[GrantRow], signed_root: bytes) -> bytes:
    """Write rows and the map above them.

    Everything around them is proved first, so that a new signature never covers an old forgery.

    Returns:
        The new root.
    """
    buckets = sorted({row.bucket for row in rows})
    around = _Surroundings(connection, buckets)
    before = _read_buckets(connection, buckets)
    around.check({bucket: bucket_hash(before[bucket]) for bucket in buckets}, signed_root)
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
    after = _read_buckets(connection, buckets)
    nodes = around.climb({bucket: bucket_hash(after[bucket]) for bucket in buckets})
    upsert(connection, map_node, [{"id": number, "hash": h} for number, h in nodes.items()])
    return nodes[node_id(DEPTH, 0)]


class _Surroundings:
    """The stored nodes beside the paths from some buckets to the root."""

    def __init__(self, connection: Connection, buckets: Sequence[int]) -> None:
        lonely: set[int] = set()
        indices = set(buckets)
        for level in range(DEPTH):
            lonely |= {node_id(level, index ^ 1) for index in indices if index ^ 1 not in indices}
            indices = {index >> 1 for index in indices}
        self._nodes = fetch_nodes(connection, lonely, "map_node")

    def climb(self, hashes: Mapping[int, bytes]) -> dict[int, bytes]:
        """All nodes from these buckets up to the root, by id."""
        found: dict[int, bytes] = {}
        for level in range(DEPTH):
            found.update({node_id(level, index): value for index, value in hashes.items()})
            hashes = {
                parent: pair_hash(
                    self._at(level, 2 * parent, hashes), self._at(level, 2 * parent + 1, hashes)
                )
                for parent in {index >> 1 for index in hashes}
            }
        return {**found, node_id(DEPTH, 0): hashes[0]}

    def check(self, hashes: Mapping[int, bytes], signed_root: bytes) -> None:
        if self.climb(hashes)[node_id(DEPTH, 0)] != signed_root:
            raise TamperError(
                "the states of grants in the registry are not those that were signed: a row was "
                "changed, added, removed or put back; restore a backup and run "
                "`melisma consent log verify`"
            )

    def _at(self, level: int, index: int, hashes: Mapping[int, bytes]) -> bytes:
        found = hashes.get(index)
        return self._nodes.get(node_id(level, index), EMPTY[level]) if found is None else found


def _read_buckets(connection: Connection, buckets: Sequence[int]) -> dict[int, list[GrantRow]]:
    found: dict[int, list[GrantRow]] = {bucket: [] for bucket in buckets}
    for start in range(0, len(buckets), _BATCH):
        wanted = {"wanted": list(buckets[start : start + _BATCH])}
        for row in connection.execute(_BUCKETS, wanted):
            if row.bucket == bucket_of(row.id):
                found[row.bucket].append(to_grant_row(row))
    return found


def to_grant_row(found: Row[Any]) -> GrantRow:
    """A row of the table, as it stands there, unproved."""
    try:
        state = State(found.state)
    except ValueError as fault:
        raise TamperError(
            f"grant {found.id} is in the unknown state {found.state!r}; restore a backup"
        ) from fault
    return GrantRow(
        id=found.id,
        subject_id=found.subject_id,
        statement_id=found.statement_id,
        terms=bytes(found.terms),
        state=state,
        state_seq=found.state_seq,
    )
