"""What consent must show, in full.

python benchmarks/consent.py --corpora FOLDER --save benchmarks/results/consent.json

Each row of the table says what was tried, how often, and how it ended against the goal. A tenth or
a hundredth of the trials runs with `--share 0.1` or `--share 0.01`. Trials that are named (`speed`,
`attacks` ...) are run alone, and `--save` puts their rows in place of the old ones.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.consent_trials.crashes import CrashResult
    from benchmarks.consent_trials.speed import Spent
    from benchmarks.table import Row
    from consent.location import RegistryLocation

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Plan:
    """How much is tried, where, and on which recordings."""

    share: float
    disk: Path
    memory: Path
    corpora: Path | None

    def of(self, count: int) -> int:
        return max(1, round(count * self.share))


def none_of(key: str, definition: str, faults: int, n: int, counted: str) -> Row:
    """A row of a measure that must be nought."""
    from benchmarks.table import Row, at_most

    return Row(f"consent.{key}", definition, faults, "", n, counted, at_most(0))


def attacks(plan: Plan) -> Iterator[Row]:
    from benchmarks.consent_trials.attacks import run_all
    from benchmarks.consent_trials.raw_http import run_demo
    from benchmarks.consent_trials.scene import build

    outcomes = list(run_all(build(plan.memory / "attacked"), plan.memory))
    outcomes += run_demo(build(plan.memory / "demo" / "home"))
    through = [outcome.name for outcome in outcomes if outcome.refusal is None]
    sys.stderr.writelines(f"through the gate: {name}\n" for name in through)
    definition = "ways around the gate, raw HTTP to the demo included, that got through"
    yield none_of("attacks", definition, len(through), len(outcomes), "kinds")


def races(plan: Plan) -> Iterator[Row]:
    from benchmarks.consent_trials.races import race
    from consent.location import at_folder
    from consent.registry import Registry

    location = at_folder(plan.memory / "raced")
    Registry.create(location).close()
    result = race(location, plan.of(1000))
    definition = f"permits, of {result.permits:,}, issued after a revocation had returned"
    yield none_of("races", definition, result.late, result.races, "races")


def crashes(plan: Plan) -> Iterator[Row]:
    from benchmarks.consent_trials.crashes import fail_writes, fill_disk, kill_writers
    from consent.location import at_folder
    from consent.registry import Registry

    location = at_folder(plan.disk / "crashed")
    Registry.create(location).close()
    yield crashed("killed", "`kill -9` during writes", kill_writers(location, plan.of(1000)))
    yield crashed("failed", "writes failing half-way", fail_writes(location, plan.of(100)))
    changed = not fill_disk(location)
    yield none_of("full", "changes made although the disk was full", changed, 1, "disk")


def crashed(key: str, what: str, result: CrashResult) -> Row:
    if not result.acknowledged:
        raise RuntimeError(f"{what}: no grant was acknowledged, so nothing was shown")
    definition = f"{what}: grants lost, of {result.acknowledged:,}, and databases corrupted"
    return none_of(key, definition, result.lost + result.corrupt, result.runs, "runs")


def mutations(plan: Plan) -> Iterator[Row]:
    from benchmarks.consent_trials.mutations import mutate_many
    from benchmarks.consent_trials.scene import build

    scene = build(plan.memory / "to mutate")
    result = mutate_many(scene, plan.memory, plan.of(10_000))
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(result.tried.items()))
    definition = f"mutations of the log that went unnoticed ({kinds})"
    yield none_of("mutations", definition, len(result.unnoticed), result.tried.total(), "mutations")


def erasure(plan: Plan) -> Iterator[Row]:
    from benchmarks.consent_trials.erasure import erase_and_look
    from benchmarks.consent_trials.scene import build

    result = erase_and_look(build(plan.disk / "erased"))
    found = len(result.traces) + len(result.revived)
    definition = "traces of an erased person in database, journal, backups and voice folder"
    yield none_of("erased", definition, found, result.files, "files")


def speakers(plan: Plan) -> Iterator[Row]:
    from benchmarks.consent_trials.speakers import measure, table_rows

    if plan.corpora is None:
        sys.stderr.write("the speaker check is not measured without --corpora\n")
        return
    yield from table_rows(measure(plan.corpora, plan.memory / "speakers"))


def speed(plan: Plan) -> Iterator[Row]:
    from benchmarks.consent_trials.speed import fill, measure
    from consent.location import at_folder
    from consent.registry import Registry

    folder = plan.disk / "filled"
    with Registry.create(at_folder(folder)) as registry:
        grants = plan.of(100_000)
        fill(registry, grants)
        result = measure(registry, folder, grants)
    yield from timed("verify", f"verify a permit, {grants:,} grants", result.verify, 1.0)
    allowed = 2.0 + result.fsync.quick_ms
    yield from timed("authorize", f"authorize, {grants:,} grants", result.authorize, allowed)
    yield from timed(
        "fsync", "a write of 4 KiB and its fsync, in turns with it", result.fsync, None
    )


def timed(key: str, what: str, spent: Spent, allowed_ms: float | None) -> Iterator[Row]:
    """Four clocks of one work; the goal is held against the one that other programs touch least."""
    from benchmarks.consent_trials.speed import ROUNDS
    from benchmarks.table import Row, at_most

    target = None if allowed_ms is None else at_most(round(allowed_ms, 2))
    for clock, value, goal in (
        ("quick", spent.quick_ms, target),
        ("ready", spent.ready_ms, None),
        ("wall", spent.wall_ms, None),
        ("cpu", spent.cpu_ms, None),
    ):
        definition = f"{what}: {CLOCKS[clock]}"
        yield Row(f"consent.{key}.{clock}", definition, value, "ms", ROUNDS, "rounds", goal)


CLOCKS = {
    "quick": "by the clock, less what it waited for a core that others held, the fastest tenth",
    "ready": "the same, median",
    "wall": "by the clock, median",
    "cpu": "of processor, median",
}


def crowds(plan: Plan) -> Iterator[Row]:
    from benchmarks.consent_trials.servers import find_programs, postgresql
    from consent.location import at_folder

    yield crowded(plan, "SQLite", at_folder(plan.disk / "crowded"))
    if find_programs() is None:
        sys.stderr.write("not measured on PostgreSQL: no server programs here\n")
        return
    with postgresql(plan.memory / "pg", plan.disk / "pg-keys") as location:
        yield crowded(plan, "PostgreSQL", location)


def crowded(plan: Plan, name: str, location: RegistryLocation) -> Row:
    from benchmarks.consent_trials.races import crowd
    from consent.registry import Registry

    Registry.create(location).close()
    result = crowd(location, 50, max(2, plan.of(10)))
    definition = f"50 processes at once on {name}: permits lost"
    return none_of(f"crowd.{name.lower()}", definition, result.lost, result.acknowledged, "permits")


TRIALS: dict[str, Callable[[Plan], Iterator[Row]]] = {
    "attacks": attacks,
    "races": races,
    "crashes": crashes,
    "mutations": mutations,
    "erasure": erasure,
    "speakers": speakers,
    "speed": speed,
    "crowds": crowds,
}


def measure_all(plan: Plan, names: Sequence[str]) -> list[Row]:
    """All rows, each told as soon as it is known, since the whole takes long."""
    rows = []
    for name in names:
        for row in TRIALS[name](plan):
            sys.stderr.write(f"{row.key}: {row.value:g} {row.unit} of {row.n} {row.counted}\n")
            sys.stderr.flush()
            rows.append(row)
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run trials and print the table; 1 when a goal was missed."""
    from benchmarks.circumstances import circumstances
    from benchmarks.table import markdown, merged

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("trials", nargs="*", metavar="TRIAL", help=", ".join(TRIALS))
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--save", type=Path, help="write the rows to this file, too")
    options = parser.parse_args(arguments)
    unknown = set(options.trials) - set(TRIALS)
    if unknown:
        parser.error(f"no such trials: {', '.join(sorted(unknown))}")
    shared = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(prefix="melisma-") as disk,
        tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as memory,
    ):
        Path(memory).chmod(0o755)
        plan = Plan(options.share, Path(disk), Path(memory), options.corpora)
        rows = measure_all(plan, options.trials or list(TRIALS))
    sys.stdout.write(markdown(rows))
    if options.save is not None:
        table = merged(options.save, rows, circumstances(datetime.now(UTC)))
        options.save.write_text(table.to_json(), encoding="utf-8")
    return 1 if any(row.met is False for row in rows) else 0


if __name__ == "__main__":
    # This file is called like the package it measures, so its own folder must not come first.
    sys.path[0] = str(ROOT)
    sys.exit(main())
