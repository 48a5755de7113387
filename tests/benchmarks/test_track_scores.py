"""The marks that analyses get: known answers, and what must not count as right."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.track_scores import Judged, chord_overlap, f_measure
from benchmarks.tracks import rows_of
from voice.analysis.model import ChordSpan

times = st.lists(st.floats(0.0, 100.0), min_size=1, max_size=40).map(sorted)


def judged(found_bpm: float, true_bpm: float = 100.0, **marks: float) -> Judged:
    values = {"beats": 1.0, "downbeats": 1.0, "chords": 1.0, "chord_s": 10.0, **marks}
    return Judged("made", True, found_bpm, true_bpm, "C major", "C major", **values)


def test_beats_count_once_each() -> None:
    assert f_measure([1.0, 2.0, 3.0], [1.05, 2.0, 3.1]) == pytest.approx(2 / 3)
    assert f_measure([1.0, 1.01, 1.02], [1.0]) == pytest.approx(0.5)
    assert f_measure([], [1.0]) == 0.0
    assert math.isnan(f_measure([1.0], []))


def test_half_speed_finds_every_other_beat() -> None:
    assert f_measure([0.0, 2.0, 4.0], [0.0, 1.0, 2.0, 3.0, 4.0]) == pytest.approx(0.75)


@settings(deadline=None, max_examples=25)
@given(times, times)
def test_f_measures_are_shares(found: list[float], truth: list[float]) -> None:
    assert 0.0 <= f_measure(found, truth) <= 1.0
    assert f_measure(truth, truth) == 1.0


@pytest.mark.parametrize(
    ("found_bpm", "exact", "tolerant"),
    [(100.9, True, True), (101.1, False, False), (50.0, False, True), (300.0, False, True)],
)
def test_octaves_are_forgiven_by_name_only(found_bpm: float, exact: bool, tolerant: bool) -> None:
    assert (judged(found_bpm).exact, judged(found_bpm).tolerant) == (exact, tolerant)


def test_chords_are_weighed_by_time() -> None:
    truth = [ChordSpan(0.0, 2.0, 0), ChordSpan(4.0, 6.0, 9, "minor")]
    found = [ChordSpan(0.0, 5.0, 0), ChordSpan(5.0, 9.0, 9, "minor")]
    assert chord_overlap(found, truth) == pytest.approx(0.75)
    assert chord_overlap([ChordSpan(0.0, 9.0, 9, "major")], truth[1:]) == 0.0


def test_a_refused_track_counts_as_wrong() -> None:
    refused = judged(0.0, beats=0.0, downbeats=0.0, chords=0.0)
    plain = Judged("plain", False, 60.0, 60.0, "A minor", "C major", 1.0, 1.0, 1.0, 10.0)
    rows = {row.key: row for row in rows_of([judged(100.0), refused, plain], [])}
    assert rows["tempo.exact.drums"].value == 50.0
    assert rows["beats.drums"].value == 0.5
    assert rows["tempo.exact.drums"].met is False
    assert rows["tempo.exact.plain"].met is None
    assert rows["key"].value == pytest.approx(200 / 3)
