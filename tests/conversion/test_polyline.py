"""Straight lines between frames that lie nearest to a curve."""

from __future__ import annotations

import numpy as np

from voice.conversion.polyline import frame_values

FRAMES, PER_FRAME = 60, 4
AT = (np.arange(FRAMES * PER_FRAME) + 0.5) / PER_FRAME - 0.5
ALL = np.ones(len(AT))


def lines(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.interp(AT, np.arange(len(values)), values))


def test_straight_lines_are_found_again() -> None:
    corners = np.random.default_rng(3).normal(size=FRAMES)
    found = frame_values(lines(corners), ALL, PER_FRAME, 10.0)
    inside = slice(1, -1)
    np.testing.assert_allclose(found[inside], corners[inside], atol=0.03)
    level = frame_values(np.full(len(AT), 7.5), ALL, PER_FRAME, 10.0)
    np.testing.assert_allclose(level, 7.5)


def test_bends_are_not_cut_short() -> None:
    curve = np.sin(AT * 1.3)
    fitted = lines(frame_values(curve, ALL, PER_FRAME, 10.0)) - curve
    read_off = lines(np.interp(np.arange(FRAMES), AT, curve)) - curve
    assert np.mean(fitted**2) < 0.4 * np.mean(read_off**2)


def test_what_counts_little_gives_way() -> None:
    curve = np.where(AT < 30, AT * 0.1, 5.0)
    weight = np.where(AT < 30, 1.0, 0.05)
    found = frame_values(curve, weight, PER_FRAME, 10.0)
    np.testing.assert_allclose(found[:30], np.arange(30) * 0.1, atol=0.12)


def test_a_leap_stays_a_leap() -> None:
    curve = np.where(AT < 30.2, 0.0, 1.0)
    found = frame_values(curve, ALL, PER_FRAME, 0.05)
    assert np.all((found > -0.05) & (found < 1.05))
    assert np.all(np.abs(found[:29]) < 0.05)
    assert np.all(np.abs(found[33:] - 1.0) < 0.05)


def test_one_frame_is_read_off() -> None:
    assert frame_values(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4), 4, 1.0).tolist() == [2.5]
