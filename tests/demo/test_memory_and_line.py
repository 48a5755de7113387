"""All that computes stands in one line, and memory that a job needed goes back when it is done."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest

pytest.importorskip("gradio")

from voice.demo.jobs import Jobs
from voice.demo.limits import LINE
from voice.demo.memory import memory_given_back
from voice.demo.page import page
from voice.demo.room import Room

PIECES, PIECE_BYTES = 4_000, 50_000
MIB = 1 << 20


def held_mib() -> float:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4_096 / MIB


def in_holes() -> list[ctypes.Array[ctypes.c_char]]:
    """Many small pieces of memory, of which every twentieth stays and keeps the pool open."""
    pieces = [ctypes.create_string_buffer(b"x" * PIECE_BYTES) for _ in range(PIECES)]
    return pieces[::20]


def test_every_event_that_computes_names_the_limit_of_the_line(room: Room) -> None:
    blocks = page(Room(room.studio, at_once=3))
    limits = [event.concurrency_limit for event in blocks.fns.values()
              if event.concurrency_id == LINE]  # fmt: skip
    assert len(limits) > 15
    assert set(limits) == {3}
    api = {event.api_name for event in blocks.fns.values() if event.concurrency_id == LINE}
    assert {"sing", "mix", "convert", "write_lyrics", "check_file", "enroll"} <= api


@pytest.mark.skipif(sys.platform != "linux", reason="counts pages as Linux does")
def test_memory_that_is_free_goes_back() -> None:
    before = held_mib()
    kept = in_holes()
    assert held_mib() - before > 0.7 * PIECES * PIECE_BYTES / MIB
    with memory_given_back():
        pass
    assert held_mib() - before < 0.3 * PIECES * PIECE_BYTES / MIB
    assert len(kept) == PIECES // 20


def test_it_goes_back_after_a_job_that_failed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    class Library:
        def malloc_trim(self, kept: ctypes.c_size_t) -> None:
            told.append(kept.value)

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library())

    def fails(tell: object) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(Jobs().run("ada", fails))
    assert told == [0]


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(name: object) -> None:
        raise AssertionError("asked for the C library")

    monkeypatch.setattr(ctypes, "CDLL", refused)
    monkeypatch.setattr(sys, "platform", "win32")
    with memory_given_back():
        pass
