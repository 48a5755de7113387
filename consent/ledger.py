"""A registry's database and keys together: verified views of it, and writes that are whole.

Every view starts from the newest signed checkpoint and the copy of it beside the keys; every
write ends with a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import Connection, insert, select

from consent.database import Database, create_database, open_database
from consent.errors import RegistryError, TamperError
from consent.keystore import KeyStore
from consent.location import RegistryLocation
from consent.log import (
    Checkpoint,
    Entry,
    append,
    check_clock,
    newest_checkpoint,
    proved_checkpoint,
    read_checkpoint,
    sign_checkpoint,
)
from consent.merkle import root_of_peaks
from consent.schema import blocklist, checkpoint
from consent.statemap import EMPTY, GrantRow, store_rows

NOTHING_BLOCKED = hashlib.sha256(b"melisma-blocklist-v1\0").digest()
_BLOCKED = select(blocklist.c.keyed_hash, blocklist.c.kind, blocklist.c.seq)


@dataclass(frozen=True, slots=True)
class View:
    """A connection, and the signed checkpoint that everything read from it is proved against.

    `nodes` are those of the log's tree that were read so far.
    """

    connection: Connection
    newest: Checkpoint
    keys: KeyStore
    nodes: dict[int, bytes] = field(default_factory=dict)


class Writing:
    """One write in progress. `record` may be called once; then the transaction is kept."""

    def __init__(self, view: View, at: datetime) -> None:
        self.view = view
        self.at = at
        self.signed: Checkpoint | None = None
        self.moves_head = False

    @property
    def next_seq(self) -> int:
        """The sequence number that the first recorded entry will get."""
        return self.view.newest.size

    def record(
        self,
        entries: Sequence[Entry],
        rows: Sequence[GrantRow] = (),
        *,
        moves_head: bool = True,
        blocklist_changed: bool = False,
    ) -> Checkpoint:
        """Append entries to the log and store the grants they are about.

        Args:
            moves_head: Whether the checkpoint is also kept beside the keys: everything but
                permits, which are worth nothing once they are 15 minutes old.
        """
        if self.signed is not None:
            raise RegistryError("a write records once; open another")
        connection, newest = self.view.connection, self.view.newest
        states = store_rows(connection, rows, newest.states) if rows else newest.states
        blocked = blocklist_hash(connection) if blocklist_changed else newest.blocklist
        current = replace(newest, states=states, blocklist=blocked)
        key = self.view.keys.signing_key
        self.signed = append(connection, current, entries, self.at, key, known=self.view.nodes)
        self.moves_head = moves_head
        return self.signed


class Ledger:
    """The foundation of a registry."""

    def __init__(self, database: Database, keys: KeyStore) -> None:
        self.database = database
        self.keys = keys
        self._own: Checkpoint | None = None

    @classmethod
    def create(cls, location: RegistryLocation) -> Self:
        """Make a registry, or finish or update one; an existing log is left as it is."""
        keys = KeyStore.create(location.keys)
        ledger = cls(create_database(location), keys)
        with ledger.database.writing() as connection:
            if connection.execute(select(checkpoint.c.size).limit(1)).scalar() is None:
                if keys.read_head() is not None:
                    raise TamperError(
                        f"{location.keys}: these keys belong to a registry whose log is not in "
                        "this database; restore the database, or choose another folder of keys"
                    )
                first = _empty_checkpoint(keys)
                connection.execute(
                    insert(checkpoint), {"size": first.size, "envelope": first.envelope}
                )
        ledger.adopt_head(only_missing=True)
        return ledger

    @classmethod
    def open(cls, location: RegistryLocation) -> Self:
        """Open a registry that is there, with its keys."""
        database = open_database(location)
        return cls(database, KeyStore.open(location.keys))

    @contextmanager
    def reading(self) -> Iterator[View]:
        """A view that is proved to be no older than what was last kept beside the keys."""
        head = self.keys.read_head()
        with self.database.reading() as connection:
            yield self._view(connection, head)

    @contextmanager
    def writing(self, at: datetime) -> Iterator[Writing]:
        """A write under the lock; kept when the block ends well, undone when it raises."""
        with self.database.writing() as connection:
            view = self._view(connection, self.keys.read_head())
            check_clock(view.newest, at)
            writing = Writing(view, at)
            yield writing
        self._own = writing.signed
        if writing.signed is not None and writing.moves_head:
            self._move_head(writing.signed)

    def adopt_head(self, only_missing: bool = False) -> Checkpoint:
        """Keep the database's newest checkpoint beside the keys, whatever was there.

        This is for a registry that was restored from a backup on purpose.
        """
        with self.keys.head_lock(), self.database.reading() as connection:
            newest = newest_checkpoint(connection, self.keys.public_key)
            if not (only_missing and self.keys.read_head() is not None):
                self.keys.write_head(newest.envelope)
            return newest

    def close(self) -> None:
        self.database.close()

    def _view(self, connection: Connection, head: bytes | None) -> View:
        newest = proved_checkpoint(connection, head, self.keys.public_key, self._own)
        return View(connection, newest, self.keys)

    def _move_head(self, signed: Checkpoint) -> None:
        with self.keys.head_lock():
            old = self.keys.read_head()
            public_key = self.keys.public_key
            if old is None or read_checkpoint(old, public_key, "head.json").size < signed.size:
                self.keys.write_head(signed.envelope)


def blocklist_hash(connection: Connection) -> bytes:
    """The hash of the whole blocklist, which every checkpoint signs."""
    state = hashlib.sha256(b"melisma-blocklist-v1\0")
    for keyed_hash, kind, seq in sorted(tuple(row) for row in connection.execute(_BLOCKED)):
        state.update(f"{keyed_hash} {kind} {seq}\n".encode())
    return state.digest()


def _empty_checkpoint(keys: KeyStore) -> Checkpoint:
    beginning = datetime(1970, 1, 1, tzinfo=UTC)
    unsigned = Checkpoint(0, 0, root_of_peaks([]), EMPTY[-1], NOTHING_BLOCKED, beginning)
    return sign_checkpoint(unsigned, keys.signing_key)
