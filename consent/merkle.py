"""The log's Merkle tree (RFC 6962): pymerkle's proofs over nodes that stand in the database.

Node `(level, index)` is the root of the `2**level` leaves from `index * 2**level` on, so that a
proof over any number of entries reads a few dozen rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymerkle import BaseMerkleTree
from pymerkle.hasher import MerkleHasher
from sqlalchemy import Connection, text

from consent.errors import TamperError

_LEVEL_BITS = 48
_HASHER = MerkleHasher("sha256")
_LISTED = {
    "sqlite": "(SELECT value FROM json_each(:ids))",
    "postgresql": "(SELECT CAST(value AS bigint) FROM "
    "json_array_elements_text(CAST(:ids AS json)))",
}
_FETCH = {
    (table, dialect): text(f"SELECT id, hash FROM {table} WHERE id IN {listed}")
    for table in ("node", "map_node")
    for dialect, listed in _LISTED.items()
}


def node_id(level: int, index: int) -> int:
    return (level << _LEVEL_BITS) | index


def leaf_hash(commitment: bytes) -> bytes:
    return bytes(_HASHER.hash_buff(commitment))


def pair_hash(left: bytes, right: bytes) -> bytes:
    return bytes(_HASHER.hash_pair(left, right))


def peaks(size: int) -> list[tuple[int, int]]:
    """(level, index) of the perfect subtrees that a tree of this size is made of, left to right."""
    found: list[tuple[int, int]] = []
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def root_of_peaks(hashes: Sequence[bytes]) -> bytes:
    """The root of a tree from its peaks, left to right."""
    if not hashes:
        return bytes(_HASHER.hash_empty())
    return bytes(_HASHER.hash_fold(list(reversed(hashes))))


def grow(size: int, frontier: Sequence[bytes], commitments: Iterable[bytes]) -> Growth:
    """Append leaves to a tree known by its peaks."""
    stack = list(frontier)
    nodes: dict[int, bytes] = {}
    for commitment in commitments:
        current, level, index = leaf_hash(commitment), 0, size
        nodes[node_id(0, index)] = current
        while index & 1:
            current = pair_hash(stack.pop(), current)
            level, index = level + 1, index >> 1
            nodes[node_id(level, index)] = current
        stack.append(current)
        size += 1
    return Growth(size, stack, nodes)


class Growth:
    """A tree after appending: its size, its peaks, and the nodes that came into being."""

    def __init__(self, size: int, frontier: list[bytes], nodes: dict[int, bytes]) -> None:
        self.size = size
        self.frontier = frontier
        self.nodes = nodes

    @property
    def root(self) -> bytes:
        return root_of_peaks(self.frontier)


def fetch_nodes(
    connection: Connection, ids: Iterable[int], table: str = "node"
) -> dict[int, bytes]:
    """Read nodes of the log (`node`) or the state map (`map_node`); missing ones are left out."""
    query = _FETCH[table, connection.dialect.name]
    rows = connection.execute(query, {"ids": json.dumps(list(ids))})
    return {number: bytes(value) for number, value in rows.all()}


def fetch_frontier(
    connection: Connection, size: int, known: Mapping[int, bytes] | None = None
) -> list[bytes]:
    """The peaks of the stored tree when it had `size` leaves.

    Args:
        known: Nodes that this transaction has read already.
    """
    wanted = [node_id(level, index) for level, index in peaks(size)]
    nodes = known or {}
    if not nodes.keys() >= set(wanted):
        nodes = fetch_nodes(connection, wanted)
    missing = [number for number in wanted if number not in nodes]
    if missing:
        raise TamperError(
            f"the consent log misses {len(missing)} of its nodes; restore a backup and run "
            "`melisma consent log verify`"
        )
    return [nodes[number] for number in wanted]


class StoredTree(BaseMerkleTree):  # type: ignore[misc]  # pymerkle carries no types
    """A read-only view of the stored tree with `size` leaves, for pymerkle to prove things on."""

    def __init__(self, connection: Connection, size: int, leaves: Iterable[int] = ()) -> None:
        """Read ahead all nodes that proofs about these leaves (counted from 0) can need."""
        super().__init__("sha256", disable_cache=True)
        self._connection = connection
        self._size = size
        wanted = {node_id(level, index) for level, index in peaks(size)}
        for leaf in leaves:
            wanted.add(node_id(0, leaf))
            wanted |= {node_id(level, (leaf >> level) ^ 1) for level in range(size.bit_length())}
        self._nodes = fetch_nodes(connection, wanted)

    @property
    def nodes(self) -> Mapping[int, bytes]:
        """What was read."""
        return self._nodes

    def _get_size(self) -> int:
        return self._size

    def _get_leaf(self, index: int) -> bytes:
        return self._node(0, index - 1)

    def _get_leaves(self, offset: int, width: int) -> list[bytes]:
        return [self._node(0, offset + step) for step in range(width)]

    def _get_subroot_uncached(self, offset: int, width: int) -> bytes:
        level = width.bit_length() - 1
        return self._node(level, offset >> level)

    def _encode_entry(self, data: Any) -> bytes:
        raise NotImplementedError("entries are appended by consent.log")

    def _store_leaf(self, data: Any, digest: bytes) -> int:
        raise NotImplementedError("entries are appended by consent.log")

    def _node(self, level: int, index: int) -> bytes:
        number = node_id(level, index)
        if number not in self._nodes:
            self._nodes.update(fetch_nodes(self._connection, [number]))
        if number not in self._nodes:
            raise TamperError(
                f"the consent log misses node {level}/{index}; restore a backup and run "
                "`melisma consent log verify`"
            )
        return self._nodes[number]
