"""Bootstrap intervals cover what they should, and tables survive their way through JSON."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.intervals import Interval, bootstrap
from benchmarks.table import Row, Table, at_least, at_most, table_from_json


def mean(units: Sequence[float]) -> float:
    return float(np.mean(units))


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide_on_either_side() -> None:
    units = np.random.default_rng(1).normal(10.0, 2.0, 400).tolist()
    interval = bootstrap(units, mean)
    assert interval is not None
    error = float(np.std(units)) / 20.0
    centre = float(np.mean(units))
    assert interval.low == pytest.approx(centre - 1.96 * error, abs=0.15 * error)
    assert interval.high == pytest.approx(centre + 1.96 * error, abs=0.15 * error)


def test_the_same_units_give_the_same_interval_and_one_unit_gives_none() -> None:
    units = [1.0, 2.0, 5.0, 9.0]
    assert bootstrap(units, mean) == bootstrap(units, mean)
    assert bootstrap([3.0], mean) is None


@pytest.mark.parametrize(
    ("target", "value", "met"),
    [
        (at_most(1.6), 1.6, True),
        (at_most(1.6), 1.61, False),
        (at_least(97.0), 97.0, True),
        (at_least(97.0), 96.9, False),
        (None, 0.0, None),
    ],
)
def test_targets_are_met_at_their_bound(target: object, value: float, met: bool | None) -> None:
    row = Row("k", "d", value, "%", 3, "takes", target)  # type: ignore[arg-type]
    assert row.met is met


def table() -> Table:
    rows = (
        Row("words.wren.slow", "words wrong", 12.345, "%", 547, "words", at_most(30.0)),
        Row("dnsmos.wren", "quality", 2.5, "of 5", 12, "takes", None, Interval(2.25, 2.75)),
    )
    return Table(rows, {"commit": "abc1234"})


def test_a_table_comes_back_from_its_json_whole() -> None:
    assert table_from_json(table().to_json(), "here") == table()


@pytest.mark.parametrize("text", ["", "[]", '{"rows": [{"key": "a"}], "circumstances": {}}'])
def test_what_is_no_table_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(BenchmarkError, match=r"results/quality\.json"):
        table_from_json(text, "results/quality.json")


def test_the_printed_table_says_value_target_verdict_and_count() -> None:
    lines = table().to_markdown().splitlines()
    assert lines[2] == "| `words.wren.slow` words wrong | 12.3 % |  | ≤ 30 | yes | 547 words |"
    assert "| 2.25 to 2.75 | reported |  | 12 takes |" in lines[3]
