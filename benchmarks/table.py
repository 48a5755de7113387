"""The table of results: every row a measure with its definition, value, target and certainty."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.errors import BenchmarkError
from benchmarks.intervals import Interval


@dataclass(frozen=True)
class Target:
    """What a measure is to reach."""

    bound: float
    at_most: bool

    def met(self, value: float) -> bool:
        return value <= self.bound if self.at_most else value >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.bound:g}"


def at_most(bound: float) -> Target:
    return Target(bound, at_most=True)


def at_least(bound: float) -> Target:
    return Target(bound, at_most=False)


@dataclass(frozen=True)
class Row:
    """One measured number.

    Attributes:
        key: its name for programs, `words.wren.slow`.
        definition: what was measured, in a sentence.
        n: how many `counted` things it rests on.
    """

    key: str
    definition: str
    value: float
    unit: str
    n: int
    counted: str
    target: Target | None = None
    interval: Interval | None = None

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.target.met(self.value)


@dataclass(frozen=True)
class Table:
    """Results and the circumstances in which they were measured."""

    rows: tuple[Row, ...]
    circumstances: Mapping[str, str]

    def to_json(self) -> str:
        rows = [{**asdict(row), "met": row.met} for row in self.rows]
        table = {"circumstances": dict(self.circumstances), "rows": rows}
        return json.dumps(table, ensure_ascii=False, indent=1) + "\n"

    def to_markdown(self) -> str:
        return markdown(self.rows)


def table_from_json(text: str, where: str) -> Table:
    """The table that `to_json` wrote.

    Raises:
        BenchmarkError: it is something else.
    """
    try:
        found = json.loads(text)
        return Table(tuple(_row(row) for row in found["rows"]), found["circumstances"])
    except (ValueError, KeyError, TypeError) as error:
        raise BenchmarkError(f"{where}: no table of results ({error}); measure again") from error


def merged(old: Path, rows: Sequence[Row], circumstances: Mapping[str, str]) -> Table:
    """The rows of a file of results, those that were measured again replaced, new ones added."""
    known = table_from_json(old.read_text(encoding="utf-8"), str(old)).rows if old.is_file() else ()
    by_key = {row.key: row for row in (*known, *rows)}
    return Table(tuple(by_key.values()), circumstances)


def _row(row: dict[str, Any]) -> Row:
    rest = {name: value for name, value in row.items() if name != "met"}
    target, interval = rest.pop("target"), rest.pop("interval")
    return Row(
        **rest,
        target=Target(**target) if target else None,
        interval=Interval(**interval) if interval else None,
    )


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table to be read, in a README or a terminal."""
    lines = [
        "| measure | value | 95 % interval | target | met | n |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        span = "" if row.interval is None else f"{short(row.interval.low)} to "
        span += "" if row.interval is None else short(row.interval.high)
        verdict = {None: "", True: "yes", False: "**no**"}[row.met]
        lines.append(
            f"| `{row.key}` {row.definition} | {short(row.value)} {row.unit} | {span} "
            f"| {row.target or 'reported'} | {verdict} | {row.n:,} {row.counted} |"
        )
    return "\n".join(lines) + "\n"


def short(value: float) -> str:
    """Three figures, without an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
