"""The start: what is imported before the page is there, and what is left for later."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytest.importorskip("gradio")

from voice.demo.starting import Once

ROOT = Path(__file__).parents[2]
LATER = ("onnx", "sqlalchemy", "torch")
COMPONENT = """
import gradio

class Mine(gradio.HTML):
    EVENTS = []
"""
STARTED = """
import gc, json, sys
from contextlib import nullcontext
from voice.demo.starting import quick_imports
sys.path.insert(0, sys.argv[2])
with quick_imports() if sys.argv[1] == "quick" else nullcontext():
    import voice.demo.page
    import component_of_mine
print(json.dumps({"modules": sorted(sys.modules), "collecting": gc.isenabled()}))
"""


@pytest.mark.parametrize("way", ["quick", "usual"])
def test_gradio_writes_no_stubs_when_the_page_starts(way: str, tmp_path: Path) -> None:
    (tmp_path / "component_of_mine.py").write_text(COMPONENT, "utf-8")
    command = [sys.executable, "-c", STARTED, way, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["collecting"]
    assert [name for name in LATER if name in told["modules"]] == []
    assert (tmp_path / "component_of_mine.pyi").is_file() == (way == "usual")


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
