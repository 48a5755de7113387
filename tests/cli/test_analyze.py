"""`melisma analyze` from the command line: what it prints, draws and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.analysis.made_music import Music, play
from vocoder.audio import Audio, write_audio
from voice.cli.app import run

SONG = Music(100.0, 4, [(0, 4), (9, 3), (5, 4), (7, 4)] * 2 + [(0, 4)])


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tracks") / "song.wav"
    write_audio(path, play(SONG))
    return path


def test_json_and_a_picture_come_of_one_track(
    track: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "song.png"
    assert run(["analyze", str(track), "--json", "--plot", str(picture)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["tempo_bpm"] == pytest.approx(100.0, rel=1e-3)
    assert found["key"] == "C major"
    assert found["meter"] == "4/4"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["song.png"]


def test_words_name_the_chords(track: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--bpm", "100", "--first-beat", "0.25", "--key", "C major"]
    assert run(["analyze", str(track), *arguments]) == 0
    said = capsys.readouterr().out
    assert "C | Am | F | G" in said
    assert "key      C major (sure, 1.00)" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--key", "H major"], "no key"),
        (["--meter", "waltz"], "no metre"),
        (["--bpm", "5"], "--bpm"),
        (["--plot", "song.pdf"], ".png"),
    ],
)
def test_wrong_orders_are_refused_before_the_track_is_read(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["analyze", str(tmp_path / "none.wav"), *arguments]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1


def test_files_that_hold_no_music_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, silent, endless = (tmp_path / name for name in ("broken.wav", "silent.wav", "day.flac"))
    broken.write_bytes(b"RIFF of course not")
    write_audio(silent, Audio(np.zeros((1, 100_000), dtype=np.float32), 44_100))
    with soundfile.SoundFile(endless, "w", 8_000, 1) as file:
        for _ in range(40):
            file.write(np.zeros(8_000 * 60, dtype=np.int16))
    for path, said in ((broken, "not readable"), (silent, "silent"), (endless, "at most")):
        assert run(["analyze", str(path)]) == 2
        shown = capsys.readouterr().err
        assert str(path) in shown
        assert said in shown


def test_half_a_track_is_told(
    track: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    half = tmp_path / "half.wav"
    half.write_bytes(track.read_bytes()[: track.stat().st_size // 2])
    assert run(["analyze", str(half), "--bpm", "100", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["tempo_bpm"] == pytest.approx(100.0, rel=1e-3)
    assert f"warning: {half}: holds " in told.err
    assert "cut short" in told.err
