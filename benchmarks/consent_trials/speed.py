"""How long a decision takes, with a hundred thousand grants in the registry."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from benchmarks.consent_trials.scene import licence
from consent.grant import Operation
from consent.permit import Permit
from consent.registry import Registry

ROUNDS = 300
_BATCH = 2_000
_SCHEDULE = Path("/proc/self/schedstat")


@dataclass(frozen=True)
class Spent:
    """Milliseconds of one kind of work.

    `ready_ms` is time by the clock without what the process stood ready and waited for a core
    that others held (Linux counts it in /proc/self/schedstat; elsewhere it is all of the clock's);
    `quick_ms` is the same in the fastest tenth, whose caches others disturbed least. The rest are
    medians.
    """

    wall_ms: float
    ready_ms: float
    cpu_ms: float
    quick_ms: float


@dataclass(frozen=True)
class SpeedResult:
    """What a decision costs, and a write of 4 KiB with its fsync, timed in turns with it."""

    grants: int
    verify: Spent
    authorize: Spent
    fsync: Spent


def fill(registry: Registry, grants: int) -> None:
    """Register many published licences."""
    for start in range(0, grants, _BATCH):
        now = datetime.now(UTC)
        numbers = range(start, min(grants, start + _BATCH))
        registry.register_licences([licence(number, now)[0] for number in numbers], now)


def measure(registry: Registry, folder: Path, grants: int, rounds: int = ROUNDS) -> SpeedResult:
    """Time authorising and verifying, each permit of another grant, and fsyncs in between."""
    step = max(1, grants // rounds)
    wanted = [licence(number * step % grants, datetime.now(UTC)) for number in range(rounds)]
    permits: list[Permit] = []

    def authorize(index: int) -> None:
        grant, digest = wanted[index]
        now = datetime.now(UTC)
        permits.append(registry.authorize(grant.grant_id, Operation.TRAIN, digest, now))

    def verify(index: int) -> None:
        permit = permits[index]
        registry.verify(permit, Operation.TRAIN, permit.digest, datetime.now(UTC))

    with _probe(folder) as fsync:
        authorized, synced = _time([authorize, fsync], rounds)
    (verified,) = _time([verify], rounds)
    return SpeedResult(grants, verified, authorized, synced)


def _time(works: Sequence[Callable[[int], None]], rounds: int) -> list[Spent]:
    """Do each work in turn, `rounds` times."""
    spent: list[list[tuple[float, float, float]]] = [[] for _ in works]
    for index in range(rounds):
        for work, found in zip(works, spent, strict=True):
            before = _clocks()
            work(index)
            wall, waited, cpu = (now - then for now, then in zip(_clocks(), before, strict=True))
            found.append((wall * 1e3, (wall - waited) * 1e3, cpu * 1e3))
    return [_summary(*zip(*found, strict=True)) for found in spent]


def _summary(wall: Sequence[float], ready: Sequence[float], cpu: Sequence[float]) -> Spent:
    return Spent(median(wall), median(ready), median(cpu), quantiles(ready, n=10)[0])


def _clocks() -> tuple[float, float, float]:
    """Seconds by the clock, waited for a core, and of processor."""
    counted = _SCHEDULE.read_text().split() if _SCHEDULE.is_file() else ["0", "0", "0"]
    return time.perf_counter(), int(counted[1]) * 1e-9, time.process_time()


@contextmanager
def _probe(folder: Path) -> Iterator[Callable[[int], None]]:
    path = folder / "fsync.probe"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)

    def work(_index: int) -> None:
        os.write(descriptor, b"x" * 4096)
        os.fsync(descriptor)

    try:
        yield work
    finally:
        os.close(descriptor)
        path.unlink()
