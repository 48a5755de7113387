"""The whole log, recomputed: what an auditor runs, with a checkpoint kept elsewhere at hand."""

from __future__ import annotations

from dataclasses import dataclass

from pymerkle import verify_consistency, verify_inclusion
from pymerkle.core import InvalidChallenge
from pymerkle.proof import InclusionProof, InvalidProof
from sqlalchemy import Connection, select

from consent.canonical import JsonObject, from_canonical_json
from consent.dossier import evidence_hash
from consent.errors import ConsentFormatError, TamperError
from consent.ledger import Ledger, View, blocklist_hash
from consent.log import Checkpoint, commit, read_checkpoint
from consent.merkle import StoredTree, grow, node_id, pair_hash, root_of_peaks
from consent.records import STATE_KIND, check_entry
from consent.schema import (
    blocklist,
    checkpoint,
    event,
    evidence,
    map_node,
    material,
    node,
    opening,
    seen_recording,
)
from consent.schema import grant as grant_table
from consent.statemap import DEPTH, EMPTY, GrantRow, bucket_hash, bucket_of, to_grant_row
from consent.states import State


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was recomputed and agreed."""

    entries: int
    grants: int
    redacted: int
    checkpoint: Checkpoint
    kept_size: int | None


@dataclass(frozen=True, slots=True)
class InclusionEvidence:
    """A proof that anybody can check with the registry's public key and pymerkle."""

    seq: int
    leaf: bytes
    proof: JsonObject
    checkpoint: Checkpoint

    def verify(self) -> None:
        """Raises TamperError if the proof does not hold under the checkpoint's root."""
        try:
            proof = InclusionProof.deserialize(self.proof)
            verify_inclusion(
                self.leaf, self.checkpoint.root, proof, self.seq + 1, self.checkpoint.size
            )
        except InvalidProof as fault:
            raise TamperError(f"the inclusion of entry {self.seq} is not proved") from fault


def audit(ledger: Ledger, kept: bytes | None = None) -> AuditReport:
    """Recompute every hash, signature, state and opening of the registry.

    Args:
        kept: The envelope of a checkpoint that was kept outside the database.

    Raises:
        TamperError: the first thing that does not agree, named.
    """
    with ledger.reading() as view:
        connection, newest = view.connection, view.newest
        commitments = _check_tree(view)
        bodies = _check_openings(connection, commitments)
        grants = _check_states(connection, newest, bodies)
        redacted = _check_redactions(bodies, len(commitments))
        _check_materials(connection, bodies)
        _check_evidence(connection, bodies)
        _check_blocklist(view, bodies)
        kept_size = None if kept is None else _check_kept(view, kept)
        return AuditReport(len(commitments), grants, redacted, newest, kept_size)


def prove(ledger: Ledger, seq: int) -> InclusionEvidence:
    """The inclusion of one entry under the newest checkpoint."""
    with ledger.reading() as view:
        tree = StoredTree(view.connection, view.newest.size, [seq])
        try:
            proof = tree.prove_inclusion(seq + 1)
            leaf = tree.get_leaf(seq + 1)
        except (InvalidChallenge, ValueError) as fault:
            raise ConsentFormatError(
                f"entry {seq}: the log has entries 0 to {view.newest.size - 1}"
            ) from fault
        return InclusionEvidence(seq, leaf, proof.serialize(), view.newest)


def _check_tree(view: View) -> list[bytes]:
    """Events give the nodes, the nodes give the roots, the roots are signed."""
    connection = view.connection
    events = connection.execute(select(event).order_by(event.c.seq)).all()
    _agree([row.seq for row in events], range(len(events)), "the numbering of log entries")
    commitments = [bytes(row.commitment) for row in events]
    envelopes = {
        int(row.size): bytes(row.envelope) for row in connection.execute(select(checkpoint))
    }
    if 0 not in envelopes:
        raise TamperError("the first checkpoint of the log is missing")
    size, frontier = 0, list[bytes]()
    nodes: dict[int, bytes] = {}
    last: Checkpoint | None = None
    for end in sorted(envelopes):
        if end > len(commitments):
            raise TamperError(f"checkpoint {end} is beyond the {len(commitments)} log entries")
        before = size
        growth = grow(size, frontier, commitments[size:end])
        size, frontier = growth.size, growth.frontier
        nodes.update(growth.nodes)
        signed = read_checkpoint(envelopes[end], view.keys.public_key, f"checkpoint {end}")
        said = (signed.size, signed.previous, signed.root)
        _agree(said, (end, before, root_of_peaks(frontier)), f"checkpoint {end}")
        if last is not None and signed.at < last.at:
            raise TamperError(f"checkpoint {end} is earlier than the one before it")
        last = signed
    _agree(size, len(commitments), "the number of signed log entries")
    stored = {int(row.id): bytes(row.hash) for row in connection.execute(select(node))}
    _agree(stored, nodes, "the nodes of the log's tree")
    return commitments


