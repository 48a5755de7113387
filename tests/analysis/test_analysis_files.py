"""Analyses as JSON and as words, and keys as musicians write them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.analysis.files import from_json, read_analysis, to_json, write_analysis
from voice.analysis.model import (
    BANDS_HZ,
    TONICS,
    ChordSpan,
    Key,
    Moment,
    Section,
    TempoPoint,
    TrackAnalysis,
)
from voice.analysis.telling import chords_of_bars, in_words
from voice.errors import AnalysisError

SMALL = TrackAnalysis(
    length_s=8.5,
    tempo_bpm=120.0,
    key=Key(10, "major"),
    meter=(4, 4),
    beats_s=tuple(0.5 * number for number in range(16)),
    downbeats_s=(0.5, 2.5, 4.5, 6.5),
    chords=(
        ChordSpan(0.0, 3.5, 10),
        ChordSpan(3.5, 6.5, 7, "minor"),
        ChordSpan(6.5, 8.5, None),
    ),
    sections=(Section(0.0, 4.5, "A"), Section(4.5, 8.5, "B")),
    loudness_lufs=-14.25,
    confidence={"tempo": 0.9, "beats": 1.0, "meter": 0.2, "key": 0.8},
    tempo_curve=(TempoPoint(0.5, 120.0),),
    course=(Moment(0.0, -14.0, 1.0, (-20.0,) * len(BANDS_HZ), (0.5,) * len(BANDS_HZ)),),
    tuning_cents=-3.0,
)


def test_an_analysis_comes_back_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "track.json"
    write_analysis(path, SMALL)
    assert read_analysis(path) == SMALL
    assert list(tmp_path.iterdir()) == [path]


def test_the_fields_that_programs_read_are_there() -> None:
    table = json.loads(to_json(SMALL))
    assert table["tempo_bpm"] == 120.0
    assert table["key"] == "Bb major"
    assert table["meter"] == "4/4"
    assert table["downbeats_s"] == [0.5, 2.5, 4.5, 6.5]
    assert [row["chord"] for row in table["chords"]] == ["Bb", "Gm", "N"]
    assert len(table["course"][0]["free"]) == len(table["bands_hz"])


def test_silence_is_written_as_null() -> None:
    table = json.loads(to_json(SMALL))
    table["loudness_lufs"] = None
    assert from_json(json.dumps(table)).loudness_lufs == -math.inf


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "song"}, "not an analysis"),
        ({"version": 99}, "version 99"),
        ({"key": "H major"}, "no key"),
        ({"meter": "waltz"}, "no metre"),
        ({"beats_s": [3.0, 1.0]}, "downbeat|order"),
        ({"chords": [{"start_s": 0.0}]}, "no 'end_s'"),
        ({"confidence": 3}, "not a whole analysis"),
    ],
)
def test_what_contradicts_itself_is_refused(change: dict[str, object], said: str) -> None:
    table = {**json.loads(to_json(SMALL)), **change}
    with pytest.raises(AnalysisError, match=said):
        from_json(json.dumps(table))


def test_a_file_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match=r"none\.json"):
        read_analysis(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_bytes(b"\xff\xfe{")
    with pytest.raises(AnalysisError, match=r"broken\.json: not JSON"):
        read_analysis(broken)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 11), st.sampled_from(["major", "minor"]))
def test_every_key_is_read_as_it_is_written(tonic: int, mode: str) -> None:
    assert str(Key.named(f"{TONICS[tonic]} {mode}")) == f"{TONICS[tonic]} {mode}"


@pytest.mark.parametrize(
    ("text", "key"),
    [("Am", "A minor"), ("bb", "Bb major"), ("C# minor", "Db minor"), ("g♯m", "Ab minor")],
)
def test_short_names_of_keys(text: str, key: str) -> None:
    assert str(Key.named(text)) == key


@pytest.mark.parametrize("text", ["", "H", "C dorian", "Amm", "major"])
def test_other_words_are_no_keys(text: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        Key.named(text)


def test_chords_are_told_bar_by_bar() -> None:
    assert chords_of_bars(SMALL) == [["Bb"], ["Bb", "Gm"], ["Gm"], ["N"]]


def test_the_words_say_what_is_unsure_and_how_to_say_better() -> None:
    text = "\n".join(in_words(SMALL))
    assert "Bb major (sure, 0.80)" in text
    assert "unsure" in text
    assert "--meter" in text
    assert "--bpm" not in text


def test_the_words_say_how_energy_goes_and_where_room_is() -> None:
    levels = (0.0, 0.25, 0.5, 0.99, 1.0)
    free = (*(0.5,) * 7, 0.0, 1.0)
    course = tuple(
        Moment(float(bar), -14.0, energy, (-20.0,) * len(BANDS_HZ), free)
        for bar, energy in enumerate(levels)
    )
    lines = in_words(replace(SMALL, course=course))
    assert "energy   0-9, bar by bar: 0259 9" in lines
    room = next(line for line in lines if line.startswith("room"))
    assert room.startswith("room     63 Hz 50%, 125 Hz 50%")
    assert room.endswith("4 kHz 50%, 8 kHz 0%, 16 kHz 100%")
