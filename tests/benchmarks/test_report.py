"""The page of results says what the JSON says, and says so when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.report import NOT_MEASURED, filled, main, read_results
from benchmarks.table import Row, Table, at_most

PAGE = """# Page
<!-- results: quality -->
old
<!-- end -->
Words: <!-- value: quality words.wren -->?<!-- end --> wrong, <!-- value: speed x -->9<!-- end -->.
"""


@pytest.fixture
def results(tmp_path: Path) -> Path:
    row = Row("words.wren", "words wrong", 12.345, "%", 547, "words", at_most(30.0))
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "quality.json").write_text(Table((row,), {"commit": "abc"}).to_json(), "utf-8")
    return folder


def test_tables_and_values_are_filled_in_and_filling_again_changes_nothing(results: Path) -> None:
    page = filled(PAGE, read_results(results))
    assert "| `words.wren` words wrong | 12.3 % |" in page
    assert "commit abc" in page
    assert "old" not in page
    assert "Words: <!-- value: quality words.wren -->12.3 %<!-- end --> wrong" in page
    assert f"<!-- value: speed x -->{NOT_MEASURED}<!-- end -->." in page
    assert filled(page, read_results(results)) == page


def test_a_value_that_no_row_has_is_refused(results: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"no row 'nope'; it has words\.wren"):
        filled("<!-- value: quality nope --><!-- end -->", read_results(results))


def test_a_stale_page_is_found_and_then_filled(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(PAGE, encoding="utf-8")
    with pytest.raises(BenchmarkError, match=r"benchmarks\.report"):
        main([str(page), "--results", str(results), "--check"])
    assert page.read_text(encoding="utf-8") == PAGE
    main([str(page), "--results", str(results)])
    assert main([str(page), "--results", str(results), "--check"]) == 0


def test_the_page_in_the_repository_is_filled_as_its_results_say() -> None:
    assert main(["--check"]) == 0
