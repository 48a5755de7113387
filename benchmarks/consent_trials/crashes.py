"""Writers that are killed, a disk that is full, writes that fail: nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import resource
import select
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.consent_trials.scene import licence
from consent.errors import ConsentError
from consent.location import RegistryLocation
from consent.registry import Registry
from consent.states import State


@dataclass(frozen=True)
class CrashResult:
    """`lost` counts acknowledged grants that are not there; `corrupt` runs with a bad database."""

    runs: int
    acknowledged: int
    lost: int
    corrupt: int


def kill_writers(location: RegistryLocation, runs: int, seed: int = 0) -> CrashResult:
    """Kill -9 a process at a random moment while it registers one grant after another."""
    generator = random.Random(seed)
    acknowledged = lost = corrupt = 0
    number = 0
    for run in range(runs):
        numbers = _killed_run(location, number, generator.uniform(0.0, 0.05))
        acknowledged += len(numbers)
        lost += _missing(location, numbers)
        corrupt += _is_corrupt(location, thorough=run % 50 == 49 or run == runs - 1)
        number += 1000
    return CrashResult(runs, acknowledged, lost, corrupt)


def fail_writes(location: RegistryLocation, runs: int, seed: int = 0) -> CrashResult:
    """Let files grow by a random number of bytes only: writes fail half-way, as on a full disk."""
    generator = random.Random(seed)
    acknowledged = lost = corrupt = 0
    number = 50_000_000
    for _ in range(runs):
        process, reader = _start(location, number, generator.randrange(1, 200_000))
        with os.fdopen(reader, "rb") as stream:
            numbers = [int(line) for line in stream.read().splitlines() if line]
        _, status = os.waitpid(process, 0)
        corrupt += os.waitstatus_to_exitcode(status) != 0
        acknowledged += len(numbers)
        lost += _missing(location, numbers)
        corrupt += _is_corrupt(location, thorough=True)
        number += 1000
    return CrashResult(runs, acknowledged, lost, corrupt)


def fill_disk(location: RegistryLocation, number: int = 90_000_000) -> bool:
    """Allow the database no more pages: the write is refused and nothing changes."""
    with Registry.open(location) as registry:
        before = registry.checkpoint()
        now = datetime.now(UTC)
        engine = registry.ledger.database.engine
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.execute("PRAGMA max_page_count = 1")
        try:
            registry.register_licences([licence(number + i, now)[0] for i in range(2000)], now)
        except ConsentError:
            return registry.checkpoint() == before
    return False


def _killed_run(location: RegistryLocation, number: int, delay_s: float) -> list[int]:
    process, reader = _start(location, number, None)
    with os.fdopen(reader, "rb", buffering=0) as stream:
        select.select([stream], [], [], 60.0)
        time.sleep(delay_s)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        lines = stream.read().split(b"\n")
    return [int(line) for line in lines[:-1]]


def _start(location: RegistryLocation, number: int, room: int | None) -> tuple[int, int]:
    """Fork a writer that tells each grant once it is acknowledged."""
    reader, writer = os.pipe()
    process = os.fork()
    if process:
        os.close(writer)
        return process, reader
    status = 1
    try:
        status = _write(location, number, room, writer)
    finally:
        os._exit(status)


def _write(location: RegistryLocation, number: int, room: int | None, writer: int) -> int:
    with Registry.open(location) as registry:
        if room is not None:
            folder = Path(location.database_file or "").parent
            largest = max(path.stat().st_size for path in folder.glob("registry.db*"))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = min(largest, 64_000) + room
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        for current in range(number, number + 20):
            now = datetime.now(UTC)
            try:
                registry.register_licences([licence(current, now)[0]], now)
            except (ConsentError, OSError):
                return 0
            os.write(writer, f"{current}\n".encode())
    return 0


def _missing(location: RegistryLocation, numbers: list[int]) -> int:
    with Registry.open(location) as registry:
        return sum(registry.show(f"lic-{number}").state is not State.ACTIVE for number in numbers)


def _is_corrupt(location: RegistryLocation, thorough: bool) -> bool:
    if location.database_file is not None:
        with closing(sqlite3.connect(location.database_file)) as raw:
            if raw.execute("PRAGMA quick_check").fetchone() != ("ok",):
                return True
    if thorough:
        with Registry.open(location) as registry:
            try:
                registry.audit()
            except ConsentError:
                return True
    return False
