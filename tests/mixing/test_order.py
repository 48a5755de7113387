"""Files mixed from the command line: bit for bit, replayed, and every refusal in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.mixing.takes import noise, take
from vocoder.audio import Audio, Bits, Tags, read_audio, write_audio
from voice.cli.app import run

Mix = Callable[..., int]


@pytest.fixture
def mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mix:
    """`melisma mix` in a folder with a vocal, a double, and an instrumental of 4 s."""
    monkeypatch.chdir(tmp_path)
    tags = Tags(
        artist="Tiny", comment="synthetic singing by Melisma; voice tiny; beat 0 at 0.500 s"
    )
    write_audio(Path("lead.wav"), take(2.0, lead_in_s=0.5).audio, "24", tags)
    write_audio(Path("double.wav"), take(2.0, level=0.05).audio)
    write_audio(Path("band.wav"), noise(4.0, 44_100), "16")

    def call(*arguments: object) -> int:
        return run(["mix", *map(str, arguments)])

    return call


@pytest.mark.parametrize(("suffix", "bits"), [("wav", "16"), ("flac", "24"), ("wav", "32f")])
def test_muted_and_unmastered_is_the_instrumental_bit_for_bit(
    mix: Mix, suffix: str, bits: Bits
) -> None:
    band = Audio(noise(1.0, 96_000, 1, 0.1).samples, 96_000)
    write_audio(Path(f"track.{suffix}"), band, bits)
    sounds = ("lead.wav", f"track.{suffix}", "-o", f"out.{suffix}", "--bits", bits)
    assert mix(*sounds, "--vocal-muted", "--loudness", "off", "-q") == 0
    given, made = (soundfile.read(f"{name}.{suffix}", dtype="float64") for name in ("track", "out"))
    assert made[1] == given[1] == 96_000
    np.testing.assert_array_equal(made[0], given[0])
    assert soundfile.info(f"track.{suffix}").subtype == soundfile.info(f"out.{suffix}").subtype


def test_the_report_replays_to_the_same_bytes_and_can_be_edited(
    mix: Mix, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ("lead.wav", "double.wav", "band.wav", "--start", "1.5", "--bpm", 100)
    assert mix(*order, "-o", "a.wav", "--stems", "stems") == 0
    assert "stems" in capsys.readouterr().out
    names = ["double-1", "echo", "instrumental", "lead", "room"]
    assert sorted(path.stem for path in Path("stems").iterdir()) == names
    assert mix("--replay", "a.mix.json", "-o", "b.wav", "-q") == 0
    assert Path("a.wav").read_bytes() == Path("b.wav").read_bytes()
    report = json.loads(Path("a.mix.json").read_text())
    assert json.loads(Path("b.mix.json").read_text()) == report
    assert report["decisions"]["vocals"][0]["begin_s"] == 1.0
    assert [vocal["role"] for vocal in report["decisions"]["vocals"]] == ["lead", "double"]
    assert report["decisions"]["echo"]["delay_s"] == 0.3
    report["decisions"]["room"] = None
    report["decisions"]["vocals_db"] = None
    report["decisions"]["lead_lu"] = 6.0
    Path("a.mix.json").write_text(json.dumps(report))
    assert mix("--replay", "a.mix.json", "-o", "c.wav", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["measured"]["lead_lu"] == pytest.approx(6.0, abs=0.01)
    assert said["decisions"]["room"] is None


def test_the_tags_say_who_sings_and_where_beat_0_lies(mix: Mix) -> None:
    assert mix("lead.wav", "band.wav", "-o", "a.wav", "--start", "0.2s", "--preset", "dry") == 0
    with soundfile.SoundFile("a.wav") as file:
        assert file.comment == (
            "mixed by Melisma; synthetic singing by Melisma; voice tiny; beat 0 at 0.500 s"
        )
        assert file.artist == "Tiny"
    assert read_audio(Path("a.wav")).duration_s == pytest.approx(4.3, abs=0.01)


def test_bars_come_from_an_analysis_and_the_lead_in_is_kept_out_of_them(mix: Mix) -> None:
    Path("beats.json").write_text(json.dumps(ANALYSIS))
    order = ("lead.wav", "band.wav", "-o", "a.ogg", "--analysis", "beats.json", "--start", 2)
    assert mix(*order) == 0
    report = json.loads(Path("a.mix.json").read_text())
    assert report["decisions"]["vocals"][0]["begin_s"] == 1.75
    assert report["placement"] == {
        "start": "bar 2",
        "tempo_bpm": 120.0,
        "bar_s": 2.25,
        "tempo_from": "analysis in beats.json",
    }


@pytest.mark.parametrize("suffix", ["flac", "ogg", "opus", "mp3"])
def test_every_format_goes_in_and_out(mix: Mix, suffix: str) -> None:
    write_audio(Path(f"track.{suffix}"), noise(2.0, 48_000, 2, 0.1))
    order = ("double.wav", f"track.{suffix}", "-o", f"out.{suffix}", "--start", "0s", "-q")
    assert mix(*order, "--preset", "dry") == 0
    made = read_audio(Path(f"out.{suffix}"))
    assert (made.rate_hz, made.channels) == (48_000, 2)
    assert made.duration_s == pytest.approx(2.0, abs=0.08)


def test_a_refusal_is_one_line_and_leaves_nothing(
    mix: Mix, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("text.mp3").write_text("no sound")
    Path("other.json").write_text("{}")
    Path("full").mkdir()
    write_audio(Path("quiet.wav"), Audio(np.zeros((1, 44_100), np.float32), 44_100))
    with soundfile.SoundFile("long.flac", "w", 4_000, 1) as file:
        for _ in range(36):
            file.write(np.zeros(4_000 * 60, np.int16))
    before = sorted(path.name for path in Path().iterdir())
    for arguments, message in REFUSALS:
        assert mix(*arguments) == 2, arguments
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1, told.err
        assert message in told.err, told.err
        assert sorted(path.name for path in Path().iterdir()) == before


def test_a_changed_vocal_is_not_replayed_unasked(
    mix: Mix, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ("lead.wav", "band.wav", "--preset", "dry", "--start", "0.5s", "-q")
    assert mix(*order, "-o", "a.wav") == 0
    write_audio(Path("lead.wav"), take(1.5).audio)
    assert mix("--replay", "a.mix.json", "-o", "b.wav", "-q") == 2
    assert "lead.wav: has changed since" in capsys.readouterr().err
    assert mix("lead.wav", "band.wav", "--replay", "a.mix.json", "-o", "b.wav", "-q") == 0
    assert Path("a.wav").read_bytes() != Path("b.wav").read_bytes()


ANALYSIS = {
    "format": "melisma-analysis",
    "version": 1,
    "length_s": 4.0,
    "tempo_bpm": 120.0,
    "key": "C major",
    "meter": "4/4",
    "tuning_cents": 0.0,
    "loudness_lufs": -20.0,
    "confidence": {},
    "beats_s": [0.25, 0.75, 1.25, 1.75, 2.25, 2.75],
    "downbeats_s": [0.25, 2.25],
    "chords": [],
    "sections": [],
    "tempo_curve": [],
    "bands_hz": [],
    "course": [],
}
OUT = ("-o", "a.wav", "--start", "1.0")
REFUSALS: list[tuple[tuple[object, ...], str]] = [
    ((), "say where the mix goes"),
    (OUT, "needs a vocal and an instrumental"),
    (("band.wav", *OUT), "needs a vocal and an instrumental"),
    (("lead.wav", "none.wav", *OUT), "none.wav: no such file"),
    (("lead.wav", "text.mp3", *OUT), "not readable as audio"),
    (("lead.wav", "long.flac", *OUT), "2160 s long, at most 1800 s"),
    (("quiet.wav", "band.wav", *OUT), "vocal 1 is silent"),
    (("lead.wav", "band.wav", "-o", "band.wav"), "is one of the inputs"),
    (("lead.wav", "band.wav", "-o", "full"), "without suffix"),
    (("lead.wav", "band.wav", "-o", "nowhere/a.wav"), "there is no folder nowhere"),
    (("lead.wav", "band.wav", "-o", "a.xyz"), "audio is not written as '.xyz'"),
    (("lead.wav", "band.wav", *OUT, "--report", "band.wav"), "is one of the inputs"),
    (("lead.wav", "band.wav", *OUT, "--report", "a.txt"), "written as .json"),
    (("lead.wav", "band.wav", *OUT, "--stems", "text.mp3"), "is a file; name a folder"),
    (("lead.wav", "band.wav", *OUT, "--stems", "."), "lead.wav lies there"),
    (("lead.wav", "band.wav", *OUT, "--preset", "jazz"), "no preset 'jazz'; choose pop"),
    (("lead.wav", "band.wav", *OUT, "--loudness", "loud"), "give a number, or off"),
    (("lead.wav", "band.wav", *OUT, "--loudness", "3"), "the loudness in LUFS lies in"),
    (("lead.wav", "band.wav", *OUT, "--vocal-level", "90"), "the vocals' level in LU lies in"),
    (("lead.wav", "band.wav", *OUT, "--meter", "four"), "'four' is no metre"),
    (("lead.wav", "band.wav", "-o", "a.wav", "--start", "9s"), "band.wav ends at 4.0 s"),
    (("lead.wav", "band.wav", "-o", "a.wav", "--start", "x"), "give a bar such as 5"),
    (("--replay", "other.json", "-o", "a.wav"), "not the report of a mix"),
    (("--replay", "none.json", "-o", "a.wav"), "cannot be read"),
    (("--replay", "other.json", "-o", "a.wav", "--preset", "pop"), "--preset: other.json holds"),
]


def test_half_an_instrumental_is_mixed_with_a_warning(
    mix: Mix, capsys: pytest.CaptureFixture[str]
) -> None:
    band = Path("band.wav")
    band.write_bytes(band.read_bytes()[: band.stat().st_size * 3 // 4])
    assert mix("lead.wav", "band.wav", "--start", "0.5", "-o", "out.wav") == 0
    told = capsys.readouterr().err
    assert "warning: band.wav: holds 3.0 of the 4.0 s that it promises" in told
    kept = json.loads(Path("out.mix.json").read_text())["warnings"]
    assert [text for text in kept if "cut short" in text] == [
        "band.wav: holds 3.0 of the 4.0 s that it promises; the file is cut short"
    ]
