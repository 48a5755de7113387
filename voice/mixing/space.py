"""The room around the voices, and the echo behind them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from voice.mixing.decisions import Echo, Room

Floats32 = npt.NDArray[np.float32]

ROOM_FROM_HZ = 250.0
ECHO_FROM_HZ = 300.0
ECHO_TO_HZ = 4_500.0
AUDIBLE_SHARE = 0.01
LONGEST_ECHO_S = 8.0


def tail_s(room: Room | None, echo: Echo | None) -> float:
    """How long after the last vocal the space still sounds."""
    room_s = 0.0 if room is None else room.before_s + room.tail_s
    return max(room_s, 0.0 if echo is None else _echo_tail_s(echo))


def room_of(dry: Floats32, rate_hz: int, room: Room) -> Floats32:
    """The room alone, without the voice."""
    from pedalboard import Chain, HighpassFilter, Reverb

    reverb = Reverb(
        room_size=room.size, damping=room.damping, wet_level=1.0, dry_level=0.0, width=1.0
    )
    wet = Chain([HighpassFilter(ROOM_FROM_HZ), reverb])(dry, rate_hz)
    before = min(round(room.before_s * rate_hz), dry.shape[1])
    late = np.pad(wet, ((0, 0), (before, 0)))[:, : dry.shape[1]]
    return np.ascontiguousarray(late, dtype=np.float32)


def echo_of(dry: Floats32, rate_hz: int, echo: Echo) -> Floats32:
    """The repetitions alone, without the voice."""
    from pedalboard import Chain, Delay, HighpassFilter, LowpassFilter

    repeat = Delay(delay_seconds=echo.delay_s, feedback=echo.feedback, mix=1.0)
    highest = min(ECHO_TO_HZ, 0.45 * rate_hz)
    steps = Chain([HighpassFilter(ECHO_FROM_HZ), LowpassFilter(highest), repeat])
    return np.asarray(steps(dry, rate_hz), dtype=np.float32)


def _echo_tail_s(echo: Echo) -> float:
    repeats = 1
    if echo.feedback > 0.0:
        repeats += math.ceil(math.log(AUDIBLE_SHARE) / math.log(echo.feedback))
    return float(min(LONGEST_ECHO_S, repeats * echo.delay_s))
