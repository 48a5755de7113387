"""Plans from what a user writes, and over an analysed track."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from voice.analysis.model import ChordSpan, Key, Section, TrackAnalysis
from voice.card import VoiceRange
from voice.composing.errors import PlanError
from voice.composing.plan import MelodyPlan, Style, parse_meter, plan_from, plan_over
from voice.score.model import Meter


def track(
    bars: int = 8, bar_s: float = 2.0, first_s: float = 1.5, hurry_s: float = 0.0
) -> TrackAnalysis:
    """A track in 4/4 with Am and F in turn; each bar `hurry_s` shorter than the one before."""
    downbeats, at = [], first_s
    for bar in range(bars + 1):
        downbeats.append(at)
        at += bar_s - hurry_s * bar
    edges = downbeats
    beats = [a + (b - a) * part / 4 for a, b in pairwise(edges) for part in range(4)]
    chords = tuple(
        ChordSpan(a, b, 9 if n % 2 == 0 else 5, "minor" if n % 2 == 0 else "major")
        for n, (a, b) in enumerate(pairwise(edges))
    )
    return TrackAnalysis(
        length_s=edges[-1],
        tempo_bpm=240.0 / bar_s,
        key=Key(9, "minor"),
        meter=(4, 4),
        beats_s=tuple(beats),
        downbeats_s=tuple(edges[:-1]),
        chords=chords,
        sections=(Section(0.0, edges[4], "A"), Section(edges[4], edges[-1], "B")),
        loudness_lufs=-14.0,
        confidence={},
    )


def test_the_counted_beat_is_the_dotted_quarter_in_six_eight() -> None:
    assert plan_from("C", 60, "C", "6/8").quarters_per_minute == 90
    assert plan_from("C", 60, "C", "3/4").quarters_per_minute == 60
    assert plan_from("C", 60, "C", "2/2").quarters_per_minute == 120


def test_chords_repeat_where_bars_are_not_counted() -> None:
    plan = plan_from("A minor", 90, "Am F C G")
    names = [plan.chord_at(Fraction(4 * bar)).name for bar in (0, 3, 4, 6, 103)]
    assert names == ["Am", "G", "Am", "C", "G"]


def test_without_chords_the_tonic_sounds() -> None:
    assert plan_from("D minor", 90).chord_at(Fraction(7)).pitch_classes == (2, 5, 9)


@pytest.mark.parametrize(
    ("key", "bpm", "chords", "meter", "style", "said"),
    [
        ("Q", 90, "C", "4/4", "pop", "no key"),
        ("C", 90, "C Q", "4/4", "pop", "no chord"),
        ("C", 90, "C", "4-4", "pop", "no metre"),
        ("C", 90, "C", "1/4", "pop", "2 to 12 beats"),
        ("C", 90, "C", "4/4", "polka", "ballad, pop, folk, rap"),
        ("C", 0, "C", "4/4", "pop", "no tempo"),
        ("C", 9e9, "C", "4/4", "pop", "no tempo"),
        ("C", float("nan"), "C", "4/4", "pop", "no tempo"),
    ],
)
def test_what_is_not_music_is_refused(
    key: str, bpm: float, chords: str, meter: str, style: str, said: str
) -> None:
    with pytest.raises(PlanError, match=said):
        plan_from(key, bpm, chords, meter, style=style)


def test_a_range_of_a_fourth_is_too_narrow() -> None:
    with pytest.raises(PlanError, match="too narrow"):
        plan_from("C", 90, "C", voice=VoiceRange(60, 65))


def test_chords_leave_no_gap() -> None:
    plan = plan_from("C", 90, "C F")
    with pytest.raises(PlanError, match="without gap"):
        MelodyPlan(90, Meter(), plan.key, (plan.chords[0], plan.chords[0]))
    with pytest.raises(PlanError, match="beat 0"):
        MelodyPlan(90, Meter(), plan.key, plan.chords[1:])


def test_a_metre_is_read() -> None:
    meter = parse_meter(" 12/8 ")
    assert (meter.numerator, meter.denominator) == (12, 8)


def test_over_a_track_beat_0_is_its_first_downbeat() -> None:
    plan = plan_over(track(), 3, style="ballad", seed=5)
    assert plan.bars == 8
    assert plan.start_bar == 3
    assert plan.bpm == pytest.approx(120.0)
    assert plan.tempo is None
    assert plan.style is Style.BALLAD
    assert [plan.chord_at(Fraction(4 * bar)).name for bar in range(4)] == ["Am", "F", "Am", "F"]
    assert plan.section_bars == (1, 5)


def test_a_tempo_that_moves_is_followed_bar_by_bar() -> None:
    plan = plan_over(track(hurry_s=0.02))
    for bar, downbeat in enumerate(track(hurry_s=0.02).downbeats_s):
        assert plan.tempo_map.seconds_at(4 * bar) == pytest.approx(downbeat - 1.5, abs=1e-6)


def test_after_its_end_a_track_keeps_its_last_chord() -> None:
    assert plan_over(track()).chord_at(Fraction(400)).name == "F"


def test_a_start_beyond_the_track_is_refused() -> None:
    with pytest.raises(PlanError, match="bar 9"):
        plan_over(track(), 9)


def test_a_track_without_beats_asks_for_them() -> None:
    silent = TrackAnalysis(3.0, 0.0, Key(0, "major"), (4, 4), (), (), (), (), -70.0, {})
    with pytest.raises(PlanError, match="--bpm"):
        plan_over(silent)
