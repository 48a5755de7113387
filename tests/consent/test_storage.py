"""The database, keys and files under the registry: hard to damage, and never half-written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from asking import enrol
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from consent.database import Database
from consent.errors import ConsentError, ConsentFormatError, KeyStoreError, RefusedError
from consent.files import write_atomically
from consent.folder import digest_files, digest_folder, read_folder
from consent.keystore import KeyStore
from consent.location import RegistryLocation, at_folder, locate
from consent.registry import Registry
from consent.schema import APPEND_ONLY, metadata
from consent.sealing import pack, unpack
from consent.statements import languages, statement_in

STATEMENTS = {
    "de": "f0413a9ba48c7f5b",
    "en": "d971c21f763ff0d1",
    "es": "bc51cbfbcab3b7a8",
    "fr": "78ab17402074235f",
    "ja": "289eb0761831b666",
    "zh": "1a9fc9b4c81b176a",
}


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER event_no_update",
        "DROP TABLE event",
        "PRAGMA writable_schema = ON",
        "PRAGMA recursive_triggers = OFF",
        "PRAGMA journal_mode = OFF",
        "ATTACH ':memory:' AS other",
        "CREATE TABLE more (x)",
        "ALTER TABLE event RENAME TO past",
        "UPDATE event SET seq = 7",
        "DELETE FROM checkpoint",
        "INSERT OR REPLACE INTO event SELECT * FROM event",
        "UPDATE opening SET body = x''",
        "INSERT INTO event VALUES ('seven', x'00')",
    ],
)
def test_the_database_refuses_what_would_undo_it(embedded: Registry, statement: str) -> None:
    enrol(embedded)
    before = embedded.checkpoint()
    with embedded.ledger.database.engine.connect() as connection:
        with pytest.raises(DBAPIError):
            connection.execute(text(statement))
        connection.rollback()
    assert embedded.checkpoint() == before
    embedded.audit()


def test_writes_reach_the_disk_before_they_are_acknowledged(embedded: Registry) -> None:
    with embedded.ledger.database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_authorizer(None)
        found = {
            name: raw.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_every_table_is_strict(embedded: Registry) -> None:
    path = embedded.ledger.database.location.database_file
    assert path is not None
    with closing(sqlite3.connect(path)) as raw:
        kinds = {row[1]: row[5] for row in raw.execute("PRAGMA table_list")}
    assert all(kinds[name] == 1 for name in metadata.tables)


def test_the_migrations_make_what_the_program_expects(location: RegistryLocation) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    Registry.create(location).close()
    database = Database(location, maintenance=True)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_append_only_holds_in_either_database(registry: Registry) -> None:
    enrol(registry)
    for table in APPEND_ONLY:
        with registry.ledger.database.engine.connect() as connection:
            with pytest.raises(DBAPIError, match="never changed"):
                connection.execute(text(f"DELETE FROM {table}"))
            connection.rollback()


def test_making_a_registry_again_keeps_it(location: RegistryLocation) -> None:
    with Registry.create(location) as registry:
        grant_id = enrol(registry)
        before = registry.checkpoint()
    with Registry.create(location) as registry:
        assert registry.checkpoint() == before
        assert registry.show(grant_id).grant_id == grant_id


def test_keys_of_another_registry_are_not_adopted(quick: Path) -> None:
    with Registry.create(at_folder(quick / "one")) as registry:
        enrol(registry)
    stranger = RegistryLocation(f"sqlite:///{quick / 'two.db'}", quick / "one" / "keys")
    with pytest.raises(ConsentError, match="belong to a registry"):
        Registry.create(stranger)


def test_sealed_bytes_open_for_their_purpose_alone(tmp_path: Path) -> None:
    keys = KeyStore.create(tmp_path / "keys")
    keys.create_subject_key("voice-1")
    keys.create_subject_key("voice-2")
    sealed = keys.seal("voice-1", "melisma terms g-1", b"secret")
    assert keys.unseal("voice-1", "melisma terms g-1", sealed) == b"secret"
    assert b"secret" not in sealed
    for subject, purpose, data in (
        ("voice-1", "melisma terms g-2", sealed),
        ("voice-2", "melisma terms g-1", sealed),
        ("voice-1", "melisma terms g-1", sealed[:-1]),
        ("voice-1", "melisma terms g-1", b""),
        ("voice-1", "melisma terms g-1", bytes([sealed[0] ^ 1]) + sealed[1:]),
    ):
        with pytest.raises(RefusedError, match="rule sealed"):
            keys.unseal(subject, purpose, data)
    keys.destroy_subject_key("voice-1")
    keys.destroy_subject_key("voice-1")
    with pytest.raises(RefusedError, match="rule key-destroyed"):
        keys.unseal("voice-1", "melisma terms g-1", sealed)


def test_keys_are_for_their_owner_and_inside_their_folder(tmp_path: Path) -> None:
    keys = KeyStore.create(tmp_path / "keys")
    keys.create_subject_key("voice-1")
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "keys").rglob("*")}
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    assert modes - {0, 0o055} == set()
    for name in ("../registry", "a/b", "", "X", "voice-1.key"):
        with pytest.raises(KeyStoreError, match="no pseudonym"):
            keys.create_subject_key(name)
    with pytest.raises(KeyStoreError, match="there already"):
        keys.create_subject_key("voice-1")
    (tmp_path / "keys" / "pepper.key").write_bytes(b"short")
    with pytest.raises(KeyStoreError, match="5 bytes"):
        KeyStore.open(tmp_path / "keys")


def test_a_registry_is_found_by_the_environment(tmp_path: Path) -> None:
    found = locate({}, tmp_path)
    assert found.database_file == tmp_path / ".local/share/melisma/consent/registry.db"
    assert locate({"XDG_DATA_HOME": "/x"}, tmp_path).keys == Path("/x/melisma/consent/keys")
    home = locate({"MELISMA_HOME": "/h", "MELISMA_CONSENT_KEYS": "/k"}, tmp_path)
    assert (home.database_file, home.keys) == (Path("/h/consent/registry.db"), Path("/k"))
    server = locate({"MELISMA_CONSENT_URL": "postgresql://u@h/d"}, tmp_path)
    assert (server.url, server.database_file) == ("postgresql+psycopg://u@h/d", None)


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "grant.json"
    write_atomically(path, b"old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):  # noqa: PT011  # whatever the system calls it
        write_atomically(tmp_path / "folder", b"new")
    assert path.read_bytes() == b"old"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["folder", "grant.json"]


names = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)


@given(st.dictionaries(names, st.binary(max_size=20), max_size=5))
def test_containers_come_back_whole(files: dict[str, bytes]) -> None:
    packed = pack(files)
    assert unpack(packed, "x") == files
    if files:
        with pytest.raises(ConsentFormatError):
            unpack(packed + b"?", "x")
    for end in range(0, len(packed), 7):
        with pytest.raises(ConsentFormatError):
            unpack(packed[:end], "x")


@given(st.dictionaries(names, names, min_size=1, max_size=5), names, names)
def test_digests_tell_names_and_contents_apart(
    hashes: dict[str, str], name: str, other: str
) -> None:
    digest = digest_files(hashes)
    assert digest == digest_files(dict(reversed(hashes.items())))
    changed = {**hashes, name: other}
    assert (digest_files(changed) == digest) == (changed == hashes)


def test_a_folder_has_one_digest_however_it_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "voice"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "b").write_bytes(b"b")
    (folder / "a").write_bytes(b"a")
    digest = digest_folder(folder)
    assert read_folder(folder).digest == digest
    (folder / "grant.json").write_bytes(b"{}")
    assert read_folder(folder).digest == digest == digest_folder(folder)
    (folder / "deep" / "grant.json").write_bytes(b"{}")
    assert digest_folder(folder) != digest
    with pytest.raises(ConsentFormatError, match="empty folder"):
        digest_folder(_empty(tmp_path))


def _empty(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def test_a_statement_that_was_read_is_never_edited() -> None:
    """A new wording is a new version: raise VERSION and add the ids here."""
    assert {name: statement_in(name).statement_id[:16] for name in languages()} == STATEMENTS
