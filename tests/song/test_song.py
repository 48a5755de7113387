"""A song from a track: every step's file, and again only what an edit made stale."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vocoder.audio import Audio, read_audio, write_audio
from voice.analysis.files import read_analysis
from voice.cli.app import run
from voice.frame_files import read_frames
from voice.song.wishes import SongWishes
from voice.song.words import first_bars, structure_for

FIXTURES = Path(__file__).parents[1] / "fixtures"
RATE_HZ = 22_050
FIRST_S = 0.4
STEPS = ["analyze", "lyrics", "melody", "perform", "sing", "mix"]
FILES = {
    "analysis.json", "lyrics.txt", "melody.musicxml", "frames.json", "vocal.wav", "song.wav",
    "song.mix.json", "project.json", "stems",
}  # fmt: skip

Say = Callable[..., list[str]]


def band() -> Audio:
    """C, Am, F, G for 8 bars of 2 s, the first at 0.4 s, with a low drum on 1 and 3."""
    samples = np.zeros(round(17.5 * RATE_HZ))
    random = np.random.default_rng(0)
    for beat in range(33):
        at = round((FIRST_S + 0.5 * beat) * RATE_HZ)
        time_s = np.arange(min(RATE_HZ // 2, samples.size - at)) / RATE_HZ
        chord = [(60, 64, 67), (57, 60, 64), (65, 69, 72), (67, 71, 74)][beat // 4 % 4]
        for midi in chord:
            hz = 440 * 2 ** ((midi - 69) / 12)
            tone = np.sin(2 * np.pi * hz * time_s) + 0.5 * np.sin(4 * np.pi * hz * time_s)
            samples[at : at + time_s.size] += 0.06 * np.exp(-2 * time_s) * tone
        drum = (
            np.sin(2 * np.pi * 55 * time_s)
            if beat % 2 == 0
            else random.standard_normal(time_s.size)
        )
        level, fall = (0.5, 30) if beat % 2 == 0 else (0.1, 60)
        samples[at : at + time_s.size] += level * np.exp(-fall * time_s) * drum
    return Audio(np.stack([samples, samples]).astype(np.float32) * 0.5, RATE_HZ)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with a track, a home with the tiny voice, and a finished song."""
    place = tmp_path_factory.mktemp("songs")
    shutil.copytree(FIXTURES / "voices", place / "home" / "voices")
    write_audio(place / "band.wav", band())
    (place / "words.txt").write_text("Walk with me down the silver road\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MELISMA_HOME", str(place / "home"))
        patch.chdir(place)
        order = ("band.wav", "-o", "song", "--lyrics", "words.txt", "--voice", "tiny", "-q")
        assert run(["song", "new", *order, "--threads", "1"]) == 0
    return place


