"""Vocals out of sound that passes by: as long a song as you like in the same little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Complexes = npt.NDArray[np.complex64]
Masks = Callable[[Floats32], Floats32]
"""From magnitudes `(2, FRAMES, BINS)` to the share of the vocals, of the same shape."""

RATE_HZ = 44_100
WINDOW = 4_096
HOP = 1_024
FRAMES = 512
BINS = 1_024
MARGIN = 64
"""Frames at either end of a piece that only give context to those between them."""

KEPT = FRAMES - 2 * MARGIN
BEFORE = MARGIN * HOP + WINDOW
OVERLAP_SUM = 1.5
"""Squares of Hann windows a quarter of their width apart add up to this."""


def vocals_of(blocks: Iterable[Floats32], masks: Masks) -> Iterator[Floats32]:
    """The vocals of stereo blocks `(2, samples)` at 44.1 kHz, in blocks, together as long."""
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    waiting = np.zeros((2, BEFORE), dtype=np.float32)
    summed = np.zeros((2, WINDOW - HOP), dtype=np.float32)
    skip, length, given = BEFORE - MARGIN * HOP, 0, 0
    piece = (FRAMES - 1) * HOP + WINDOW
    for block in _and_silence(blocks, piece + BEFORE):
        length += 0 if block.tail else block.samples.shape[1]
        waiting = np.concatenate([waiting, block.samples], axis=1)
        while waiting.shape[1] >= piece:
            made, summed = _overlapped(_masked(waiting[:, :piece], window, masks), summed)
            waiting = waiting[:, KEPT * HOP :]
            ready, skip = made[:, skip:], max(0, skip - made.shape[1])
            if block.tail:
                ready = ready[:, : max(0, length - given)]
            given += ready.shape[1]
            if ready.size:
                yield ready


class _Block:
    """Samples, and whether they are the silence after the end."""

    def __init__(self, samples: Floats32, tail: bool) -> None:
        self.samples, self.tail = samples, tail


def _and_silence(blocks: Iterable[Floats32], silence: int) -> Iterator[_Block]:
    for samples in blocks:
        yield _Block(samples, False)
    yield _Block(np.zeros((2, silence), dtype=np.float32), True)


def _masked(samples: Floats32, window: Floats32, masks: Masks) -> Floats32:
    """The vocals' frames in the middle of a piece, windowed again, `(2, KEPT, WINDOW)`."""
    import scipy.fft

    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW, axis=1)[:, ::HOP]
    spectra: Complexes = scipy.fft.rfft(frames * window, axis=-1)
    share = masks(np.abs(spectra[:, :, :BINS]).astype(np.float32))
    inner = slice(MARGIN, MARGIN + KEPT)
    above = np.broadcast_to(
        share[:, inner].mean(axis=-1, keepdims=True), (2, KEPT, spectra.shape[-1] - BINS)
    )
    whole = np.concatenate([share[:, inner], above], axis=-1)
    back = scipy.fft.irfft(spectra[:, inner] * whole, n=WINDOW, axis=-1)
    return np.asarray(back * window / OVERLAP_SUM, dtype=np.float32)


def _overlapped(frames: Floats32, summed: Floats32) -> tuple[Floats32, Floats32]:
    """Frames added up a hop apart: the samples that are whole now, and those still to grow."""
    total = np.zeros((2, (KEPT - 1) * HOP + WINDOW), dtype=np.float32)
    total[:, : summed.shape[1]] = summed
    for index in range(KEPT):
        total[:, index * HOP : index * HOP + WINDOW] += frames[:, index]
    return total[:, : KEPT * HOP], total[:, KEPT * HOP :]
