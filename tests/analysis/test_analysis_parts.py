"""The decisions one by one, on inputs that could tell right from wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vocoder.frames import GRID
from voice.analysis.bars import chroma_change
from voice.analysis.form import find_sections
from voice.analysis.grid import filled, steady_period
from voice.analysis.harmony import find_chords
from voice.analysis.keys import find_key
from voice.analysis.model import ChordSpan
from voice.analysis.pulse import candidate_periods, followed, periodicity


def clicks(period_frames: float, frames: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    curve = np.zeros(frames)
    curve[np.round(np.arange(10, frames - 1, period_frames)).astype(int)] = 4.0
    return curve


def triad(root: int, third: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    chroma = np.zeros(12)
    chroma[[root % 12, (root + third) % 12, (root + 7) % 12]] = 1.0
    return chroma


@settings(deadline=None, max_examples=25)
@given(st.floats(30.0, 110.0))
def test_the_period_of_clicks_is_among_the_candidates(period: float) -> None:
    candidates = candidate_periods(periodicity(clicks(period, 2_400)))
    assert min(abs(each / period - 1.0) for each in candidates) < 0.02


def test_beats_are_followed_through_a_slowing_tempo() -> None:
    gaps = np.linspace(40.0, 48.0, 50)
    beats = np.round(10 + np.cumsum(gaps)).astype(int)
    curve = np.zeros(beats[-1] + 30)
    curve[beats] = 4.0
    found = followed(curve, 44.0).beats
    assert sum(abs(found - beat).min() <= 2 for beat in beats) >= 47


def test_one_period_is_found_to_a_ten_thousandth() -> None:
    period_s, coherence = steady_period(clicks(43.217, 8_000), 43.0 * GRID.frame_s)
    assert period_s == pytest.approx(43.217 * GRID.frame_s, rel=2e-4)
    assert coherence > 0.95


def test_noise_keeps_no_period() -> None:
    noise = np.random.default_rng(0).random(12_000)
    assert steady_period(noise, 0.5)[1] < 0.5


@settings(deadline=None, max_examples=25)
@given(st.floats(0.0, 3.0), st.floats(0.2, 1.5), st.floats(0.0, 2.0), st.floats(5.0, 30.0))
def test_a_grid_fills_the_sound_evenly(
    first_s: float, period_s: float, begin_s: float, end_s: float
) -> None:
    beats = filled(first_s, period_s, (begin_s, end_s))
    assert beats[0] >= -1e-6
    assert beats[0] <= begin_s + period_s
    assert end_s - period_s <= beats[-1] + 1e-6 <= end_s + 1e-3
    assert np.allclose(np.diff(beats), period_s)


def test_harmony_changes_where_the_chord_does() -> None:
    chroma = np.array([triad(0, 4)] * 4 + [triad(7, 4)] * 4)
    change = chroma_change(chroma, 1)
    assert int(np.argmax(change)) == 4
    assert np.allclose(np.delete(change, 4), 0.0)


def test_chords_are_found_and_joined() -> None:
    roots = [(0, 4)] * 4 + [(9, 3)] * 4 + [(5, 4)] * 4
    treble = np.array([triad(*root) for root in roots])
    bass = np.array([np.eye(12)[root] for root, _ in roots])
    edges = np.arange(13.0)
    chords = find_chords(edges, treble, bass, np.arange(12) % 4 == 0)
    assert chords == (
        ChordSpan(0.0, 4.0, 0, "major"),
        ChordSpan(4.0, 8.0, 9, "minor"),
        ChordSpan(8.0, 12.0, 5, "major"),
    )


def test_silence_has_no_chord() -> None:
    nothing = np.zeros((4, 12))
    chords = find_chords(np.arange(5.0), nothing, nothing, np.zeros(4, dtype=bool))
    assert [chord.root for chord in chords] == [None]


def test_one_foreign_beat_does_not_change_the_chord() -> None:
    treble = np.array([triad(0, 4)] * 4 + [triad(0, 4) + 0.8 * np.eye(12)[9]] + [triad(0, 4)] * 3)
    bass = np.array([np.eye(12)[0]] * 8)
    chords = find_chords(np.arange(9.0), treble, bass, np.zeros(8, dtype=bool))
    assert [chord.name for chord in chords] == ["C"]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 11))
def test_keys_move_with_the_music(up: int) -> None:
    roots = [(0, 4), (5, 4), (7, 4), (0, 4)] * 2
    treble = np.array([triad(root + up, third) for root, third in roots])
    bass = np.array([np.eye(12)[(root + up) % 12] for root, _ in roots])
    spans = tuple(
        ChordSpan(float(i), i + 1.0, (root + up) % 12) for i, (root, _) in enumerate(roots)
    )
    found = find_key(treble, bass, spans)
    assert (found.key.tonic, found.key.mode) == (up, "major")


def test_parts_that_return_share_a_label() -> None:
    random = np.random.default_rng(5)
    kinds = {name: random.normal(0, 1, 12) for name in "abc"}
    features = np.array(
        [kinds[name] + random.normal(0, 0.05, 12) for name in "a" * 8 + "b" * 8 + "a" * 8 + "c" * 8]
    )
    sections, clearness = find_sections(np.arange(33.0), features)
    assert [(part.start_s, part.label) for part in sections] == [
        (0.0, "A"),
        (8.0, "B"),
        (16.0, "A"),
        (24.0, "C"),
    ]
    assert clearness > 0.3
