"""What consent must show, in full: `python benchmarks/consent.py [--share N] [--corpora FOLDER]`.

Each row of the table says what was tried, how often, and how it ended against the goal. A tenth or
a hundredth of the trials runs with `--share 0.1` or `--share 0.01`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    measure: str
    found: str
    goal: str
    met: bool


@dataclass(frozen=True)
class Plan:
    """How much is tried, where, and on which recordings."""

    share: float
    disk: Path
    memory: Path
    corpora: Path | None

    def of(self, count: int) -> int:
        return max(1, round(count * self.share))


def attacks(plan: Plan) -> Iterator[Line]:
    from benchmarks.consent_trials.attacks import run_all
    from benchmarks.consent_trials.raw_http import run_demo
    from benchmarks.consent_trials.scene import build

    outcomes = list(run_all(build(plan.memory / "attacked"), plan.memory))
    outcomes += run_demo(build(plan.memory / "demo" / "home"))
    through = [outcome.name for outcome in outcomes if outcome.refusal is None]
    yield Line(
        "ways around the gate",
        f"{len(outcomes)} kinds, {len(through)} through {through or ''}".strip(),
        "≥ 60 kinds, none",
        len(outcomes) >= 60 and not through,
    )


def races(plan: Plan) -> Iterator[Line]:
    from benchmarks.consent_trials.races import race
    from consent.location import at_folder
    from consent.registry import Registry

    location = at_folder(plan.memory / "raced")
    Registry.create(location).close()
    result = race(location, plan.of(1000))
    yield Line(
        "revoke against authorize",
        f"{result.races} races, {result.permits} permits, {result.late} late",
        "1,000 races, none late",
        result.late == 0,
    )


def crashes(plan: Plan) -> Iterator[Line]:
    from benchmarks.consent_trials.crashes import fail_writes, fill_disk, kill_writers
    from consent.location import at_folder
    from consent.registry import Registry

    location = at_folder(plan.disk / "crashed")
    Registry.create(location).close()
    for name, result in (
        ("kill -9 during writes", kill_writers(location, plan.of(1000))),
        ("writes failing half-way", fail_writes(location, plan.of(100))),
    ):
        yield Line(
            name,
            f"{result.runs} runs, {result.acknowledged} acknowledged, {result.lost} lost, "
            f"{result.corrupt} corrupt",
            "none lost, none corrupt",
            result.lost == 0 and result.corrupt == 0 and result.acknowledged > 0,
        )
    full = fill_disk(location)
    yield Line("disk full", "refused, unchanged" if full else "changed", "unchanged", full)


def mutations(plan: Plan) -> Iterator[Line]:
    from benchmarks.consent_trials.mutations import mutate_many
    from benchmarks.consent_trials.scene import build

    scene = build(plan.memory / "to mutate")
    result = mutate_many(scene, plan.memory, plan.of(10_000))
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(result.tried.items()))
    yield Line(
        "log mutations",
        f"{result.tried.total()} ({kinds}), {len(result.unnoticed)} unnoticed",
        "10,000, all detected",
        not result.unnoticed,
    )


def erasure(plan: Plan) -> Iterator[Line]:
    from benchmarks.consent_trials.erasure import erase_and_look
    from benchmarks.consent_trials.scene import build

    result = erase_and_look(build(plan.disk / "erased"))
    yield Line(
        "erased subject",
        f"{result.files} files, traces {result.traces}, revived {result.revived}",
        "no byte left",
        not result.traces and not result.revived,
    )


def speakers(plan: Plan) -> Iterator[Line]:
    from benchmarks.consent_trials.speakers import measure

    if plan.corpora is None:
        yield Line("speaker check", "not measured: no --corpora", "≤ 1 % and ≤ 5 %", False)
        return
    rows = measure(plan.corpora, plan.memory / "speakers")
    if not any(row.pair == "human speech" and not row.same for row in rows):
        found = "not measurable: the corpora hold one human who speaks"
        yield Line("speaker check, human speech, false accept", found, "≤ 1%", False)
    for row in rows:
        name = "false reject" if row.same else "false accept"
        limit = 0.05 if row.same else 0.01
        goal = f"≤ {limit:.0%}" if row.pair == "human speech" else "published"
        yield Line(
            f"speaker check, {row.pair}, {name}",
            f"{row.errors} of {row.trials} ({row.rate:.1%}, 95 % bound {row.high:.1%}), "
            f"{row.speakers} voices",
            goal,
            row.pair != "human speech" or row.rate <= limit,
        )


def speed(plan: Plan) -> Iterator[Line]:
    from benchmarks.consent_trials.speed import fill, measure
    from consent.location import at_folder
    from consent.registry import Registry

    folder = plan.disk / "filled"
    with Registry.create(at_folder(folder)) as registry:
        grants = plan.of(100_000)
        fill(registry, grants)
        result = measure(registry, folder, grants)
    yield Line(
        f"verify, {grants} grants",
        f"{result.verify_ms:.2f} ms ({result.verify_cpu_ms:.2f} ms of processor)",
        "≤ 1 ms",
        result.verify_ms <= 1.0,
    )
    yield Line(
        f"authorize, {grants} grants",
        f"{result.authorize_ms:.2f} ms ({result.authorize_cpu_ms:.2f} ms of processor), "
        f"fsync {result.fsync_ms:.2f} ms",
        "≤ 2 ms and one fsync",
        result.authorize_ms <= 2.0 + result.fsync_ms,
    )


def crowds(plan: Plan) -> Iterator[Line]:
    from benchmarks.consent_trials.races import crowd
    from benchmarks.consent_trials.servers import find_programs, postgresql
    from consent.location import at_folder
    from consent.registry import Registry

    def line(name: str, location: object) -> Line:
        from consent.location import RegistryLocation

        assert isinstance(location, RegistryLocation)
        Registry.create(location).close()
        result = crowd(location, 50, max(2, plan.of(10)))
        return Line(
            f"50 processes at once, {name}",
            f"{result.acknowledged} permits in {result.seconds:.1f} s, {result.lost} lost",
            "none lost",
            result.lost == 0,
        )

    yield line("SQLite", at_folder(plan.disk / "crowded"))
    if find_programs() is None:
        yield Line("50 processes at once, PostgreSQL", "no server programs", "none lost", False)
        return
    with postgresql(plan.memory / "pg", plan.disk / "pg-keys") as location:
        yield line("PostgreSQL", location)


TRIALS: dict[str, Callable[[Plan], Iterator[Line]]] = {
    "attacks": attacks,
    "races": races,
    "crashes": crashes,
    "mutations": mutations,
    "erasure": erasure,
    "speakers": speakers,
    "speed": speed,
    "crowds": crowds,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run trials and print the table; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", nargs="*", metavar="TRIAL", help=", ".join(TRIALS))
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args(arguments)
    unknown = set(options.trials) - set(TRIALS)
    if unknown:
        parser.error(f"no such trials: {', '.join(sorted(unknown))}")
    shared = Path("/dev/shm")
    met = True
    sys.stdout.write("| measure | found | goal | met |\n|---|---|---|---|\n")
    with (
        tempfile.TemporaryDirectory(prefix="melisma-") as disk,
        tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as memory,
    ):
        Path(memory).chmod(0o755)
        plan = Plan(options.share, Path(disk), Path(memory), options.corpora)
        for name in options.trials or TRIALS:
            for line in TRIALS[name](plan):
                verdict = "yes" if line.met else "no"
                sys.stdout.write(f"| {line.measure} | {line.found} | {line.goal} | {verdict} |\n")
                sys.stdout.flush()
                met = met and line.met
    return 0 if met else 1


if __name__ == "__main__":
    # This file is called like the package it measures, so its own folder must not come first.
    sys.path[0] = str(ROOT)
    sys.exit(main())
