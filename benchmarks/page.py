"""How long a musician waits for the page: until it is there, and until a click on Sing sounds.

python -m benchmarks.page --json

Starts `melisma demo` as a process of its own and watches it with Chromium, as a user would: from
the start to the first usable page, from a reload to the same, and from a click on Sing for the
eight bars of the example to a sound that plays, first with the voice still closed, then opened.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.errors import BenchmarkError
from benchmarks.table import Row, Table

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
PATIENCE_S = 600.0


@dataclass(frozen=True)
class Waits:
    """Seconds that a musician waits."""

    start_s: float
    reload_s: float
    first_take_s: float
    second_take_s: float


@contextmanager
def served() -> Iterator[tuple[str, float]]:
    """The page in a process of its own: its address, and when the process was started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began_s = time.perf_counter()
    command = [sys.executable, "-c", "from voice.cli.app import main; main()", "demo"]
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}/", began_s
    finally:
        process.terminate()
        process.wait(30)


def answered(address: str) -> None:
    """Wait until the server answers.

    Raises:
        BenchmarkError: it does not.
    """
    end_s = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < end_s:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE_S):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise BenchmarkError(f"{address}: no page after {PATIENCE_S:g} s")


def waits() -> Waits:
    """One walk through the page."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        raise BenchmarkError("no Chromium; Debian's package chromium has it")
    with sync_playwright() as driver, served() as (address, began_s):
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        view = browser.new_page()
        view.set_default_timeout(PATIENCE_S * 1000)
        answered(address)
        start_s = _usable(view, address, began_s)
        reload_s = _usable(view, address, time.perf_counter())
        view.get_by_role("tab", name="Sing", exact=True).click()
        view.locator(".voice-card").first.wait_for()
        takes = [_take_s(view), _take_s(view)]
        browser.close()
    return Waits(start_s, reload_s, *takes)


def _usable(view: Any, address: str, since_s: float) -> float:
    """Until the first tab's button can be pressed."""
    view.goto(address)
    view.locator("#write-button").wait_for()
    return time.perf_counter() - since_s


def _take_s(view: Any) -> float:
    """From the click on Sing until the vocal is there, to be played and seen."""
    view.evaluate("document.querySelector('#take-picture svg')?.remove()")
    began_s = time.perf_counter()
    view.locator("#sing-button").click()
    view.locator("#take-picture svg").wait_for()
    view.locator("#take-files a").first.wait_for()
    return time.perf_counter() - began_s


def page_rows() -> list[Row]:
    made = waits()
    told = (
        ("start", "from `melisma demo` to a page whose first button can be pressed", made.start_s),
        ("reload", "the same for a page that is opened while the server runs", made.reload_s),
        ("first take", "from a click on Sing, eight bars, to the vocal; voice closed",
         made.first_take_s),
        ("second take", "the same once the voice is open", made.second_take_s),
    )  # fmt: skip
    return [
        Row(f"page.{name.replace(' ', '_')}", definition, seconds, "s", 1, "run")
        for name, definition, seconds in told
    ]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.page",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--save", type=Path, help="write the JSON to this file, too")
    options = parser.parse_args(arguments)
    busy = {"load": f"{os.getloadavg()[0]:.1f} processes wanted a core"}
    table = Table(tuple(page_rows()), circumstances(datetime.now(UTC)) | busy)
    if options.save is not None:
        options.save.parent.mkdir(parents=True, exist_ok=True)
        options.save.write_text(table.to_json(), encoding="utf-8")
    sys.stdout.write(table.to_json() if options.json else table.to_markdown())
    return 0


if __name__ == "__main__":
    run(main)
