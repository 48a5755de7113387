"""The error-correcting code of the mark: 48 bits and their checksum as 240 bits, read softly.

A convolutional code of rate 1/3 and constraint length 9 (generators 557, 663, 711 octal, the best
of its kind: Larsen 1973), decoded by Viterbi's algorithm. The checksum is what tells a mark from
noise: a wrong message passes once in sixteen million.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from voice.marking.payload import PAYLOAD_BITS

CHECK_BITS = 24
CONSTRAINT = 9
GENERATORS = (0o557, 0o663, 0o711)
STATES = 1 << (CONSTRAINT - 1)
STEPS = PAYLOAD_BITS + CHECK_BITS + CONSTRAINT - 1
CODED_BITS = STEPS * len(GENERATORS)

Floats = npt.NDArray[np.float64]


def encoded(payload: int) -> Floats:
    """The coded bits `(240,)` as +1 (nought) and -1 (one)."""
    message = payload << CHECK_BITS | _checksum(payload)
    width = PAYLOAD_BITS + CHECK_BITS
    bits = [message >> (width - 1 - i) & 1 for i in range(width)] + [0] * (CONSTRAINT - 1)
    state, signs = 0, []
    for bit in bits:
        signs.append(_OUTPUT[bit, state])
        state = bit << (CONSTRAINT - 2) | state >> 1
    return np.concatenate(signs)


def decoded(soft: Floats) -> int | None:
    """The payload that soft bits `(240,)` say, or None where the checksum does not hold."""
    metric = np.full(STATES, -np.inf)
    metric[0] = 0.0
    came_from = np.empty((STEPS, STATES), dtype=np.int64)
    for step, received in enumerate(soft.reshape(STEPS, len(GENERATORS))):
        reached = metric[_BEFORE] + _OUTPUT[_BIT, _BEFORE] @ received
        best = np.argmax(reached, axis=1)
        came_from[step] = _BEFORE[np.arange(STATES), best]
        metric = reached[np.arange(STATES), best]
    state, message = 0, 0
    for step in reversed(range(STEPS)):
        message |= (state >> (CONSTRAINT - 2)) << (STEPS - 1 - step)
        state = int(came_from[step, state])
    payload, check = divmod(message >> (CONSTRAINT - 1), 1 << CHECK_BITS)
    return payload if check == _checksum(payload) else None


def _checksum(payload: int) -> int:
    return zlib.crc32(b"melisma-mark-v1" + payload.to_bytes(PAYLOAD_BITS // 8, "big")) >> 8


def _outputs() -> Floats:
    """Signs `(bit, state, generator)` that each step puts out."""
    register = (np.arange(2)[:, None] << (CONSTRAINT - 1)) | np.arange(STATES)[None]
    taps = register[..., None] & np.array(GENERATORS)
    parity = np.array(
        [[[int(tap).bit_count() & 1 for tap in row] for row in rows] for rows in taps]
    )
    return 1.0 - 2.0 * parity


_OUTPUT = _outputs()
_STATE = np.arange(STATES)
_BIT = (_STATE >> (CONSTRAINT - 2))[:, None].repeat(2, axis=1)
_BEFORE = (_STATE[:, None] << 1 & (STATES - 1)) | np.arange(2)[None]
"""The newest bit of each state, and the two states it can come from."""
