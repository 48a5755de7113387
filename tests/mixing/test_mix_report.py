"""Reports of mixes: what is written is read back, and what is wrong is named by its key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.errors import MixError
from voice.mixing.decisions import Dip, DipSpan
from voice.mixing.placement import AtBar, AtSecond, second_of_bar, start_second
from voice.mixing.presets import PRESETS
from voice.mixing.report import (
    MixReport,
    Placement,
    Source,
    from_json,
    located,
    relative,
    report_path,
    to_json,
)
from voice.mixing.wishes import MixWishes, first_decisions

SOURCE = Source("a.wav", "ab" * 32, 44_100, 2, 3.25)


def report_of(preset: str, begin_s: float, bpm: float | None) -> MixReport:
    decisions = first_decisions(MixWishes(preset), ["lead", "harmony"], [begin_s, 0.0], bpm)
    placement = Placement("bar 3", bpm, begin_s)
    return MixReport(SOURCE, (SOURCE, SOURCE), preset, decisions, placement, None, ("careful",))


@given(
    preset=st.sampled_from(sorted(PRESETS)),
    begin_s=st.floats(-10.0, 600.0),
    bpm=st.none() | st.floats(40.0, 240.0),
)
def test_what_is_written_is_read_back(preset: str, begin_s: float, bpm: float | None) -> None:
    report = report_of(preset, begin_s, bpm)
    text = to_json(report)
    assert from_json(text, "a.mix.json") == report
    assert max(map(len, text.splitlines())) < 300


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("decisions", "room", "size"), 3.0, "a room's size lies in 0 to 1, not at 3.0"),
        (("decisions", "room", "sise"), 0.5, "report.decisions.room: no key 'sise'; known are"),
        (("decisions", "lead_lu"), "loud", "report.decisions.lead_lu is a number, not 'loud'"),
        (("decisions", "muted"), 1, "report.decisions.muted is true or false, not 1"),
        (("decisions", "vocals"), [], "2 vocals have 0 decisions|at least one vocal"),
        (("decisions", "dip", "spans"), 4, "dip.spans is a list"),
        (("vocals",), [], "0 vocals have 2 decisions"),
        (("version",), 2, "report version 2, known is 1"),
        (("format",), "song", "not the report of a mix"),
    ],
)
def test_what_is_wrong_is_named(path: tuple[str, ...], value: object, message: str) -> None:
    table = json.loads(to_json(report_of("pop", 0.0, None)))
    inside = table
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    with pytest.raises(MixError, match=message):
        from_json(json.dumps(table), "a.mix.json")


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(MixError, match="not JSON"):
        from_json("{", "a.mix.json")


def test_dips_in_disorder_are_refused() -> None:
    with pytest.raises(ValueError, match="ends after it begins"):
        Dip(spans=(DipSpan(2.0, 1.0, 3.0, 0.0),))


def test_files_are_named_from_the_reports_folder(tmp_path: Path) -> None:
    report = tmp_path / "mixes" / "a.mix.json"
    assert relative(tmp_path / "takes" / "v.wav", report) == "../takes/v.wav"
    source = Source("../takes/v.wav", None, 44_100, 1, 1.0)
    assert located(source, report) == tmp_path / "takes" / "v.wav"
    assert report_path(Path("out/song.flac")) == Path("out/song.mix.json")


def test_bars_are_counted_from_1_and_a_pickup_sounds_before() -> None:
    downbeats_s = (0.5, 2.5, 4.5)
    assert second_of_bar(2, downbeats_s) == 2.5
    assert start_second(AtBar(3), downbeats_s, pickup_s=0.75) == 3.75
    assert start_second(AtSecond(1.25), downbeats_s, pickup_s=0.75) == 1.25
    with pytest.raises(MixError, match="in which 3 bars were found"):
        second_of_bar(4, downbeats_s)
