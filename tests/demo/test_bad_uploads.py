"""Whatever is dropped on the page's fields is read, or refused in a sentence that names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest.importorskip("gradio")

from voice.cli.app import MENDABLE
from voice.cli.converting import Order, carry_out
from voice.demo.desk import desk_from_file
from voice.demo.melody_tab import SUFFIXES
from voice.demo.track import heard
from voice.identity import open_ears
from voice.marking.check import check_file
from voice.studio import silent_progress

RUBBISH = {
    "empty": b"",
    "text": b"this is no song\n" * 20,
    "zeros": bytes(5_000),
    "zip": b"PK\x03\x04" + bytes(200),
    "riff": b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(30),
    "xml": b"<?xml version='1.0'?><a></a>",
    "json": b'{"a": [1, 2, {}]}',
    "midi": b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x01\xe0MTrk\x00\x00\x00\x04\x00\xff\x2f\x00",
}


def converted(path: Path) -> None:
    order = Order(
        vocal=path,
        voice="wren",
        output=path.with_name("converted.wav"),
        transpose="auto",
        formants=0.0,
        follow_dynamics=False,
        may_use=True,
        seed=0,
        bits="24",
        threads=1,
    )
    carry_out(order, silent_progress)


FIELDS: dict[str, Callable[[Path], object]] = {
    "track": lambda path: heard(str(path), silent_progress),
    "check": check_file,
    "convert": converted,
    "consent": lambda path: open_ears().recording.measure(path.read_bytes()),
}


def refusal(read: Callable[[Path], object], path: Path) -> str:
    with pytest.raises(MENDABLE) as told:
        read(path)
    return str(told.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_score(suffix: str, tmp_path: Path) -> None:
    for name, data in RUBBISH.items():
        path = tmp_path / f"{name}{suffix}"
        path.write_bytes(data)
        told = refusal(lambda file: desk_from_file(str(file), ""), path)
        assert "Traceback" not in told
        assert path.name in told


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
def test_no_sound(field: str, suffix: str, tmp_path: Path) -> None:
    for name, data in RUBBISH.items():
        path = tmp_path / f"{name}{suffix}"
        path.write_bytes(data)
        assert "Traceback" not in refusal(FIELDS[field], path)


@pytest.mark.parametrize("field", ["track", "convert"])
def test_sounds_with_nothing_to_hear(field: str, tmp_path: Path) -> None:
    for name, samples in (("short", np.zeros(10)), ("lost", np.full(44_100 * 3, np.nan))):
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, samples, 44_100, subtype="FLOAT")
        assert refusal(FIELDS[field], path)
