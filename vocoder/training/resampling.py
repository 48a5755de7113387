"""Reading a wave at another speed, so that its pitch and formants move together."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

import numpy as np
import soxr
import torch

from vocoder.training.cuda_resampling import CudaResampler
from vocoder.training.options import ResamplerName

TOLERANCE_CENTS = 3.0
LARGEST_DENOMINATOR = 1_200  # within the tolerance of any speed from two octaves down: 1/4 upwards


class Resampler(Protocol):
    """Reads `wave`, float32 `(samples,)`, `speed` times as fast; sample 0 stays sample 0."""

    def __call__(self, wave: np.ndarray, speed: Fraction) -> np.ndarray: ...


def quantised_speed(semitones: float) -> Fraction:
    """The simplest ratio within 3 cents of a shift.

    Resampling by a ratio takes a kernel for every step of its denominator, so small ones are cheap.
    """
    exact = 2.0 ** (semitones / 12.0)
    denominators = np.arange(1, LARGEST_DENOMINATOR + 1)
    numerators = np.maximum(np.round(exact * denominators), 1.0)
    off_cents = np.abs(1200.0 * np.log2(numerators / (exact * denominators)))
    simplest = int(np.argmax(off_cents <= TOLERANCE_CENTS))
    return Fraction(int(numerators[simplest]), int(denominators[simplest]))


def read_with_soxr(wave: np.ndarray, speed: Fraction) -> np.ndarray:
    """A `Resampler` on the processor."""
    made = soxr.resample(wave, speed.numerator, speed.denominator, quality="HQ")
    return np.asarray(made, dtype=np.float32)


def make_resampler(name: ResamplerName, device: torch.device) -> Resampler:
    """The resampler of that name.

    Args:
        device: where torchaudio works; soxr stays on the processor.

    Raises:
        ResamplerError: torchaudio was asked for and cannot be imported.
    """
    makers: dict[ResamplerName, Callable[[torch.device], Resampler]] = {
        "soxr": lambda _: read_with_soxr,
        "torchaudio": CudaResampler,
    }
    return makers[name](device)
