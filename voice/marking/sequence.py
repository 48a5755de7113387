"""The keyed noise that carries a mark: a period of four seconds, the same in every sound.

The key is public, since everybody's Melisma must be able to read everybody's mark; what only the
maker can do is sign the record. Everything is drawn from SHAKE-256, so no library's random numbers
can change it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from voice.marking.code import CODED_BITS

KEY = b"melisma-mark-v1"
RATE_HZ = 16_000
PERIOD_S = 4
CHIPS = RATE_HZ * PERIOD_S
LOWEST_HZ, LOW_HZ, HIGH_HZ, HIGHEST_HZ = 200.0, 300.0, 6_000.0, 6_600.0
"""The mark fades in and out between these; codecs and small loudspeakers keep what lies there."""
SYNC_SHARE = 0.25
"""How much of the mark's power says where a period begins, and not what the mark says."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sequence:
    """Chips `(64000,)` of ±1, and which coded bit each data chip carries.

    Attributes:
        sync_spectrum: of the part that is the same in every mark, `(32001,)` complex.
    """

    data: Floats
    sync: Floats
    bit_of_chip: npt.NDArray[np.int64]
    sync_spectrum: npt.NDArray[np.complex128]

    def carrying(self, signs: Floats) -> Floats:
        """One period of a mark at `RATE_HZ`, of power 1 before it is limited to its band."""
        data = self.data * signs[self.bit_of_chip]
        return np.asarray(np.sqrt(1.0 - SYNC_SHARE) * data + np.sqrt(SYNC_SHARE) * self.sync)


@cache
def sequence() -> Sequence:
    """The one sequence of this version of the mark."""
    sync = _signs(b"sync")
    order = np.frombuffer(_drawn(b"order", CHIPS * 4), dtype="<u4")
    bits = np.empty(CHIPS, dtype=np.int64)
    bits[np.argsort(order, kind="stable")] = np.arange(CHIPS) % CODED_BITS
    return Sequence(_signs(b"data"), sync, bits, np.fft.rfft(sync) * band(CHIPS // 2 + 1))


def band(bins: int) -> Floats:
    """What of the spectrum `(bins,)` from 0 to 8 kHz belongs to the mark, 0 to 1."""
    hz = np.linspace(0.0, RATE_HZ / 2, bins)
    rising = np.clip((hz - LOWEST_HZ) / (LOW_HZ - LOWEST_HZ), 0.0, 1.0)
    falling = np.clip((HIGHEST_HZ - hz) / (HIGHEST_HZ - HIGH_HZ), 0.0, 1.0)
    return np.asarray(np.minimum(rising, falling))


def waveform(signs: Floats, rate_hz: int) -> Floats:
    """One period of a mark at any rate, `(4 * rate_hz,)`: the same curve, sampled otherwise."""
    spectrum = np.fft.rfft(sequence().carrying(signs)) * band(CHIPS // 2 + 1)
    samples = PERIOD_S * rate_hz
    kept = min(spectrum.size, samples // 2 + 1)
    placed = np.zeros(samples // 2 + 1, dtype=np.complex128)
    placed[:kept] = spectrum[:kept]
    return np.asarray(np.fft.irfft(placed, samples)) * (samples / CHIPS)


def _signs(purpose: bytes) -> Floats:
    bits = np.unpackbits(np.frombuffer(_drawn(purpose, CHIPS // 8), dtype=np.uint8))
    return 1.0 - 2.0 * bits.astype(np.float64)


def _drawn(purpose: bytes, count: int) -> bytes:
    return hashlib.shake_256(KEY + b"\0" + purpose).digest(count)
