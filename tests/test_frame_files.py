"""FrameScores on disk: what was saved comes back, what contradicts itself is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.mixing.takes import frame_score
from voice.errors import FrameScoreError
from voice.frame_files import read_frames, write_frames


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "take.json"
    write_frames(path, frame_score(0.5, lead_in_s=0.25))
    return path


def test_a_score_comes_back_as_it_was(saved: Path) -> None:
    score, again = frame_score(0.5, lead_in_s=0.25), read_frames(saved)
    for name in ("voice", "language", "seed", "length_samples", "lead_in_s", "phones", "notes"):
        assert getattr(again, name) == getattr(score, name)
    np.testing.assert_array_equal(again.pitch.hz, score.pitch.hz)
    np.testing.assert_array_equal(again.energy, score.energy)


EDITS: dict[str, Any] = {
    "format": "something",
    "version": 3,
    "seed": -1,
    "lead_in_s": float("nan"),
    "length_samples": 10**400,
    "phones": [],
    "notes": [{"start_s": 0}],
    "pitch_hz": [1.0],
    "voiced": [1, 0],
    "energy": [1e300],
    "breathiness": [None],
    "tension": "loud",
    "gender": [40.0],
}


@pytest.mark.parametrize("key", EDITS)
def test_an_edit_that_contradicts_the_rest_is_refused_in_one_line(saved: Path, key: str) -> None:
    table = json.loads(saved.read_text())
    frames = len(table["energy"])
    edit = EDITS[key]
    table[key] = edit * frames if isinstance(edit, list) and len(edit) == 1 else edit
    saved.write_text(json.dumps(table))
    with pytest.raises(FrameScoreError) as refused:
        read_frames(saved)
    assert str(refused.value).startswith(str(saved))


@pytest.mark.parametrize(
    ("key", "value"),
    [("symbol", "qq"), ("frames", 0), ("first_frame", 7), ("stress", 9), ("note", "x")],
)
def test_a_phone_that_cannot_be_is_refused(saved: Path, key: str, value: object) -> None:
    table = json.loads(saved.read_text())
    table["phones"][1][key] = value
    saved.write_text(json.dumps(table))
    with pytest.raises(FrameScoreError):
        read_frames(saved)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "NaN", '"frames"'])
def test_what_is_no_frame_score_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(FrameScoreError):
        read_frames(path)
    with pytest.raises(FrameScoreError, match="cannot be read"):
        read_frames(tmp_path / "missing.json")


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(FrameScoreError, match="cannot be written"):
        write_frames(tmp_path / "nowhere" / "a.json", frame_score(0.5))
    assert list(tmp_path.iterdir()) == []
