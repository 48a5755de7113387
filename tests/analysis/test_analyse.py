"""Tracks whose tempo, bars, key and chords are known, and sounds that have none."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.analysis.made_music import Music, drone, murmur, play
from vocoder.audio import Audio
from voice.analysis.analyse import Told, analyse_track
from voice.analysis.model import Key, TrackAnalysis
from voice.errors import AnalysisError

G, EM, C, D, AM = (7, 4), (4, 3), (0, 4), (2, 4), (9, 3)
POP = Music(118.0, 4, [G, EM, C, D] * 3 + [G])
WALTZ = Music(150.0, 3, [AM, AM, (2, 3), AM, (5, 4), (2, 3), (4, 4), AM] * 2, cents=30.0)


@pytest.fixture(scope="module")
def pop() -> TrackAnalysis:
    return analyse_track(play(POP))


@pytest.fixture(scope="module")
def waltz() -> TrackAnalysis:
    return analyse_track(play(WALTZ))


def test_the_tempo_is_right_to_a_thousandth(pop: TrackAnalysis, waltz: TrackAnalysis) -> None:
    assert pop.tempo_bpm == pytest.approx(118.0, rel=0.001)
    assert waltz.tempo_bpm == pytest.approx(150.0, rel=0.001)


def test_beats_lie_where_they_were_played(pop: TrackAnalysis) -> None:
    true = [POP.lead_s + number * POP.beat_s for number in range(4 * len(POP.triads))]
    found = np.array(pop.beats_s)
    off = [float(np.abs(found - beat).min()) for beat in true]
    assert max(off) < 0.03


def test_bars_begin_with_their_chords(pop: TrackAnalysis, waltz: TrackAnalysis) -> None:
    for music, analysis in ((POP, pop), (WALTZ, waltz)):
        found = np.array(analysis.downbeats_s)
        assert max(float(np.abs(found - bar).min()) for bar in music.bars_s) < 0.03
        assert len(found) <= len(music.bars_s) + 1


def test_three_in_a_bar_are_told_from_four(pop: TrackAnalysis, waltz: TrackAnalysis) -> None:
    assert pop.meter == (4, 4)
    assert waltz.meter == (3, 4)


def test_keys_are_told_from_their_relatives(pop: TrackAnalysis, waltz: TrackAnalysis) -> None:
    assert str(pop.key) == "G major"
    assert str(waltz.key) == "A minor"


def test_tuning_is_heard(pop: TrackAnalysis, waltz: TrackAnalysis) -> None:
    assert abs(pop.tuning_cents) < 4.0
    assert waltz.tuning_cents == pytest.approx(30.0, abs=5.0)


def test_every_bar_has_its_chord(pop: TrackAnalysis, waltz: TrackAnalysis) -> None:
    for music, analysis in ((POP, pop), (WALTZ, waltz)):
        middle_s = music.beat_s * music.beats_in_bar / 2
        heard = [analysis.chord_at(bar + middle_s) for bar in music.bars_s]
        right = [
            chord is not None and (chord.root, chord.mode) == (root, ("minor", "major")[third - 3])
            for chord, (root, third) in zip(heard, music.triads, strict=True)
        ]
        assert sum(right) >= 0.9 * len(right)


def test_chords_and_sections_have_no_gaps(pop: TrackAnalysis) -> None:
    for spans in (pop.chords, pop.sections):
        for here, after in itertools.pairwise(spans):
            assert here.end_s == after.start_s
        assert spans[0].start_s == pop.beats_s[0]
        assert spans[-1].end_s == pytest.approx(pop.length_s)


def test_the_course_has_a_moment_for_every_bar(pop: TrackAnalysis) -> None:
    assert len(pop.course) >= len(pop.downbeats_s)
    assert max(moment.energy for moment in pop.course) == 1.0
    loudest = [int(np.argmin(moment.free)) for moment in pop.course]
    assert max(loudest) <= 4, "a track of triads and a bass leaves the top bands free"
    assert all(0.0 <= free <= 1.0 for moment in pop.course for free in moment.free)


def test_mono_at_96_khz_says_the_same(pop: TrackAnalysis) -> None:
    high = analyse_track(play(POP).mono().resampled(96_000))
    assert high.tempo_bpm == pytest.approx(pop.tempo_bpm, rel=1e-4)
    assert high.key == pop.key
    assert high.meter == pop.meter


def test_what_the_user_says_holds() -> None:
    told = Told(bpm=59.0, key=Key(2, "minor"), first_beat_s=POP.lead_s, meter=(2, 4))
    analysis = analyse_track(play(POP), told)
    assert (analysis.tempo_bpm, analysis.key, analysis.meter) == (59.0, Key(2, "minor"), (2, 4))
    assert analysis.downbeats_s[:2] == pytest.approx((0.25, 0.25 + 4 * 60.0 / 118.0), abs=1e-4)
    assert all(analysis.confidence[name] == 1.0 for name in ("tempo", "beats", "key", "meter"))


def test_a_first_beat_alone_moves_the_bars(pop: TrackAnalysis) -> None:
    second = POP.lead_s + POP.beat_s
    analysis = analyse_track(play(POP), Told(first_beat_s=second))
    assert analysis.downbeats_s[0] == pytest.approx(second, abs=1e-4)
    assert analysis.tempo_bpm == pytest.approx(pop.tempo_bpm, rel=1e-4)


@pytest.mark.parametrize("sound", [drone(), murmur()], ids=["drone", "murmur"])
def test_without_a_beat_the_tempo_is_asked_for(sound: Audio) -> None:
    with pytest.raises(AnalysisError, match=r"no beat found.*--bpm"):
        analyse_track(sound)


def test_a_drone_at_a_told_tempo_is_analysed() -> None:
    analysis = analyse_track(drone(), Told(bpm=60.0, first_beat_s=1.0))
    assert analysis.beats_s[:3] == (1.0, 2.0, 3.0)
    assert analysis.key.tonic == 9


def test_silence_and_snippets_are_refused() -> None:
    with pytest.raises(AnalysisError, match="silent"):
        analyse_track(Audio(np.zeros((1, 200_000), dtype=np.float32), 44_100))
    with pytest.raises(AnalysisError, match="at least 2 s"):
        analyse_track(Audio(np.ones((1, 4_000), dtype=np.float32), 44_100))


@pytest.mark.parametrize(
    ("told", "remedy"),
    [
        ({"bpm": 5.0}, "--bpm"),
        ({"bpm": float("nan")}, "--bpm"),
        ({"first_beat_s": -1.0}, "--first-beat"),
        ({"meter": (0, 4)}, "--meter"),
        ({"meter": (4, 3)}, "--meter"),
    ],
)
def test_nonsense_is_not_believed(told: dict[str, object], remedy: str) -> None:
    with pytest.raises(AnalysisError, match=remedy):
        Told(**told)  # type: ignore[arg-type]


def test_a_first_beat_after_the_end_is_refused() -> None:
    with pytest.raises(AnalysisError, match="ends at"):
        analyse_track(drone(), Told(bpm=90.0, first_beat_s=100.0))
