"""The start: what is imported before the page is there, and what is left for later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gradio")

from voice.demo import limits
from voice.demo.page import Serving, launched, page
from voice.demo.room import Room
from voice.demo.starting import Once

ROOT = Path(__file__).parents[2]
LATER = (
    "librosa",
    "lyrics.writer.writer",
    "onnx",
    "onnxruntime",
    "pandas.core",
    "scipy",
    "sqlalchemy",
    "torch",
    "vocoder.synthesis",
    "voice.analysis.analyse",
    "voice.composing.compose",
    "voice.ensemble.together",
    "voice.marking.check",
    "voice.mixing.mix",
    "voice.song.make",
)
TO_SING = ("onnxruntime", "scipy.fft", "vocoder.synthesis", "voice.cli.outputs")
NEVER = ("librosa", "numba", "pandas.core", "scipy.signal", "scipy.stats", "torch")
COMPONENT = """
import gradio

class Mine(gradio.HTML):
    EVENTS = [gradio.events.Events.change]
"""
STARTED = """
import gc, json, sys
from contextlib import nullcontext
from voice.demo.starting import quick_imports
sys.path.insert(0, sys.argv[2])
with quick_imports() if sys.argv[1] == "quick" else nullcontext():
    import voice.demo.page
    import component_of_mine
print(json.dumps({"said": component_of_mine.Mine.change.__doc__, "collecting": gc.isenabled()}))
"""
SERVED = """
import json, sys
from urllib.request import urlopen
from voice.demo.starting import quick_imports
with quick_imports():
    from voice.demo.example_take import warmed
    from voice.demo.page import Room, Serving, Studio, launched, page
room = Room(Studio.open(threads=1))
blocks = page(room)
address = launched(blocks, Serving(), wait=False)
config = json.loads(urlopen(address + "config").read())
served = sorted(sys.modules)
warmed(room.studio)
warm = sorted(sys.modules)
blocks.close()
room.files.close()
import pandas
table = pandas.DataFrame({"a": [1, 2]}).sum().item()
print(json.dumps({"components": len(config["components"]), "table": table,
                  "served": served, "warm": warm}))
"""


def told_by(code: str, *arguments: str, **environment: str) -> Any:
    """What a Python of its own prints in its last line, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True,
        check=True, env=os.environ | environment,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("way", ["quick", "usual"])
def test_gradio_writes_for_no_reader_when_the_page_starts(way: str, tmp_path: Path) -> None:
    (tmp_path / "component_of_mine.py").write_text(COMPONENT, "utf-8")
    told = told_by(STARTED, way, str(tmp_path))
    assert told["collecting"]
    assert (tmp_path / "component_of_mine.pyi").is_file() == (way == "usual")
    assert ("{{component}}" in told["said"].replace(" ", "")) == (way == "quick")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a server of its own has imported when it has shown the page, and when it is warm."""
    return told_by(SERVED, MELISMA_HOME=str(tmp_path_factory.mktemp("served")))


def test_the_first_page_asks_for_nothing_that_it_does_not_show(served: Any) -> None:
    assert served["components"] > 150
    assert [name for name in LATER if name in served["served"]] == []


def test_the_warm_up_imports_what_a_take_needs_and_no_more(served: Any) -> None:
    assert [name for name in TO_SING if name not in served["warm"]] == []
    assert [name for name in NEVER if name in served["warm"]] == []


def test_what_nobody_asked_works_when_somebody_does(served: Any) -> None:
    assert served["table"] == 3


def test_the_page_is_described_once_when_it_is_served(room: Room) -> None:
    blocks = page(room)
    assert blocks.get_config_file() == {}
    assert (blocks._queue.max_size, blocks._queue.default_concurrency_limit) == (
        limits.QUEUE_LENGTH,
        limits.LIGHT_AT_ONCE,
    )
    launched(blocks, Serving(), wait=False)
    try:
        assert len(blocks.config["components"]) == len(blocks.blocks)
        assert blocks.get_config_file() is blocks.get_config_file()
    finally:
        blocks.close()


def test_a_warm_up_is_done_once_however_many_ask() -> None:
    done, count = threading.Event(), []

    def work() -> None:
        count.append(threading.current_thread().name)
        done.set()

    once = Once(work)
    for _ in range(5):
        once.begin()
    assert done.wait(60)
    for thread in threading.enumerate():
        if thread.name == "melisma-warm":
            thread.join()
    assert count == ["melisma-warm"]
