"""Copies of an embedded registry's database. Keys are never in them: copy those apart."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from consent.errors import RegistryError
from consent.ledger import Ledger


def back_up(ledger: Ledger, out: Path) -> int:
    """Write a consistent copy while the registry is in use.

    Returns:
        The number of log entries in the copy.
    """
    if not ledger.database.is_sqlite:
        raise RegistryError("a PostgreSQL registry is backed up with pg_dump; keys are not in it")
    if out.exists():
        raise RegistryError(f"{out}: is there already; choose another name")
    partial = out.with_name(f".{out.name}.part")
    try:
        with ledger.database.engine.connect() as connection:
            source = connection.connection.driver_connection
            if not isinstance(source, sqlite3.Connection):
                raise RegistryError("the embedded database is not reachable for a backup")
            target = sqlite3.connect(partial)
            try:
                source.backup(target)
            finally:
                target.close()
        partial.chmod(0o600)
        os.replace(partial, out)
    except (OSError, sqlite3.Error) as fault:
        raise RegistryError(f"{out}: the backup could not be written ({fault})") from fault
    finally:
        partial.unlink(missing_ok=True)
    with ledger.reading() as view:
        return view.newest.size
