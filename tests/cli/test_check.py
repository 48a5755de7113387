"""What `melisma sing` writes is told again by `melisma check`: the vocal and the mix alike."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SONG, Melisma
from vocoder.audio import Audio, write_audio


def checked(melisma: Melisma, capsys: pytest.CaptureFixture[str], path: Path) -> dict[str, object]:
    capsys.readouterr()
    assert melisma("check", path, "--json") == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_vocal_and_mix_are_recorded_under_their_grant(
    sing: Melisma, melisma: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    time_s = np.arange(8 * 44_100) / 44_100
    chord = sum(np.sin(2 * np.pi * hz * time_s) for hz in (131.0, 165.0, 196.0))
    backing = (0.1 * np.asarray(chord) * (1 + (time_s * 2 % 1 < 0.1))).astype(np.float32)
    write_audio(tmp_path / "backing.wav", Audio(backing[None], 44_100))
    options = ("--over", "backing.wav", "--vocal", "vocal.wav", "--start", "1s", "-q")
    assert sing(SONG, "-o", "song.flac", *options) == 0
    vocal = checked(melisma, capsys, tmp_path / "vocal.wav")
    mix = checked(melisma, capsys, tmp_path / "song.flac")
    for found, kind in ((vocal, "sing"), (mix, "mix")):
        assert found["verdict"] == "unchanged"
        assert found["voices"] == ["tiny"]
        record = found["record"]
        assert isinstance(record, dict)
        assert (record["kind"], record["signed_here"]) == (kind, True)
        assert record["voices"][0]["grant"]
    assert not checked(melisma, capsys, tmp_path / "backing.wav")["voices"]
