"""Puts measured numbers into a README, so that nobody copies them by hand.

python -m benchmarks.report             fills benchmarks/README.md from results/*.json
python -m benchmarks.report --check     says whether it is filled as the results say

Between `<!-- results: NAME -->` and `<!-- end -->` stands the table of `results/NAME.json`; a value
in running text is `<!-- value: NAME KEY -->97.3<!-- end -->`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.command import run
from benchmarks.errors import BenchmarkError
from benchmarks.table import Table, short, table_from_json

HERE = Path(__file__).parent
_PLACE = re.compile(
    r"<!-- (?P<kind>results|value): (?P<name>\S+)(?: (?P<key>\S+))? -->.*?<!-- end -->", re.DOTALL
)
NOT_MEASURED = "not measured yet"


def read_results(folder: Path) -> dict[str, Table]:
    """All tables of a folder by the names of their files."""
    return {
        path.stem: table_from_json(path.read_text(encoding="utf-8"), str(path))
        for path in sorted(folder.glob("*.json"))
    }


def filled(text: str, results: Mapping[str, Table]) -> str:
    """The text with every place filled anew; what was not measured says so.

    Raises:
        BenchmarkError: a value is asked for that its table does not have.
    """

    def fill(place: re.Match[str]) -> str:
        name, key = place["name"], place["key"]
        table = results.get(name)
        if place["kind"] == "results":
            body = f"\n{NOT_MEASURED}\n" if table is None else f"\n{_with_circumstances(table)}"
            return f"<!-- results: {name} -->{body}<!-- end -->"
        value = NOT_MEASURED if table is None else _value(table, name, key)
        return f"<!-- value: {name} {key} -->{value}<!-- end -->"

    return _PLACE.sub(fill, text)


def _with_circumstances(table: Table) -> str:
    stated = "; ".join(f"{name} {value}" for name, value in table.circumstances.items())
    return f"\n{table.to_markdown()}\n{stated}\n"


def _value(table: Table, name: str, key: str) -> str:
    row = next((row for row in table.rows if row.key == key), None)
    if row is None:
        known = ", ".join(row.key for row in table.rows)
        raise BenchmarkError(f"results/{name}.json has no row {key!r}; it has {known}")
    return f"{short(row.value)} {row.unit}".strip()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.report",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("readme", type=Path, nargs="*", default=[HERE / "README.md"])
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    results = read_results(options.results)
    stale = []
    for readme in options.readme:
        before = readme.read_text(encoding="utf-8")
        after = filled(before, results)
        if before != after:
            stale.append(readme)
            if not options.check:
                readme.write_text(after, encoding="utf-8")
    if options.check and stale:
        raise BenchmarkError(f"{', '.join(map(str, stale))}: run `python -m benchmarks.report`")
    return 0


if __name__ == "__main__":
    run(main)