def _check_openings(connection: Connection, commitments: list[bytes]) -> dict[int, JsonObject]:
    bodies: dict[int, JsonObject] = {}
    for row in connection.execute(select(opening)):
        seq = int(row.seq)
        if not seq < len(commitments):
            raise TamperError(f"log entry {seq} has a meaning but no commitment")
        _agree(commit(bytes(row.salt), bytes(row.body)), commitments[seq], f"log entry {seq}")
        body = from_canonical_json(bytes(row.body), f"log entry {seq}")
        said = (body.get("seq"), body.get("grant_id"), body.get("kind"))
        _agree(said, (seq, row.grant_id, row.kind), f"the columns of log entry {seq}")
        bodies[seq] = body
    return bodies


def _check_states(connection: Connection, newest: Checkpoint, bodies: dict[int, JsonObject]) -> int:
    last_state: dict[str, int] = {}
    for seq in sorted(bodies):
        if bodies[seq]["kind"] == STATE_KIND:
            last_state[bodies[seq]["grant_id"]] = seq
    rows: dict[int, list[GrantRow]] = {}
    count = 0
    for found in connection.execute(select(grant_table)):
        row = to_grant_row(found)
        _agree(found.bucket, bucket_of(row.id), f"the bucket of grant {row.id}")
        _agree(row.state_seq, last_state.get(row.id), f"the last log entry of grant {row.id}")
        check_entry(row, bodies[row.state_seq])
        rows.setdefault(row.bucket, []).append(row)
        count += 1
    _agree(count, len(last_state), "the number of grants in the table and in the log")
    _check_map(connection, newest, rows)
    return count


def _check_map(connection: Connection, newest: Checkpoint, rows: dict[int, list[GrantRow]]) -> None:
    hashes = {bucket: bucket_hash(members) for bucket, members in rows.items()}
    nodes: dict[int, bytes] = {}
    for level in range(DEPTH):
        nodes.update({node_id(level, index): value for index, value in hashes.items()})
        hashes = {
            parent: pair_hash(
                hashes.get(2 * parent, EMPTY[level]), hashes.get(2 * parent + 1, EMPTY[level])
            )
            for parent in {index >> 1 for index in hashes}
        }
    nodes.update({node_id(DEPTH, 0): value for value in hashes.values()})
    _agree(hashes.get(0, EMPTY[DEPTH]), newest.states, "the root of the grants' states")
    stored = {int(row.id): bytes(row.hash) for row in connection.execute(select(map_node))}
    _agree(stored, nodes, "the nodes of the grants' states")


def _check_redactions(bodies: dict[int, JsonObject], size: int) -> int:
    allowed: set[int] = set()
    for body in bodies.values():
        if body.get("state") == State.ERASED.value:
            allowed |= set(body["redacted"])
    missing = set(range(size)) - set(bodies)
    _agree(missing, allowed, "the log entries without a meaning, and those that were erased")
    return len(missing)


def _check_materials(connection: Connection, bodies: dict[int, JsonObject]) -> None:
    listed = {
        (body["grant_id"], keyed, body["kind"])
        for body in bodies.values()
        for keyed in body.get("digests", [])
    }
    found = set()
    for row in connection.execute(select(material)):
        body = bodies.get(int(row.seq), {})
        said = (body.get("grant_id"), body.get("kind"))
        if said != (row.grant_id, row.kind) or row.keyed_digest not in body.get("digests", []):
            raise TamperError(f"material of grant {row.grant_id} is not what the log lists")
        found.add((row.grant_id, row.keyed_digest, row.kind))
    _agree(found, listed, "the registered material in the table and in the log")


def _check_evidence(connection: Connection, bodies: dict[int, JsonObject]) -> None:
    listed = {keyed for body in bodies.values() for keyed in body.get("evidence", [])}
    stored = {
        evidence_hash(row.id, row.grant_id, bytes(row.sealed))
        for row in connection.execute(select(evidence))
    }
    _agree(stored, listed, "the evidence in the table and in the log")
    listed = {keyed for body in bodies.values() for keyed in body.get("seen", [])}
    seen = set(connection.execute(select(seen_recording.c.keyed_hash)).scalars())
    _agree(listed - seen, set(), "the recordings seen before, in the table and in the log")


def _check_blocklist(view: View, bodies: dict[int, JsonObject]) -> None:
    _agree(blocklist_hash(view.connection), view.newest.blocklist, "the blocklist")
    for row in view.connection.execute(select(blocklist)):
        body = bodies.get(int(row.seq), {})
        _agree(body.get("hash"), row.keyed_hash, "a line of the blocklist")


def _check_kept(view: View, kept: bytes) -> int:
    what = "the checkpoint kept elsewhere"
    old = read_checkpoint(kept, view.keys.public_key, what)
    if old.size > view.newest.size:
        raise TamperError(
            f"the log has {view.newest.size} entries, but {what} has {old.size}: entries are gone"
        )
    if old.size == 0:
        return 0
    proof = StoredTree(view.connection, view.newest.size).prove_consistency(old.size)
    try:
        verify_consistency(old.root, view.newest.root, proof)
    except InvalidProof as fault:
        raise TamperError(f"the log is no continuation of {what}") from fault
    return old.size


def _agree(found: object, expected: object, what: str) -> None:
    if isinstance(expected, range):
        expected = list(expected)
    if found != expected:
        raise TamperError(f"{what} do not agree; restore a backup")
