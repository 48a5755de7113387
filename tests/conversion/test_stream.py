"""Pieces of a stream are the pieces of the whole, however it is cut."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vocoder.mel import log_mel
from voice.conversion.stream import MelWindow, mel_pieces, overlapping

NOISE = np.random.default_rng(3).standard_normal(60_000).astype(np.float32)


def blocks(samples: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for first in range(0, len(samples), size):
        yield samples[first : first + size]


@settings(max_examples=60, deadline=None)
@given(
    total=st.integers(1, 3_000),
    block=st.integers(1, 900),
    length=st.integers(1, 700),
    margin=st.integers(0, 300),
)
def test_pieces_tile_the_whole_with_their_margins(
    total: int, block: int, length: int, margin: int
) -> None:
    whole = NOISE[:total]
    expected = 0
    for first, begin, samples in overlapping(blocks(whole, block), length, margin):
        assert first == expected
        assert begin == max(0, first - margin)
        np.testing.assert_array_equal(samples, whole[begin : first + length + margin])
        expected += length
    assert expected >= total > expected - length


@pytest.mark.parametrize("total", [1, 511, 512, 513, 20_000, 60_000])
@pytest.mark.parametrize("frames", [1, 7, 50])
def test_mel_pieces_are_the_mel(total: int, frames: int) -> None:
    whole = log_mel(NOISE[:total])
    pieces = list(mel_pieces(blocks(NOISE[:total], 7_001), frames))
    assert all(piece.shape[1] == frames for piece in pieces[:-1])
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-5)


def test_a_window_slides_and_forgets() -> None:
    whole = log_mel(NOISE)
    window = MelWindow(mel_pieces(blocks(NOISE, 5_000), 16))
    for first, last in ((0, 20), (5, 40), (38, 41), (60, whole.shape[1])):
        np.testing.assert_allclose(window.at(first, last), whole[:, first:last], atol=1e-5)
