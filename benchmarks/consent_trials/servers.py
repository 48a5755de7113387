"""A private PostgreSQL for the trials, where its programs are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consent.location import RegistryLocation


def find_programs() -> Path | None:
    """The newest folder of server programs, as Debian lays them out or on the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path is not None:
        folders.append(Path(on_path).parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def postgresql(folder: Path, keys: Path, durable: bool = True) -> Iterator[RegistryLocation]:
    """A server on a socket in `folder`, with one empty database, ended afterwards.

    Raises:
        FileNotFoundError: no server programs; Debian's package postgresql has them.
    """
    programs = find_programs()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL server programs; install Debian's postgresql")
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def call(program: str, *arguments: str) -> None:
        command = [*become, str(programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=120)

    data = str(folder / "data")
    call("initdb", "-D", data, "-U", "melisma", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=120"
    if not durable:
        options += " -c fsync=off -c full_page_writes=off"
    call("pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", options, "start")
    try:
        url = f"postgresql+psycopg://melisma@/postgres?host={folder}"
        yield RegistryLocation(url, keys)
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "-W", "stop")
