"""The rows of the benchmark: what a fault would look like, and what a decision costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import consent as benchmark
from benchmarks.consent_trials.speakers import SpeakerRow, table_rows
from benchmarks.consent_trials.speed import Spent, fill, measure
from benchmarks.table import merged
from consent.location import at_folder
from consent.registry import Registry


def test_decisions_are_timed_beside_an_fsync(quick: Path) -> None:
    with Registry.create(at_folder(quick / "filled")) as registry:
        fill(registry, 40)
        result = measure(registry, quick, 40, rounds=12)
    for spent in (result.verify, result.authorize, result.fsync):
        assert 0.0 < spent.quick_ms <= spent.ready_ms <= spent.wall_ms + 1e-6
    assert result.authorize.cpu_ms > result.verify.cpu_ms


def test_a_goal_is_held_against_the_quick_clock() -> None:
    slow = Spent(wall_ms=9.0, ready_ms=3.0, cpu_ms=2.0, quick_ms=2.5)
    rows = {row.key: row for row in benchmark.timed("authorize", "authorize", slow, 2.4)}
    assert rows["consent.authorize.quick"].met is False
    assert rows["consent.authorize.wall"].met is None
    assert all(row.met for row in benchmark.timed("x", "x", slow, 2.6) if row.met is not None)


def test_a_fault_misses_its_goal() -> None:
    assert benchmark.none_of("races", "late", 0, 1_000, "races").met is True
    assert benchmark.none_of("races", "late", 1, 1_000, "races").met is False


def test_rates_carry_their_exact_intervals() -> None:
    never = SpeakerRow("human speech", True, 70, 1, 0)
    often = SpeakerRow("human singing", True, 105, 3, 34)
    first, second = table_rows([never, often])
    assert (first.value, first.met, second.met) == (0.0, True, None)
    assert first.interval is not None
    assert second.interval is not None
    assert first.interval.high == pytest.approx(5.13, abs=0.01)
    assert second.interval.low < 100 * 34 / 105 < second.interval.high


def test_rows_measured_again_take_the_place_of_old_ones(tmp_path: Path) -> None:
    file = tmp_path / "consent.json"
    first = [benchmark.none_of(key, key, 0, 1, "x") for key in ("races", "killed")]
    file.write_text(merged(file, first, {}).to_json())
    again = merged(file, [benchmark.none_of("races", "races", 0, 1_000, "x")], {"day": "today"})
    assert [(row.key, row.n) for row in again.rows] == [
        ("consent.races", 1_000),
        ("consent.killed", 1),
    ]
