"""The blocklist: people and recordings that must never be enrolled, as keyed hashes only."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select

from consent.errors import ConsentFormatError, RefusedError, TamperError
from consent.keystore import KeyStore
from consent.ledger import NOTHING_BLOCKED, Ledger, View, blocklist_hash
from consent.log import Entry
from consent.schema import blocklist

BLOCK_KIND, UNBLOCK_KIND = "block", "unblock"


class Blocked(StrEnum):
    NAME = "name"
    RECORDING = "recording"


def block(ledger: Ledger, kind: Blocked, value: str, at: datetime) -> str:
    """Add a name or a recording's SHA-256.

    Returns:
        The keyed hash under which it stands, for removing it later.
    """
    keyed = keyed_entry(ledger.keys, kind, value)
    with ledger.writing(at) as writing:
        if keyed in blocked_hashes(writing.view):
            return keyed
        row = {"keyed_hash": keyed, "kind": kind.value, "seq": writing.next_seq}
        writing.view.connection.execute(insert(blocklist), row)
        writing.record([Entry("-", BLOCK_KIND, {"hash": keyed})], blocklist_changed=True)
    return keyed


def unblock(ledger: Ledger, kind: Blocked, value: str, at: datetime) -> None:
    """Remove a name or recording that was blocked."""
    keyed = keyed_entry(ledger.keys, kind, value)
    with ledger.writing(at) as writing:
        if keyed not in blocked_hashes(writing.view):
            raise ConsentFormatError(f"that {kind.value} is not on the blocklist; spell it alike")
        connection = writing.view.connection
        connection.execute(delete(blocklist).where(blocklist.c.keyed_hash == keyed))
        writing.record([Entry("-", UNBLOCK_KIND, {"hash": keyed})], blocklist_changed=True)


def blocked_hashes(view: View) -> frozenset[str]:
    """The whole blocklist, proved to be the signed one."""
    if blocklist_hash(view.connection) != view.newest.blocklist:
        raise TamperError(
            "the blocklist is not the one that was signed: a row was changed, added or removed; "
            "restore a backup and run `melisma consent log verify`"
        )
    return frozenset(view.connection.execute(select(blocklist.c.keyed_hash)).scalars())


def check_not_blocked(view: View, kind: Blocked, value: str, grant_id: str) -> None:
    """Refuse a name or recording that is on the list.

    Raises:
        RefusedError: rule `blocklist`.
    """
    if view.newest.blocklist == NOTHING_BLOCKED:
        return
    if keyed_entry(view.keys, kind, value) in blocked_hashes(view):
        raise RefusedError(
            "blocklist",
            grant_id,
            f"this {kind.value} is on the blocklist of this registry",
            "the person asked never to be enrolled; only they can have it lifted",
        )


def keyed_entry(keys: KeyStore, kind: Blocked, value: str) -> str:
    """Names are compared without case, accents of compatibility, and spacing."""
    text = value
    if kind is Blocked.NAME:
        text = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    if not text:
        raise ConsentFormatError(f"an empty {kind.value} cannot be blocked")
    return keys.keyed_hash(f"blocked {kind.value}", text.encode())
