"""How long a decision takes, with a hundred thousand grants in the registry."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.consent_trials.scene import licence
from consent.grant import Operation
from consent.registry import Registry

_BATCH = 2_000


@dataclass(frozen=True)
class SpeedResult:
    """Medians in milliseconds: wall time, and the processor's share of it."""

    grants: int
    verify_ms: float
    verify_cpu_ms: float
    authorize_ms: float
    authorize_cpu_ms: float
    fsync_ms: float


def fill(registry: Registry, grants: int) -> None:
    """Register many published licences."""
    for start in range(0, grants, _BATCH):
        now = datetime.now(UTC)
        numbers = range(start, min(grants, start + _BATCH))
        registry.register_licences([licence(number, now)[0] for number in numbers], now)


def measure(registry: Registry, folder: Path, grants: int, rounds: int = 300) -> SpeedResult:
    """Time authorising and verifying, each permit of another grant, and one fsync beside it."""
    step = max(1, grants // rounds)
    wanted = [licence(number * step % grants, datetime.now(UTC)) for number in range(rounds)]
    permits = []

    def authorize(index: int) -> None:
        grant, digest = wanted[index]
        now = datetime.now(UTC)
        permits.append(registry.authorize(grant.grant_id, Operation.TRAIN, digest, now))

    def verify(index: int) -> None:
        permit = permits[index]
        registry.verify(permit, Operation.TRAIN, permit.digest, datetime.now(UTC))

    authorize_ms, authorize_cpu_ms = _time(authorize, rounds)
    verify_ms, verify_cpu_ms = _time(verify, rounds)
    return SpeedResult(
        grants, verify_ms, verify_cpu_ms, authorize_ms, authorize_cpu_ms, _fsync(folder)
    )


def _time(work: Callable[[int], None], rounds: int) -> tuple[float, float]:
    wall: list[float] = []
    cpu: list[float] = []
    for index in range(rounds):
        wall_before, cpu_before = time.perf_counter(), time.process_time()
        work(index)
        wall.append(time.perf_counter() - wall_before)
        cpu.append(time.process_time() - cpu_before)
    return median(wall) * 1e3, median(cpu) * 1e3


def _fsync(folder: Path, rounds: int = 100) -> float:
    path = folder / "fsync.probe"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)

    def work(_index: int) -> None:
        os.write(descriptor, b"x" * 4096)
        os.fsync(descriptor)

    try:
        return _time(work, rounds)[0]
    finally:
        os.close(descriptor)
        path.unlink()
