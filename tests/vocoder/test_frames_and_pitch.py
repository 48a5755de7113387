"""The clock, and the curve of pitch on it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocoder.frames import GRID, FrameGrid
from vocoder.pitch import PitchCurve, cents_between, hz_to_midi, midi_to_hz


@given(st.integers(0, 10_000_000))
def test_frames_survive_the_way_over_seconds_and_samples(frames: int) -> None:
    assert GRID.seconds_to_frames(GRID.frames_to_seconds(frames)) == frames
    assert GRID.samples_to_frames(GRID.frames_to_samples(frames)) == frames


@given(st.integers(0, 1_000_000))
def test_frames_cover_all_samples_and_no_more(samples: int) -> None:
    frames = GRID.samples_to_frames(samples)
    assert GRID.frames_to_samples(frames) >= samples > GRID.frames_to_samples(frames - 1)


def test_a_frame_is_centred_in_its_hop() -> None:
    np.testing.assert_allclose(GRID.centres_s(2) * 44_100, [256.0, 768.0])
    assert GRID.frames_per_second == pytest.approx(86.1328125)


@pytest.mark.parametrize(("rate", "hop"), [(0, 512), (44_100, -1)])
def test_a_grid_needs_positive_numbers(rate: int, hop: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        FrameGrid(rate, hop)


@pytest.mark.parametrize(("midi", "hz"), [(69, 440.0), (60, 261.6256), (57, 220.0), (81, 880.0)])
def test_equal_temperament(midi: int, hz: float) -> None:
    assert float(midi_to_hz(midi)) == pytest.approx(hz, rel=1e-6)
    assert float(hz_to_midi(hz)) == pytest.approx(midi, abs=1e-5)


@given(st.floats(40.0, 2_000.0), st.floats(-2_400.0, 2_400.0))
def test_cents_measure_what_a_ratio_adds(hz: float, cents: float) -> None:
    assert float(cents_between(hz * 2 ** (cents / 1_200), hz)) == pytest.approx(cents, abs=1e-6)


@pytest.mark.parametrize("hz", [0.0, 39.0, 2_001.0, np.nan])
def test_a_curve_refuses_what_nobody_sings(hz: float) -> None:
    with pytest.raises(ValueError, match="40-2000 Hz"):
        PitchCurve(np.array([220.0, hz]), np.array([True, True]))


def test_a_curve_needs_one_voicing_per_frame() -> None:
    with pytest.raises(ValueError, match="one length"):
        PitchCurve(np.array([220.0, 230.0]), np.array([True]))
