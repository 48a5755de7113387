"""What a vocal goes through before it joins the instrumental."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.mixing.loudness import SILENCE_LUFS, gain_of, integrated_lufs

Floats32 = npt.NDArray[np.float32]

WORKING_LUFS = -20.0


@dataclass(frozen=True)
class VocalChain:
    """High-pass, gentle compression and a little room; None leaves a step out.

    Attributes:
        high_pass_hz: below it a voice has only rumble.
        threshold_db: where compression begins, for a vocal of -20 LUFS.
        reverb_lu: loudness of the room against the dry vocal.
        tail_s: how long the room rings on after the vocal.
    """

    high_pass_hz: float | None = 80.0
    threshold_db: float | None = -22.0
    ratio: float = 2.5
    reverb_lu: float | None = -12.0
    room_size: float = 0.45
    tail_s: float = 2.0

    def __post_init__(self) -> None:
        if self.high_pass_hz is not None and not 20.0 <= self.high_pass_hz <= 400.0:
            raise ValueError(f"a high-pass lies in 20-400 Hz, not at {self.high_pass_hz}")
        if not 1.0 <= self.ratio <= 20.0:
            raise ValueError(f"a compressor's ratio lies in 1-20, not {self.ratio}")
        if not 0.0 <= self.tail_s <= 10.0:
            raise ValueError(f"a reverb's tail lasts 0-10 s, not {self.tail_s}")


def processed(vocal: Audio, chain: VocalChain) -> Audio:
    """The vocal after the chain, in as many channels; longer by the tail where there is a room.

    A vocal without any sound comes back as it was.
    """
    level = integrated_lufs(vocal)
    if level <= SILENCE_LUFS:
        return vocal
    dry = vocal.samples * np.float32(gain_of(WORKING_LUFS - level))
    dry = _shaped(dry, vocal.rate_hz, chain)
    if chain.reverb_lu is None:
        return Audio(dry, vocal.rate_hz)
    tail = round(chain.tail_s * vocal.rate_hz)
    dry = np.pad(dry, ((0, 0), (0, tail)))
    wet = _room(dry, vocal.rate_hz, chain.room_size)
    below = integrated_lufs(Audio(dry, vocal.rate_hz)) + chain.reverb_lu
    wet_gain = gain_of(below - integrated_lufs(Audio(wet, vocal.rate_hz)))
    return Audio(np.asarray(dry + wet_gain * wet, dtype=np.float32), vocal.rate_hz)


def _shaped(samples: Floats32, rate_hz: int, chain: VocalChain) -> Floats32:
    from pedalboard import Chain, Compressor, HighpassFilter, Plugin

    steps: list[Plugin] = []
    if chain.high_pass_hz is not None:
        steps.append(HighpassFilter(chain.high_pass_hz))
    if chain.threshold_db is not None:
        steps.append(Compressor(chain.threshold_db, chain.ratio, attack_ms=8.0, release_ms=120.0))
    if not steps:
        return samples
    return np.asarray(Chain(steps)(samples, rate_hz), dtype=np.float32)


def _room(samples: Floats32, rate_hz: int, room_size: float) -> Floats32:
    from pedalboard import Chain, HighpassFilter, Reverb

    room = Chain(
        [
            HighpassFilter(250.0),
            Reverb(room_size=room_size, damping=0.5, wet_level=1.0, dry_level=0.0, width=1.0),
        ]
    )
    return np.asarray(room(samples, rate_hz), dtype=np.float32)
