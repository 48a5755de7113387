"""FrameScores as JSON: every number exactly as it was, every damage named."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vocoder.frames import GRID
from vocoder.pitch import PitchCurve
from voice.errors import FrameScoreError
from voice.expression import FramedNote, FramedPhone, FrameScore, settled
from voice.frame_files import is_frame_file, read_frames, write_frames


def frame_score(frames: int = 5, **changes: Any) -> FrameScore:
    whole: dict[str, Any] = {
        "voice": "クミ",
        "language": "ja",
        "seed": 7,
        "length_samples": GRID.frames_to_samples(frames) - 100,
        "lead_in_s": 0.1,
        "phones": (
            FramedPhone("ɾ", 0, 2, 0, 0),
            FramedPhone("a", 2, frames - 3, 1, 0),
            FramedPhone("_", frames - 1, 1),
        ),
        "notes": (FramedNote(0.0, 1.0 / 3.0, 60.1, "ら"),),
        "written_midi": np.full(frames, 60.1),
        "pitch": PitchCurve(np.linspace(261.6, 262.0 + 1e-13, frames), np.arange(frames) > 1),
        "energy": np.linspace(-0.1, 0.3, frames),
        "breathiness": np.zeros(frames),
        "tension": np.full(frames, 1.0 / 7.0),
        "gender": np.linspace(-3.0, 12.0, frames),
    }
    return FrameScore(**(whole | changes))


def same(one: FrameScore, other: FrameScore) -> bool:
    def plain(score: FrameScore) -> list[Any]:
        values = [getattr(score, entry.name) for entry in fields(FrameScore)]
        curves = [score.pitch.hz.tolist(), score.pitch.voiced.tolist()]
        return curves + [
            value.tolist() if isinstance(value, np.ndarray) else value
            for value in values
            if not isinstance(value, PitchCurve)
        ]

    return plain(one) == plain(other)


@given(
    arrays.arrays(np.float64, 5, elements=st.floats(-10.0, 10.0)),
    arrays.arrays(np.float64, 5, elements=st.floats(40.0, 2_000.0)),
    st.text(max_size=8),
    st.floats(0.0, 60.0),
)
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_what_is_written_is_read_exactly(
    tmp_path: Path, energy: Any, hz: Any, text: str, lead_in_s: float
) -> None:
    score = frame_score(
        energy=energy,
        pitch=PitchCurve(hz, energy > 0.0),
        notes=(FramedNote(0.0, 1.0, 60.0, text),),
        lead_in_s=lead_in_s,
    )
    write_frames(tmp_path / "song.json", score)
    assert same(read_frames(tmp_path / "song.json"), score)
    assert [path.name for path in tmp_path.iterdir()] == ["song.json"]


def test_the_same_score_gives_the_same_bytes(tmp_path: Path) -> None:
    write_frames(tmp_path / "a.json", frame_score())
    write_frames(tmp_path / "b.json", read_frames(tmp_path / "a.json"))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_curves_are_settled_to_what_a_file_keeps() -> None:
    np.testing.assert_array_equal(settled(np.array([0.12344999, -0.00004])), [0.1234, -0.0])
    np.testing.assert_array_equal(settled(np.array([440.12349]), 3), [440.123])


def damaged(tmp_path: Path, **changes: Any) -> Path:
    """A file with some entries replaced, or left out where the new value is None."""
    path = tmp_path / "song.json"
    write_frames(path, frame_score())
    table = json.loads(path.read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in table.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")
    return path


PHONE = {"symbol": "a", "first_frame": 0, "frames": 5, "stress": 0, "note": None}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "song"}, "not a FrameScore; `melisma sing"),
        ({"version": 3}, "FrameScore version 3, known are (1, 2)"),
        ({"energy": None}, "no 'energy'"),
        ({"energy": [0.0] * 4}, "energy must hold 5 finite numbers"),
        ({"energy": [0.0, 0.0, float("nan"), 0.0, 0.0]}, "energy must hold 5 finite"),
        ({"energy": ["loud"] * 5}, "could not convert"),
        ({"pitch_hz": [0.0] * 5}, "pitch must lie in 40-2000 Hz"),
        ({"voiced": [1, 0]}, "two curves of one length"),
        ({"length_samples": 3}, "3 samples do not fill 5 frames"),
        ({"length_samples": 1e999}, "not a whole FrameScore"),
        ({"seed": -1}, "a seed is 0 or more, not -1"),
        ({"lead_in_s": -1.0}, "a lead-in lasts 0 s or more, not -1"),
        ({"lead_in_s": 1e999}, "a lead-in lasts 0 s or more, not inf"),
        ({"phones": [PHONE | {"symbol": "ǂ"}]}, "'ǂ' is no phoneme"),
        ({"phones": [PHONE | {"symbol": ["a"]}]}, "not a whole FrameScore"),
        ({"phones": [PHONE | {"frames": 4}]}, "phones end at frame 4, pitch at 5"),
        ({"phones": [PHONE | {"frames": 0}]}, "lasts no frame"),
        ({"phones": [PHONE | {"frames": 2.5}]}, "not a whole FrameScore"),
        ({"phones": [PHONE | {"first_frame": 1}]}, "gap or overlap at frame 0"),
        ({"phones": [PHONE | {"stress": 9}]}, "stress 9; it is 0"),
        ({"phones": 7}, "not a whole FrameScore"),
        ({"notes": [{"start_s": 0.0}]}, "not a whole FrameScore"),
    ],
)
def test_a_damaged_file_is_refused_in_words(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    path = damaged(tmp_path, **changes)
    with pytest.raises(FrameScoreError) as refused:
        read_frames(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b"{", b"[" * 100_000, b"7"])
def test_what_is_no_frame_score_at_all_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "song.json"
    path.write_bytes(content)
    with pytest.raises(FrameScoreError, match=r"song\.json: not"):
        read_frames(path)


def test_files_that_are_not_there_and_places_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(FrameScoreError, match="cannot be read"):
        read_frames(tmp_path / "none.json")
    with pytest.raises(FrameScoreError, match="cannot be written"):
        write_frames(tmp_path / "none" / "song.json", frame_score())
    (tmp_path / "file").write_text("")
    with pytest.raises(FrameScoreError, match="cannot be written"):
        write_frames(tmp_path / "file" / "song.json", frame_score())


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "song.json").mkdir()
    with pytest.raises(FrameScoreError, match="cannot be written"):
        write_frames(tmp_path / "song.json", frame_score())
    assert [path.name for path in tmp_path.iterdir()] == ["song.json"]


def test_json_is_what_frame_files_end_in() -> None:
    assert is_frame_file(Path("song.JSON"))
    assert not is_frame_file(Path("song.ds"))
