"""Sound and mels that pass by once, in pieces that are the very pieces of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID, HOP_SAMPLES, MEL_BANDS
from vocoder.mel import log_mel

MEL_MARGIN_FRAMES = 2
"""A frame's window reaches one and a half hops beyond it."""

Floats32 = npt.NDArray[np.float32]


def overlapping(
    blocks: Iterable[Floats32], length: int, margin: int
) -> Iterator[tuple[int, int, Floats32]]:
    """Pieces of `length` samples with up to `margin` more on both sides.

    Yields:
        first sample of the piece, first sample of the margin before it, and all of the samples.
    """
    held = np.zeros(0, dtype=np.float32)
    begin = first = 0
    for block in blocks:
        held = np.concatenate([held, block])
        while begin + len(held) >= first + length + margin:
            stop = first + length
            yield first, begin, held[: stop + margin - begin]
            first = stop
            keep = max(begin, first - margin)
            held, begin = held[keep - begin :], keep
    while first < begin + len(held):
        yield first, begin, held[: first + length + margin - begin]
        first += length
        keep = max(begin, first - margin)
        held, begin = held[keep - begin :], keep


def mel_pieces(blocks: Iterable[Floats32], frames: int) -> Iterator[Floats32]:
    """The mel of a sound, `frames` frames at a time, equal to `log_mel` of the whole."""
    margin = MEL_MARGIN_FRAMES * HOP_SAMPLES
    length = frames * HOP_SAMPLES
    for first, begin, samples in overlapping(blocks, length, margin):
        mel = log_mel(samples)
        before = (first - begin) // HOP_SAMPLES
        inside = GRID.samples_to_frames(begin + len(samples)) - first // HOP_SAMPLES
        yield mel[:, before : before + min(frames, inside)]


class MelWindow:
    """A window that slides over a stream of mel pieces; frames before it are forgotten."""

    def __init__(self, pieces: Iterator[Floats32]) -> None:
        self._pieces = pieces
        self._first = 0
        self._held = np.zeros((MEL_BANDS, 0), dtype=np.float32)

    def at(self, first: int, last: int) -> Floats32:
        """Frames `[first, last)`, which never lie before those asked for earlier."""
        while self._first + self._held.shape[1] < last:
            self._held = np.concatenate([self._held, next(self._pieces)], axis=1)
        self._held, self._first = self._held[:, first - self._first :], first
        return self._held[:, : last - first]
