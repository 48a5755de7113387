"""Registries in SQLite and in a real PostgreSQL, empty for every test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from asking import in_memory

from consent.location import RegistryLocation, at_folder
from consent.registry import Registry


@dataclass(frozen=True)
class Server:
    """A private PostgreSQL on a socket in a temporary folder."""

    socket: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://melisma@/{database}?host={self.socket}"


def find_postgres() -> Path | None:
    """The newest folder of server programs, as Debian lays them out or on the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path is not None:
        folders.append(Path(on_path).parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    programs = find_postgres()
    if programs is None:
        pytest.skip("no PostgreSQL server programs; Debian's package postgresql has them")
    folder = Path(f"/tmp/melisma-pg-{os.getpid()}")  # sockets need short paths
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    become: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("runuser") is None:
            pytest.skip("PostgreSQL does not run as root and there is no runuser")
        become = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        command = [*become, str(programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=60)

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "melisma", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=120 "
        "-c fsync=off -c full_page_writes=off"
    )
    run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", options, "start")
    yield Server(folder)
    run("pg_ctl", "-D", data, "-m", "immediate", "-W", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Path]:
    """An empty folder, in memory where that is possible."""
    folder = Path(tempfile.mkdtemp(prefix="melisma-", dir=in_memory() or tmp_path))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, quick: Path) -> RegistryLocation:
    """Where an empty registry may be made, in each kind of database."""
    if request.param == "sqlite":
        return at_folder(quick / "consent")
    running: Server = request.getfixturevalue("server")
    name = quick.name.replace("-", "_").lower()
    import psycopg

    with psycopg.connect(f"user=melisma host={running.socket} dbname=postgres") as connection:
        connection.autocommit = True
        connection.execute(f'CREATE DATABASE "{name}"')
    return RegistryLocation(running.url(name), quick / "keys")


@pytest.fixture
def registry(location: RegistryLocation) -> Iterator[Registry]:
    with Registry.create(location) as made:
        yield made


@pytest.fixture
def embedded(quick: Path) -> Iterator[Registry]:
    """A registry in SQLite alone, for what does not depend on the database."""
    with Registry.create(at_folder(quick / "embedded")) as made:
        yield made