@pytest.fixture
def say(
    made: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Say:
    """`melisma song …` beside a copy of the finished song; what it says, line by line."""
    monkeypatch.setenv("MELISMA_HOME", str(made / "home"))
    for name in ("song", "band.wav", "words.txt"):
        copy = shutil.copytree if (made / name).is_dir() else shutil.copy
        copy(made / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, code: int = 0) -> list[str]:
        assert run(["song", *map(str, arguments)]) == code
        told = capsys.readouterr()
        return (told.out if code == 0 else told.err).splitlines()

    return call


def steps(lines: list[str], condition: str) -> list[str]:
    return [words[0] for words in map(str.split, lines) if words[1] in (condition, f"{condition}:")]


def test_every_step_leaves_its_file_and_the_song_is_in_time(made: Path) -> None:
    folder = made / "song"
    assert {path.name for path in folder.iterdir()} >= FILES
    song = read_audio(folder / "song.wav")
    assert song.rate_hz == RATE_HZ
    report = json.loads((folder / "song.mix.json").read_text())
    assert report["placement"]["start"] == "bar 1"
    assert report["decisions"]["vocals"][0]["begin_s"] == pytest.approx(FIRST_S, abs=0.03)
    assert report["decisions"]["echo"]["delay_s"] == pytest.approx(0.25, abs=0.003)
    frames = read_frames(folder / "frames.json")
    beats = [(note.start_s * 2) % 0.5 for note in frames.notes]
    assert max(min(beat, 0.5 - beat) for beat in beats) < 0.02
    assert [note.text for note in frames.notes][:2] == ["Walk", "with"]


def test_nothing_is_done_where_nothing_is_stale(say: Say) -> None:
    before = {path: path.stat().st_mtime_ns for path in Path("song").iterdir() if path.is_file()}
    lines = say("update", "song")
    assert "nothing was stale" in lines
    assert steps(lines, "done") == []
    del before[Path("song/project.json")]
    assert all(path.stat().st_mtime_ns == moment for path, moment in before.items())


def test_an_edited_mix_is_replayed_and_stays_the_users(say: Say) -> None:
    path = Path("song/song.mix.json")
    report = json.loads(path.read_text())
    before = read_audio(Path("song/song.wav"))
    report["decisions"]["room"] = None
    path.write_text(json.dumps(report))
    lines = say("show", "song")
    assert steps(lines, "stale") == ["mix"]
    assert any("song.mix.json was edited by you" in line for line in lines)
    lines = say("update", "song")
    assert steps(lines, "done") == ["mix"]
    after = read_audio(Path("song/song.wav"))
    assert after.length_samples != before.length_samples
    assert json.loads(path.read_text())["decisions"]["room"] is None
    assert "nothing was stale" in say("update", "song")


def test_other_words_are_sung_and_what_they_do_not_touch_is_kept(say: Say) -> None:
    Path("song/lyrics.txt").write_text("Sing it louder, sing it slow\n")
    assert steps(say("show", "song"), "stale") == ["melody", "perform", "sing", "mix"]
    assert steps(say("update", "song"), "done") == ["melody", "perform", "sing", "mix"]
    assert read_frames(Path("song/frames.json")).notes[0].text == "Sing"


def test_an_edited_performance_is_kept_whatever_comes_before_it(say: Say) -> None:
    path = Path("song/frames.json")
    table = json.loads(path.read_text())
    table["energy"] = [0.5 for _ in table["energy"]]
    path.write_text(json.dumps(table))
    lines = say("update", "song", "--style", "ballad", "--preset", "dry")
    assert steps(lines, "done") == ["melody", "sing", "mix"]
    kept = [line for line in lines if line.startswith("perform")]
    assert "melody.musicxml has changed, but frames.json is yours and kept" in kept[0]
    assert set(json.loads(path.read_text())["energy"]) == {0.5}


def test_a_stopped_run_goes_on_where_it_stopped(say: Say) -> None:
    for name in ("vocal.wav", "song.wav", "song.mix.json"):
        Path("song", name).unlink()
    table = json.loads(Path("song/project.json").read_text())
    table["records"] = [row for row in table["records"] if row["step"] not in ("sing", "mix")]
    Path("song/project.json").write_text(json.dumps(table))
    assert steps(say("show", "song"), "missing") == ["sing", "mix"]
    assert steps(say("update", "song"), "done") == ["sing", "mix"]


def test_a_track_without_a_beat_leaves_no_folder_and_can_be_told_its_tempo(say: Say) -> None:
    tone = 0.1 * np.sin(2 * np.pi * 220.0 * np.arange(12 * RATE_HZ) / RATE_HZ)
    write_audio(Path("drone.wav"), Audio(tone.astype(np.float32)[None], RATE_HZ))
    order = ("new", "drone.wav", "-o", "hum", "--lyrics", "words.txt", "--voice", "tiny")
    assert "--bpm" in say(*order, code=2)[-1]
    assert not Path("hum").exists()
    assert "mix" in steps(say(*order, "--bpm", 120), "done")
    assert Path("hum/song.wav").is_file()


def test_refusals_name_the_remedy_and_leave_everything(say: Say) -> None:
    Path("full").mkdir()
    Path("full/mine.txt").write_text("mine")
    Path("broken").mkdir()
    Path("broken/project.json").write_text("{}")
    before = sorted(path.name for path in Path().iterdir())
    for arguments, message in REFUSALS:
        lines = say(*arguments, code=2)
        assert len(lines) == 1, lines
        assert message in lines[0], lines
        assert sorted(path.name for path in Path().iterdir()) == before
    table = json.loads(Path("song/project.json").read_text())
    table["wishes"]["stile"] = "pop"
    Path("song/project.json").write_text(json.dumps(table))
    assert "no key 'stile'" in say("show", "song", code=2)[0]


REFUSALS: list[tuple[tuple[object, ...], str]] = [
    (("new", "band.wav", "-o", "x"), "a song needs a theme"),
    (("new", "none.wav", "-o", "x", "--theme", "rain"), "none.wav: no such file"),
    (("new", "words.txt", "-o", "x", "--theme", "rain"), "not readable as audio"),
    (("new", "band.wav", "-o", "song", "--theme", "rain"), "holds a song already"),
    (("new", "band.wav", "-o", "full", "--theme", "rain"), "is not an empty folder"),
    (("new", "band.wav", "-o", "x", "--lyrics", "no.txt"), "no.txt: no such file"),
    (("new", "band.wav", "-o", "x", "--theme", "a", "--style", "jazz"), "no style 'jazz'"),
    (("new", "band.wav", "-o", "x", "--theme", "a", "--start", 0), "counted from 1"),
    (("update", "full"), "holds no song"),
    (("show", "broken"), "not the project of a song"),
]


def test_the_form_fits_the_bars(made: Path) -> None:
    analysis = read_analysis(made / "song" / "analysis.json")
    assert structure_for(SongWishes(), analysis) == "verse"
    assert structure_for(SongWishes(style="rap"), analysis) == "verse,chorus"
    assert structure_for(SongWishes(structure="chorus"), analysis) == "chorus"
    assert first_bars(SongWishes(start_bar=5), analysis) == (5,)
    assert first_bars(SongWishes(), analysis)[-1] == 1
