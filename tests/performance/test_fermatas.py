"""A fermata held: its note lasts longer, everything after comes later, nothing else changes."""

from __future__ import annotations

import pytest

from tests.singing_scores import fitted, sung
from voice.performance.fermatas import held
from voice.score.model import SLOWEST_QPM, Articulation

SONG = (sung(), sung(beats=2, marks=[Articulation.FERMATA]), sung())


def seconds(times: float) -> list[float]:
    score = held(fitted(SONG).score, times)
    edges = [note.start_beats for note in score.notes] + [score.length_beats]
    return [score.tempo.seconds_at(edge) for edge in edges]


def test_the_note_under_it_lasts_as_long_as_asked() -> None:
    assert seconds(1.0) == pytest.approx([0.0, 0.5, 1.5, 2.0])
    assert seconds(1.5) == pytest.approx([0.0, 0.5, 2.0, 2.5])


def test_without_one_or_without_holding_the_score_stays() -> None:
    plain = fitted([sung(), sung()]).score
    assert held(plain, 2.0) is plain
    marked = fitted(SONG).score
    assert held(marked, 1.0) is marked


def test_a_slow_song_is_held_no_slower_than_a_tempo_may_be() -> None:
    score = held(fitted(SONG, qpm=SLOWEST_QPM * 2.0).score, 4.0)
    assert min(point.quarters_per_minute for point in score.tempo.points) == SLOWEST_QPM
