"""Connections: an embedded SQLite made hard to damage, or a PostgreSQL server.

Every write is one transaction that holds the registry's single write lock from its first
statement, so a decision and its record cannot be separated by somebody else's write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from consent.errors import RegistryError, TamperError
from consent.location import RegistryLocation
from consent.schema import REVISION

BUSY_TIMEOUT_S = 60.0
_ADVISORY_LOCK = 0x4D454C49
_MAINTENANCE = "maintenance"
_FORBIDDEN_ACTIONS = frozenset(
    getattr(sqlite3, name)
    for name in (
        "SQLITE_DROP_TRIGGER",
        "SQLITE_DROP_TABLE",
        "SQLITE_DROP_INDEX",
        "SQLITE_DROP_VIEW",
        "SQLITE_DROP_TEMP_TRIGGER",
        "SQLITE_CREATE_TRIGGER",
        "SQLITE_CREATE_TABLE",
        "SQLITE_CREATE_VIEW",
        "SQLITE_CREATE_INDEX",
        "SQLITE_CREATE_TEMP_TRIGGER",
        "SQLITE_CREATE_TEMP_TABLE",
        "SQLITE_CREATE_TEMP_VIEW",
        "SQLITE_ALTER_TABLE",
        "SQLITE_ATTACH",
        "SQLITE_DETACH",
    )
)
_SAFE_PRAGMAS = frozenset(
    {
        "integrity_check",
        "max_page_count",
        "page_count",
        "table_info",
        "table_xinfo",
        "wal_checkpoint",
    }
)


class Database:
    """One registry's database. Open it with `open_database` or `create_database`."""

    def __init__(self, location: RegistryLocation, maintenance: bool = False) -> None:
        """`maintenance` leaves schema changes possible: for migrations alone."""
        self.location = location
        self.engine = _make_engine(location, maintenance)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of everything that was committed."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._faults_named(), self.engine.connect() as plain:
            connection = plain.execution_options(**options) if options else plain
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction under the write lock: all of it is kept, or nothing."""
        with self._faults_named(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.info["melisma_begin"] = "BEGIN IMMEDIATE"
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
                yield connection

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as fault:
            reason = str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
            kind = TamperError if "malformed" in reason or "not a database" in reason else None
            raise (kind or RegistryError)(
                f"{_name(self.location)}: {reason}; nothing was changed. Check that the disk has "
                "room and the database is reachable, then try again, or restore a backup"
            ) from fault


def open_database(location: RegistryLocation) -> Database:
    """Open a registry that is there and of this program's version."""
    path = location.database_file
    if path is not None and not path.is_file():
        raise RegistryError(
            f"{path}: no consent registry there; make one with `melisma consent init`, or set "
            "MELISMA_HOME or MELISMA_CONSENT_URL to where yours is"
        )
    database = Database(location)
    try:
        with database.reading() as connection:
            found = _revision(connection)
    except RegistryError:
        database.close()
        raise
    if found != REVISION:
        database.close()
        raise RegistryError(_version_fault(location, found))
    return database


def create_database(location: RegistryLocation) -> Database:
    """Make the tables, or bring an older schema up to date; a newer one is refused."""
    path = location.database_file
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    maintenance = Database(location, maintenance=True)
    try:
        with maintenance.writing() as connection:
            found = _revision(connection)
            if found is not None and found > REVISION:
                raise RegistryError(_version_fault(location, found))
            _upgrade(connection)
    finally:
        maintenance.close()
    return Database(location)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _version_fault(location: RegistryLocation, found: str | None) -> str:
    if found is None:
        return (
            f"{_name(location)}: holds no consent registry (half-written or another program's); "
            "run `melisma consent init`, or restore a backup"
        )
    if found > REVISION:
        return (
            f"{_name(location)}: schema {found} is newer than this program's {REVISION}; "
            "update melisma; nothing was changed"
        )
    return (
        f"{_name(location)}: schema {found} is older than this program's {REVISION}; "
        "run `melisma consent init` to bring it up to date"
    )


def _name(location: RegistryLocation) -> str:
    return str(location.database_file or make_url(location.url).render_as_string())


def _make_engine(location: RegistryLocation, maintenance: bool) -> Engine:
    try:
        url = make_url(location.url)
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
            _harden_sqlite(engine, maintenance)
            return engine
        if url.get_backend_name() == "postgresql":
            return create_engine(url, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as fault:
        raise RegistryError(f"MELISMA_CONSENT_URL {location.url!r}: {fault}") from fault
    raise RegistryError(
        f"MELISMA_CONSENT_URL {location.url!r}: a registry lives in sqlite or postgresql"
    )


def _harden_sqlite(engine: Engine, maintenance: bool) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "recursive_triggers = ON",
            "secure_delete = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "cache_size = -65536",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if not maintenance:
            connection.set_authorizer(_authorize_action)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.info.pop("melisma_begin", "BEGIN"))


def _authorize_action(
    action: int, first: str | None, _second: str | None, _database: str | None, _by: str | None
) -> int:
    if action in _FORBIDDEN_ACTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and first not in _SAFE_PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
