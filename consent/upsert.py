"""Insert or overwrite by primary key, in both databases' words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows whose primary keys may be there already."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        changes = {c.name: lite.excluded[c.name] for c in table.c if c.name not in keys}
        connection.execute(
            lite.on_conflict_do_update(index_elements=keys, set_=changes), list(rows)
        )
    else:
        post = postgresql.insert(table)
        changes = {c.name: post.excluded[c.name] for c in table.c if c.name not in keys}
        connection.execute(
            post.on_conflict_do_update(index_elements=keys, set_=changes), list(rows)
        )
