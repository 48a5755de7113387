"""A song from the command line: what comes out, that it comes out the same, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.cli.conftest import SONG, Melisma
from vocoder.audio import Audio, read_audio, write_audio
from vocoder.frames import GRID
from vocoder.pitch import hz_to_midi
from voice.frame_files import read_frames

SECONDS = 12 * 0.5


def test_the_vocal_is_as_long_as_the_score_and_in_tune(
    sing: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sing(SONG, "-o", "a.wav", "--json", "--frames", "a.json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["output"] == "a.wav"
    assert said["voice"] == "tiny"
    assert said["transposed"] == "as written"
    audio = read_audio(tmp_path / "a.wav")
    assert (audio.rate_hz, audio.channels) == (44_100, 1)
    assert abs(audio.length_samples - SECONDS * 44_100) <= 512
    assert said["seconds"] == pytest.approx(audio.duration_s, abs=1e-3)
    frames = read_frames(tmp_path / "a.json")
    times_s = GRID.centres_s(frames.frames)
    sung = hz_to_midi(frames.pitch.hz)
    assert [note.midi for note in frames.notes] == [60, 62, 64, 67, 64, 62]
    for note in frames.notes:
        margin_s = 0.2 * (note.end_s - note.start_s)
        middle = (times_s > note.start_s + margin_s) & (times_s < note.end_s - margin_s)
        heard = sung[middle & frames.pitch.voiced]
        assert np.median(heard) == pytest.approx(note.midi, abs=0.02)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    sing: Melisma, tmp_path: Path
) -> None:
    for name, seed in (("a.wav", 3), ("b.wav", 3), ("c.wav", 4)):
        assert sing(SONG, "-o", name, "--seed", seed, "--bits", "32f", "-q") == 0
    first, second, third = ((tmp_path / name).read_bytes() for name in ("a.wav", "b.wav", "c.wav"))
    assert first == second
    assert first != third


def test_a_frame_score_sings_back_the_same_bytes(sing: Melisma, tmp_path: Path) -> None:
    options = ("--lead-in", 0.25, "--breathiness", 0.3, "--seed", 9, "--transpose", 2)
    assert sing(SONG, "-o", "a.wav", "--frames", "a.json", *options, "-q") == 0
    assert sing("a.json", "-o", "b.wav", "--frames", "b.json", "-q") == 0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_an_edited_frame_score_sings_otherwise(sing: Melisma, tmp_path: Path) -> None:
    assert sing(SONG, "-o", "a.wav", "--frames", "a.json", "-q") == 0
    table = json.loads((tmp_path / "a.json").read_text())
    table["pitch_hz"] = [hz * 2 for hz in table["pitch_hz"]]
    (tmp_path / "a.json").write_text(json.dumps(table))
    assert sing("a.json", "-o", "b.wav", "-q") == 0
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "b.wav").read_bytes()


def test_a_lead_in_is_prepended_and_recorded(sing: Melisma, tmp_path: Path) -> None:
    assert sing(SONG, "-o", "a.wav", "--lead-in", 0.5, "--frames", "a.json", "-q") == 0
    assert read_audio(tmp_path / "a.wav").duration_s == pytest.approx(SECONDS + 0.5, abs=0.012)
    frames = read_frames(tmp_path / "a.json")
    assert frames.lead_in_s == 0.5
    assert frames.notes[0].start_s == 0.5
    with soundfile.SoundFile(tmp_path / "a.wav") as file:
        assert "lead-in 0.500 s" in file.comment
        assert "voice tiny" in file.comment


@pytest.mark.parametrize(
    ("asked", "semitones", "words"),
    [("3", 3, "3 semitones up"), ("-12", -12, "1 octave down"), ("octave", 12, "1 octave up")],
)
def test_a_transposition_is_carried_out_and_told(
    sing: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    asked: str, semitones: int, words: str,
) -> None:  # fmt: skip
    song = re.sub(r"([A-G])4", r"\g<1>3", SONG) if asked == "octave" else SONG
    assert sing(song, "-o", "a.wav", "--frames", "a.json", "--transpose", asked) == 0
    assert words in capsys.readouterr().out
    lowest = 48 if asked == "octave" else 60
    assert read_frames(tmp_path / "a.json").notes[0].midi == lowest + semitones


def test_words_from_a_file_go_under_the_notes(sing: Melisma, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("Holy holy holy\n")
    options = ("--lyrics", "words.txt", "--frames", "a.json", "--language", "en")
    assert sing(SONG, "-o", "a.wav", *options, "-q") == 0
    assert read_frames(tmp_path / "a.json").phones[0].symbol in {"h", "_"}


def test_a_tempo_changes_the_length(sing: Melisma, tmp_path: Path) -> None:
    assert sing(SONG, "-o", "a.wav", "--tempo", 60, "-q") == 0
    assert read_audio(tmp_path / "a.wav").duration_s == pytest.approx(2 * SECONDS, abs=0.012)


@pytest.mark.parametrize(("bits", "subtype"), [("16", "PCM_16"), ("32f", "FLOAT")])
def test_bits_are_as_asked(sing: Melisma, tmp_path: Path, bits: str, subtype: str) -> None:
    assert sing(SONG, "-o", "a.wav", "--bits", bits, "-q") == 0
    assert soundfile.info(tmp_path / "a.wav").subtype == subtype


def test_a_song_over_an_instrumental_keeps_its_rate_and_place(
    sing: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(0)
    samples = (0.05 * random.standard_normal((2, 48_000 * 8))).astype(np.float32)
    write_audio(tmp_path / "band.wav", Audio(samples, 48_000))
    mixed = (
        "--over",
        "band.wav",
        "--start",
        "2",
        "--first-beat",
        "0",
        "--vocal",
        "v.wav",
        "--json",
    )
    assert sing(SONG, "-o", "song.wav", *mixed) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["mix_start_seconds"] == pytest.approx(2.0)
    assert said["mix_loudness_lufs"] == pytest.approx(-14.0, abs=0.5)
    song = read_audio(tmp_path / "song.wav")
    assert (song.rate_hz, song.channels) == (48_000, 2)
    assert song.duration_s >= 8.0
    assert read_audio(tmp_path / "v.wav").duration_s == pytest.approx(SECONDS, abs=0.012)


def test_a_refusal_is_one_line_and_leaves_nothing(
    sing: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.mid").write_bytes(b"")
    (tmp_path / "cut.mid").write_bytes(b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk\0\0\0\x40\0\x90")
    (tmp_path / "text.mp3").write_text("no sound")
    (tmp_path / "words.txt").write_text("too few\n")
    before = sorted(path.name for path in tmp_path.iterdir())
    for arguments, message in REFUSALS:
        assert sing(*arguments) == 2, arguments
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1, told.err
        assert message in told.err, told.err
        assert sorted(path.name for path in tmp_path.iterdir()) == before


OUT = ("-o", "a.wav")
REFUSALS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("missing.mid", *OUT), "no such file"),
    (("empty.mid", *OUT), "is empty"),
    (("cut.mid", *OUT), "cut.mid"),
    (("words.txt", *OUT), "no score format"),
    (("missing.json", *OUT), "missing.json: cannot be read"),
    (("C4 D4", *OUT), "no words"),
    ((SONG, *OUT, "--tempo", "5000"), "tempo of 5000"),
    ((SONG, *OUT, "--transpose", "some"), "--transpose some: give semitones"),
    ((SONG, *OUT, "--transpose", "30"), "more than an octave outside"),
    ((SONG, *OUT, "--verse", "3"), "verse 3"),
    ((SONG, *OUT, "--verse", "first"), "--verse first: give a number"),
    ((SONG, *OUT, "--lyrics", "words.txt"), "2 syllables for 6 notes"),
    ((SONG, *OUT, "--lyrics", "none.txt"), "none.txt: there is no such file"),
    ((SONG, *OUT, "--lexicon", "none.txt"), "cannot read the lexicon"),
    ((SONG, *OUT, "--vocoder", "none.onnx"), "no such vocoder"),
    ((SONG, *OUT, "--over", "none.wav"), "none.wav: no such file"),
    ((SONG, *OUT, "--over", "text.mp3"), "not readable as audio"),
    ((SONG, "-o", "text.mp3", "--over", "text.mp3"), "is the instrumental"),
    ((SONG, *OUT, "--start", "later"), "--start later: give a bar"),
    ((SONG, *OUT, "--vocal", "b.wav"), "without --over"),
    ((SONG, "-o", "a.xyz"), "choose .wav"),
    ((SONG, "-o", "a.flac", "--bits", "32f"), "does not hold 32f bits"),
    ((SONG, "-o", "nowhere/a.wav"), "there is no folder nowhere"),
    ((SONG, *OUT, "--frames", "a.txt"), "is written as .json"),
    ((SONG, *OUT, "--frames", "home"), "is written as .json"),
)


def test_an_unknown_voice_is_told_those_there_are(
    melisma: Melisma, capsys: pytest.CaptureFixture[str]
) -> None:
    assert melisma("sing", SONG, "-o", "a.wav", "--voice", "nobody") == 2
    assert "there is no voice 'nobody'; the voices are:" in capsys.readouterr().err


def test_a_frame_score_refuses_what_it_holds_already(
    sing: Melisma, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sing(SONG, "-o", "a.wav", "--frames", "a.json", "-q") == 0
    assert sing("a.json", "-o", "b.wav", "--tempo", 90, "--verse", 2) == 2
    assert "a FrameScore holds tempo, verse already" in capsys.readouterr().err


def test_notes_a_little_out_of_range_are_sung_with_a_warning(
    sing: Melisma, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sing(SONG.replace("G4", "G5"), "-o", "a.wav", "--transpose", "none") == 0
    assert "1 of 6 notes lie outside the range of tiny" in capsys.readouterr().err
