"""The Merkle log against RFC 6962's own answers, and against an oracle from another library."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from asking import NOW, enrol
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from consent.errors import ConsentFormatError, TamperError
from consent.log import read_checkpoint, sign_checkpoint
from consent.merkle import StoredTree, grow, leaf_hash, node_id, peaks, root_of_peaks
from consent.registry import Registry
from consent.statemap import EMPTY

# Inputs and roots of the certificate-transparency project's Merkle tree tests.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_rfc_6962(size: int) -> None:
    assert grow(0, [], INPUTS[:size]).root.hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of_peaks([]) == hashlib.sha256(b"").digest()


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_growing_in_any_steps_gives_the_same_tree(steps: list[int]) -> None:
    leaves = [str(i).encode() for i in range(sum(steps))]
    oracle = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        oracle.append_entry(leaf)
    size, frontier, nodes = 0, list[bytes](), dict[int, bytes]()
    for step in steps:
        growth = grow(size, frontier, leaves[size : size + step])
        size, frontier = growth.size, growth.frontier
        nodes.update(growth.nodes)
    assert root_of_peaks(frontier) == oracle.get_root()
    assert [nodes[node_id(level, index)] for level, index in peaks(size)] == frontier


def test_entries_prove_their_inclusion_to_anybody(registry: Registry) -> None:
    enrol(registry)
    size = registry.checkpoint().size
    for seq in range(size):
        registry.prove(seq).verify()
    stolen = replace(registry.prove(0), seq=1)
    with pytest.raises(TamperError):
        stolen.verify()
    with pytest.raises(TamperError):
        replace(registry.prove(0), leaf=leaf_hash(b"other")).verify()
    with pytest.raises(ConsentFormatError, match=f"entries 0 to {size - 1}"):
        registry.prove(size)


def test_every_state_of_the_log_continues_every_earlier_one(embedded: Registry) -> None:
    enrol(embedded)
    checkpoints = [embedded.checkpoint()]
    for _ in range(3):
        enrol(embedded)
        checkpoints.append(embedded.checkpoint())
    with embedded.ledger.reading() as view:
        for later in checkpoints:
            tree = StoredTree(view.connection, later.size)
            for earlier in checkpoints:
                if earlier.size <= later.size:
                    proof = tree.prove_consistency(earlier.size)
                    verify_consistency(earlier.root, later.root, proof)
            proof = tree.prove_inclusion(1)
            verify_inclusion(tree.get_leaf(1), later.root, proof)
    for earlier in checkpoints:
        assert embedded.audit(earlier.envelope).kept_size == earlier.size


def test_a_checkpoint_of_another_history_is_noticed(embedded: Registry) -> None:
    enrol(embedded)
    true = embedded.checkpoint()
    key = embedded.ledger.keys.signing_key
    other = sign_checkpoint(replace(true, root=hashlib.sha256(b"other").digest()), key)
    with pytest.raises(TamperError, match="no continuation"):
        embedded.audit(other.envelope)
    longer = sign_checkpoint(replace(true, size=true.size + 1), key)
    with pytest.raises(TamperError, match="entries are gone"):
        embedded.audit(longer.envelope)


def test_a_checkpoint_says_what_was_signed(embedded: Registry) -> None:
    found = embedded.checkpoint()
    public = embedded.ledger.keys.public_key
    assert read_checkpoint(found.envelope, public, "x") == found
    assert (found.size, found.states) == (0, EMPTY[-1])
    with pytest.raises(TamperError):
        read_checkpoint(found.envelope[:-3], public, "x")


def test_the_log_holds_no_names(embedded: Registry) -> None:
    grant_id = enrol(embedded, at=NOW)
    with embedded.ledger.reading() as view:
        rows = view.connection.exec_driver_sql("SELECT commitment FROM event").all()
        bodies = view.connection.exec_driver_sql("SELECT body FROM opening").all()
    assert all(len(row[0]) == 32 for row in rows)
    text = b" ".join(bytes(row[0]) for row in bodies)
    assert grant_id.encode() in text
    assert b"Ada" not in text
    assert b"Night Trains" not in text
