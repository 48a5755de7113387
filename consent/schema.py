"""The tables, and what the database itself refuses to do to them.

`event`, `node` and `checkpoint` only grow. `opening` says what an event's commitment stands for;
erasing a person deletes the openings about them, and the log still proves itself. `map_node` is a
Merkle map over the states of all grants; its root stands in every checkpoint.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

REVISION = "0001"
"""The newest schema this program knows."""

metadata = MetaData()
_BIG = BigInteger().with_variant(Integer(), "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)

subject = Table(
    "subject",
    metadata,
    Column("id", Text, primary_key=True),
    Column("personal", LargeBinary),
    Column("embedding", LargeBinary),
    Column("erased", Integer, nullable=False),
    sqlite_strict=True,
)

statement = Table(
    "statement",
    metadata,
    Column("id", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_strict=True,
)

grant = Table(
    "grant_record",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject_id", Text, ForeignKey("subject.id")),
    Column("statement_id", Text, ForeignKey("statement.id")),
    Column("terms", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("state_seq", _BIG, nullable=False),
    Column("bucket", Integer, nullable=False, index=True),
    sqlite_strict=True,
)

challenge = Table(
    "challenge",
    metadata,
    Column("id", Text, primary_key=True),
    Column("grant_id", Text, ForeignKey("grant_record.id"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_strict=True,
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("grant_id", Text, ForeignKey("grant_record.id"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_strict=True,
)

seen_recording = Table(
    "seen_recording",
    metadata,
    Column("keyed_hash", Text, primary_key=True),
    sqlite_strict=True,
)

material = Table(
    "material",
    metadata,
    Column("grant_id", Text, ForeignKey("grant_record.id"), primary_key=True),
    Column("keyed_digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("seq", _BIG, nullable=False),
    Index("material_by_digest", "keyed_digest"),
    sqlite_strict=True,
)

blocklist = Table(
    "blocklist",
    metadata,
    Column("keyed_hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("seq", _BIG, nullable=False),
    sqlite_strict=True,
)

event = Table(
    "event",
    metadata,
    Column("seq", _BIG, primary_key=True, autoincrement=False),
    Column("commitment", LargeBinary, nullable=False),
    sqlite_strict=True,
)

opening = Table(
    "opening",
    metadata,
    Column("seq", _BIG, primary_key=True, autoincrement=False),
    Column("grant_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("opening_by_grant", "grant_id", "kind", "seq"),
    sqlite_strict=True,
)

node = Table(
    "node",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_strict=True,
)

map_node = Table(
    "map_node",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_strict=True,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", _BIG, primary_key=True, autoincrement=False),
    Column("envelope", LargeBinary, nullable=False),
    sqlite_strict=True,
)

APPEND_ONLY = {"event": "seq", "node": "id", "checkpoint": "size"}
FIXED_ROWS = {"opening": "seq"}
"""Tables whose rows may be deleted (erasure) but never changed or replaced."""


def guards(dialect: str) -> list[str]:
    """DDL of the triggers that keep the log append-only, in SQLite's or PostgreSQL's words."""
    make = _sqlite_guards if dialect == "sqlite" else _postgresql_guards
    statements: list[str] = []
    for table, key in APPEND_ONLY.items():
        statements += make(table, key, ("UPDATE", "DELETE"))
    for table, key in FIXED_ROWS.items():
        statements += make(table, key, ("UPDATE",))
    if dialect == "sqlite":
        statements += _sqlite_guards("meta", "key", ("DELETE",))
    return statements


def _sqlite_guards(table: str, key: str, forbidden: tuple[str, ...]) -> list[str]:
    ddl = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
        f"SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
        for verb in forbidden
    ]
    ddl.append(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) BEGIN "
        f"SELECT RAISE(ABORT, 'rows of {table} are never replaced'); END"
    )
    return ddl


def _postgresql_guards(table: str, key: str, forbidden: tuple[str, ...]) -> list[str]:
    verbs = " OR ".join(forbidden)
    ddl = [
        f"CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'rows of {table} are never changed'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE {verbs} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_guard()",
    ]
    if "DELETE" in forbidden:
        ddl.append(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_guard()"
        )
    return ddl
