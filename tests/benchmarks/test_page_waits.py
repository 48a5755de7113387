"""What the page's benchmark makes of what it watched; the watching itself needs an idle machine."""

from __future__ import annotations

import os

import numpy as np
import pytest

pytest.importorskip("gradio_client")

from benchmarks import page
from benchmarks.page_server import Server
from benchmarks.page_users import Waves

MIB = 1 << 20


def test_waits_are_medians_and_memory_must_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [page.Waits(start, 2.0, 1.0, first, 1.5) for start, first in ((2, 4), (9, 1), (3, 2))]
    crowd = Waves(served=39, first_mib=800.0, second_mib=840.0)
    monkeypatch.setattr(page, "measured", lambda number, users: (runs[:number], crowd))
    rows = {row.key: row for row in page.page_rows(3, 20)}
    assert rows["page.start"].value == 3
    assert rows["page.first_take"].value == 2
    assert rows["page.start"].met
    assert rows["page.start.processor"].met is None
    assert rows["page.users"].met is False
    assert rows["page.memory.growth"].value == pytest.approx(5.0)
    assert rows["page.memory.growth"].met


def test_the_most_memory_is_that_since_it_was_forgotten() -> None:
    here = Server("", os.getpid(), 0.0)
    large = np.ones(96 * MIB, np.uint8)
    assert here.most_memory_mib > 96
    del large
    here.forget_most()
    before = here.most_memory_mib
    held = np.ones(64 * MIB, np.uint8)
    assert here.most_memory_mib - before > 48
    assert here.processor_s > 0.0
    assert held[-1] == 1
