"""Many at once: revoking against authorising, and fifty processes on one registry."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.consent_trials.scene import licence
from consent.canonical import from_canonical_json
from consent.envelope import peek_payload
from consent.errors import RefusedError
from consent.grant import Operation
from consent.location import RegistryLocation
from consent.permit import Permit
from consent.registry import Registry


@dataclass(frozen=True)
class RaceResult:
    """`late` counts permits logged after a revocation, or asked for after it had returned."""

    races: int
    permits: int
    late: int


@dataclass(frozen=True)
class CrowdResult:
    """`lost` counts acknowledged permits that the log does not hold."""

    processes: int
    acknowledged: int
    lost: int
    seconds: float


def race(location: RegistryLocation, races: int, first: int = 0) -> RaceResult:
    """Revoke each of many grants while another thread keeps asking for permits."""
    now = datetime.now(UTC)
    permits = late = 0
    with Registry.open(location) as asking, Registry.open(location) as revoking:
        batch = [licence(first + i, now) for i in range(races)]
        asking.register_licences([grant for grant, _ in batch], now)
        for grant, digest in batch:
            got, wrong = _race_once(asking, revoking, grant.grant_id, digest)
            permits, late = permits + got, late + wrong
        asking.audit()
    return RaceResult(races, permits, late)


def _race_once(asking: Registry, revoking: Registry, grant_id: str, digest: str) -> tuple[int, int]:
    returned = threading.Event()
    got: list[tuple[Permit, bool]] = []
    started = threading.Barrier(2)

    def ask() -> None:
        started.wait()
        while True:
            asked_late = returned.is_set()
            try:
                permit = asking.authorize(grant_id, Operation.TRAIN, digest, datetime.now(UTC))
            except RefusedError:
                return
            got.append((permit, asked_late))
            time.sleep(0.002)

    thread = threading.Thread(target=ask)
    thread.start()
    started.wait()
    time.sleep(random.uniform(0.0, 0.03))
    row = revoking.revoke(grant_id, datetime.now(UTC))
    returned.set()
    thread.join()
    late = sum(1 for permit, asked in got if asked or _seq(permit) > row.state_seq)
    return len(got), late


def crowd(location: RegistryLocation, processes: int, each: int) -> CrowdResult:
    """Fork processes that all ask for permits at once; then look for every one in the log."""
    now = datetime.now(UTC)
    grant, digest = licence(10_000_000 + os.getpid(), now)
    with Registry.open(location) as registry:
        registry.register_licences([grant], now)
    began = datetime.now(UTC)
    readers = [
        _fork(lambda: _ask_many(location, grant.grant_id, digest, each)) for _ in range(processes)
    ]
    sequences: list[int] = []
    for process, reader in readers:
        with os.fdopen(reader, "r") as stream:
            sequences += [int(line) for line in stream]
        os.waitpid(process, 0)
    seconds = (datetime.now(UTC) - began).total_seconds()
    with Registry.open(location) as registry:
        registry.audit()
        size = registry.checkpoint().size
    lost = processes * each - len({seq for seq in sequences if seq < size})
    return CrowdResult(processes, len(sequences), lost, seconds)


def _ask_many(location: RegistryLocation, grant_id: str, digest: str, each: int) -> list[int]:
    with Registry.open(location) as registry:
        return [
            _seq(registry.authorize(grant_id, Operation.TRAIN, digest, datetime.now(UTC)))
            for _ in range(each)
        ]


def _fork(work: Callable[[], list[int]]) -> tuple[int, int]:
    """A child that does some work and writes its numbers into a pipe."""
    reader, writer = os.pipe()
    process = os.fork()
    if process:
        os.close(writer)
        return process, reader
    status = 1
    try:
        os.write(writer, "".join(f"{number}\n" for number in work()).encode())
        status = 0
    finally:
        os._exit(status)


def _seq(permit: Permit) -> int:
    return int(from_canonical_json(peek_payload(permit.token, "permit"), "permit")["seq"])
