"""Expression and company from the command line: what is heard of it, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SONG, Melisma
from vocoder.audio import Audio, read_audio, write_audio
from vocoder.frames import GRID
from vocoder.pitch import hz_to_midi
from voice.expression import FrameScore
from voice.frame_files import read_frames

SECONDS = 12 * 0.5


def frames_of(sing: Melisma, folder: Path, *options: object) -> FrameScore:
    assert sing(SONG, "-o", "a.wav", "--frames", "a.json", "-q", *options) == 0
    return read_frames(folder / "a.json")


def test_wishes_reach_the_frames(sing: Melisma, tmp_path: Path) -> None:
    plain = frames_of(sing, tmp_path)
    sound = read_audio(tmp_path / "a.wav").samples
    wished = frames_of(sing, tmp_path, "--gender", -3, "--tension", 0.5, "--dynamics", 6)
    assert (wished.gender == -3.0).all()
    assert (wished.tension == 0.5).all()
    assert wished.energy.mean() > plain.energy.mean() + 0.3
    assert (read_audio(tmp_path / "a.wav").samples != sound).any()


def test_a_bend_draws_one_note_from_its_pitch(sing: Melisma, tmp_path: Path) -> None:
    plain, bent = frames_of(sing, tmp_path), frames_of(sing, tmp_path, "--bend", "2:-100,0")
    apart = hz_to_midi(bent.pitch.hz) - hz_to_midi(plain.pitch.hz)
    second, third = (GRID.seconds_to_frames(bent.notes[i].start_s) for i in (1, 2))
    assert -1.0 < apart[second + 3] < -0.8
    assert np.abs(apart[: second - 1]).max() < 0.01
    assert np.abs(apart[third + 1 :]).max() < 0.01


def test_vibrato_is_as_asked(sing: Melisma, tmp_path: Path) -> None:
    still = frames_of(sing, tmp_path, "--vibrato", 0, "--variation", 0)
    wide = frames_of(sing, tmp_path, "--vibrato", 150, "--vibrato-onset", 0.1, "--variation", 0)
    apart = np.abs(hz_to_midi(wide.pitch.hz) - hz_to_midi(still.pitch.hz))
    assert apart.max() > 0.5


def test_a_gender_curve_drawn_by_hand_is_sung(sing: Melisma, tmp_path: Path) -> None:
    frames_of(sing, tmp_path)
    first = (tmp_path / "a.wav").read_bytes()
    table = json.loads((tmp_path / "a.json").read_text())
    table["gender"] = np.linspace(0.0, 5.0, len(table["gender"])).tolist()
    (tmp_path / "b.json").write_text(json.dumps(table))
    assert sing("b.json", "-o", "b.wav", "-q") == 0
    assert (tmp_path / "b.wav").read_bytes() != first


def test_frames_of_version_1_are_still_sung(sing: Melisma, tmp_path: Path) -> None:
    frames_of(sing, tmp_path)
    table = json.loads((tmp_path / "a.json").read_text())
    del table["gender"]
    table["version"] = 1
    (tmp_path / "old.json").write_text(json.dumps(table))
    assert sing("old.json", "-o", "b.wav", "-q") == 0
    assert (tmp_path / "b.wav").read_bytes() == (tmp_path / "a.wav").read_bytes()


def test_company_sings_in_stereo_and_leaves_stems(
    sing: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stems").mkdir()
    options = ("--harmony", "thirds", "--double", 1, "--stems", "stems", "--key", "C")
    assert sing(SONG, "-o", "a.wav", "--json", *options) == 0
    said = json.loads(capsys.readouterr().out)
    assert read_audio(tmp_path / "a.wav").channels == 2
    assert [Path(each).name for each in said["stems"]] == [
        "lead.wav", "double-1.wav", "harmony-1.wav",
    ]  # fmt: skip
    for stem in said["stems"]:
        audio = read_audio(tmp_path / stem)
        assert audio.channels == 1
        assert audio.duration_s == pytest.approx(SECONDS, abs=0.012)


def test_company_is_mixed_over_an_instrumental(sing: Melisma, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    samples = (0.05 * random.standard_normal((2, 44_100 * 7))).astype(np.float32)
    write_audio(tmp_path / "band.wav", Audio(samples, 44_100))
    assert (
        sing(SONG, "-o", "a.wav", "--over", "band.wav", "--start", "0.0", "--choir", 2, "-q") == 0
    )
    assert read_audio(tmp_path / "a.wav").channels == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--gender", 13), "--gender"),
        (("--bend", "x"), "such as 5:-100,0"),
        (("--stems", "."), "one singer leaves no stems"),
        (("--double", 1, "--stems", "nowhere"), "is no folder"),
        (("--choir-voices", "tiny"), "--choir"),
        (("--key", "C"), "ask for one"),
        (("--harmony", "fifths"), "neither one of thirds"),
        (("--harmony", "thirds", "--key", "H"), "no key"),
        (("--harmony", "thirds", "--chords", "Z"), "no chord"),
        (("--choir", 2, "--double", 1), "no lead to double"),
        (("--choir", 2, "--choir-voices", "nobody"), "no voice 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    sing: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    options: tuple[object, ...], said: str,
) -> None:  # fmt: skip
    assert sing(SONG, "-o", "a.wav", *options) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "a.wav").exists()


def test_a_frame_score_is_one_singers(
    sing: Melisma, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames_of(sing, tmp_path)
    assert sing("a.json", "-o", "b.wav", "--double", 1) == 2
    assert "other singers" in capsys.readouterr().err
