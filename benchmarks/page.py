"""How long a musician waits for the page: until it is there, and until a click on Sing sounds.

python -m benchmarks.page --save benchmarks/results/page.json

Starts `melisma demo` as a process of its own and watches it with Chromium, as a user would: from
the start to the first usable page, from a reload to the same, and from a click on Sing for the
eight bars of the example to a player that holds the sound, first on a server just started, then
with the voice open. Each run is a new process; one before them fills the system's caches and does
not count. Then twenty users ask at once, and twenty others after them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.errors import BenchmarkError
from benchmarks.page_server import PATIENCE_S, Server, served
from benchmarks.page_users import Waves, waves
from benchmarks.table import Row, Table, at_least, at_most

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
LONGEST_WAIT = at_most(3.0)
MOST_GROWTH = at_most(10.0)
SOUNDS = """
() => /[1-9]/.test(document.querySelector('#take #duration')?.textContent ?? '')
  && document.querySelector('#take .play-pause-button')?.disabled === false
"""


@dataclass(frozen=True)
class Waits:
    """Seconds that a musician waits, and the processor seconds of the server until the page."""

    start_s: float
    start_processor_s: float
    reload_s: float
    first_take_s: float
    second_take_s: float


def waits(browser: Any, server: Server) -> Waits:
    """One walk through the page."""
    view = browser.new_page()
    view.set_default_timeout(PATIENCE_S * 1000)
    start_s = _usable(view, server.address, server.began_s)
    processor_s = server.processor_s
    first_take_s = _take_s(view)
    reload_s = _usable(view, server.address, time.perf_counter())
    second_take_s = _take_s(view)
    view.close()
    return Waits(start_s, processor_s, reload_s, first_take_s, second_take_s)


def _usable(view: Any, address: str, since_s: float) -> float:
    """Until the first tab's button can be pressed."""
    view.goto(address, wait_until="commit")
    view.locator("#write-button").wait_for()
    view.locator("#write-button").click(trial=True)
    return time.perf_counter() - since_s


def _take_s(view: Any) -> float:
    """From the click on Sing of a page just opened until the player holds the sound."""
    view.get_by_role("tab", name="Sing", exact=True).click()
    view.locator("#sing-button").click(trial=True)
    began_s = time.perf_counter()
    view.locator("#sing-button").click()
    view.wait_for_function(SOUNDS)
    return time.perf_counter() - began_s


def measured(runs: int, users: int) -> tuple[list[Waits], Waves]:
    """All runs but the first, and what many users meet in the last.

    Raises:
        BenchmarkError: there is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        raise BenchmarkError("no Chromium; Debian's package chromium has it")
    found = []
    with sync_playwright() as driver:
        for _ in range(runs + 1):
            browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
            with served() as server:
                found.append(waits(browser, server))
                browser.close()
                crowd = waves(server, users) if len(found) > runs else None
    if crowd is None:
        raise BenchmarkError("--runs: at least one")
    return found[1:], crowd


def page_rows(runs: int, users: int) -> list[Row]:
    """What `measured` found, as rows; waits are medians."""
    found, crowd = measured(runs, users)
    told = (
        ("start", "start_s", "from `melisma demo` to a page whose first button can be pressed",
         LONGEST_WAIT),
        ("start.processor", "start_processor_s", "the server's processor time until then", None),
        ("reload", "reload_s", "from asking for the page, the server running, to the same", None),
        ("first_take", "first_take_s",
         "from a click on Sing, eight bars, to a player that holds the sound; first of a server",
         LONGEST_WAIT),
        ("second_take", "second_take_s", "the same on another page, the voice open", LONGEST_WAIT),
    )  # fmt: skip
    rows = [
        Row(
            f"page.{key}",
            f"{meaning} (median)",
            statistics.median(getattr(one, name) for one in found),
            "s",
            runs,
            "runs",
            target,
        )
        for key, name, meaning, target in told
    ]
    growth = 100.0 * (crowd.second_mib / crowd.first_mib - 1.0)
    asked = 2 * users
    return [
        *rows,
        Row("page.users", f"users served whole takes, {users} at once, twice", crowd.served,
            "users", asked, "users", at_least(asked)),
        Row("page.memory", f"most memory of the server while the first {users} are served",
            crowd.first_mib, "MiB", users, "users"),
        Row("page.memory.growth", f"how much more while {users} others are served", growth, "%",
            users, "users", MOST_GROWTH),
    ]  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.page",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--save", type=Path, help="write the JSON to this file, too")
    parser.add_argument("--runs", type=int, default=3, help="starts that are counted")
    parser.add_argument("--users", type=int, default=20, help="users who ask at once")
    options = parser.parse_args(arguments)
    busy = {"load": f"{os.getloadavg()[0]:.1f} processes wanted a core"}
    table = Table(
        tuple(page_rows(options.runs, options.users)), circumstances(datetime.now(UTC)) | busy
    )
    if options.save is not None:
        options.save.parent.mkdir(parents=True, exist_ok=True)
        options.save.write_text(table.to_json(), encoding="utf-8")
    sys.stdout.write(table.to_json() if options.json else table.to_markdown())
    return 0


if __name__ == "__main__":
    run(main)
