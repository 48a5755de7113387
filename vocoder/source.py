"""The excitation that a vocoder filters: a band-limited pulse train and seeded noise.

Harmonics of the given pitch all have one amplitude, chosen so that the pulse train carries as much
power per hertz as the noise of unit variance beside it. Any span of frames can be asked for on its
own and holds the very same samples as the whole, which is what lets long songs be made in chunks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID, FrameGrid
from vocoder.pitch import PitchCurve

HARMONIC_CEILING_HZ = 16_000.0
NOISE_BLOCK_FRAMES = 64
PHASE_BLOCK_FRAMES = 1_024
SINGULAR_HALF_ANGLE = 1e-9

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Excitation:
    """Source signals for one pitch curve.

    `first_cycle` is the phase of the fundamental at sample 0, in cycles. The same pitch and seed
    give the same samples.
    """

    pitch: PitchCurve
    seed: int
    first_cycle: float = 0.0
    grid: FrameGrid = GRID
    _cycles: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"a noise seed must be 0 or more, not {self.seed}")
        object.__setattr__(self, "_cycles", self._cycles_at_frame_starts())

    def harmonics(self, first_frame: int, frames: int) -> Floats32:
        """Pulse train over frames `[first_frame, first_frame + frames)`.

        Harmonics up to 16 kHz, each fading in as it comes below; silent where unvoiced, with a
        raised-cosine edge one frame long around each change of voicing.

        Returns:
            shape `(frames * hop,)`.
        """
        position = self._positions(first_frame, frames)
        hz = self._hz(position)
        cycle = self._cycles[first_frame : first_frame + frames, None] + self._advance(hz, frames)
        pulses = _dirichlet(cycle.ravel(), HARMONIC_CEILING_HZ / hz)
        amplitude = 2.0 * np.sqrt(hz / self.grid.sample_rate_hz)
        return (pulses * amplitude * self._voicing(position)).astype(np.float32)

    def noise(self, first_frame: int, frames: int) -> Floats32:
        """White noise of unit variance over the same span, shape `(frames * hop,)`."""
        hop = self.grid.hop_samples
        first_block = first_frame // NOISE_BLOCK_FRAMES
        last_block = -(-(first_frame + frames) // NOISE_BLOCK_FRAMES)
        blocks = [
            np.random.Generator(
                np.random.Philox(np.random.SeedSequence((self.seed, block)))
            ).standard_normal(NOISE_BLOCK_FRAMES * hop, dtype=np.float32)
            for block in range(first_block, last_block)
        ]
        if not blocks:
            return np.zeros(0, dtype=np.float32)
        start = (first_frame - first_block * NOISE_BLOCK_FRAMES) * hop
        return np.concatenate(blocks)[start : start + frames * hop]

    def _positions(self, first_frame: int, frames: int) -> Floats:
        """Samples of a span, counted in frames from the centre of frame 0."""
        hop = self.grid.hop_samples
        sample = np.arange(first_frame * hop, (first_frame + frames) * hop, dtype=np.float64)
        return np.asarray((sample + 0.5) / hop - 0.5)

    def _hz(self, position: Floats) -> Floats:
        known = np.arange(len(self.pitch), dtype=np.float64)
        return np.asarray(np.exp2(np.interp(position, known, np.log2(self.pitch.hz))))

    def _voicing(self, position: Floats) -> Floats:
        known = np.arange(len(self.pitch), dtype=np.float64)
        ramp = np.interp(position, known, self.pitch.voiced.astype(np.float64))
        return np.asarray(0.5 - 0.5 * np.cos(np.pi * ramp))

    def _advance(self, hz: Floats, frames: int) -> Floats:
        """Cycles run since the start of each frame, shape `(frames, hop)`."""
        steps = hz.reshape(frames, self.grid.hop_samples) / self.grid.sample_rate_hz
        return np.asarray(np.cumsum(steps, axis=1))

    def _cycles_at_frame_starts(self) -> Floats:
        total = len(self.pitch)
        if total == 0:
            return np.zeros(0)
        per_frame = [
            self._advance(self._hz(self._positions(first, count)), count)[:, -1].copy()
            for first in range(0, total, PHASE_BLOCK_FRAMES)
            for count in (min(PHASE_BLOCK_FRAMES, total - first),)
        ]
        run = np.concatenate([[self.first_cycle], np.concatenate(per_frame)[:-1]])
        return np.asarray(np.cumsum(run) % 1.0)


def _dirichlet(cycle: Floats, harmonics: Floats) -> Floats:
    """Sum of `cos(2 pi k cycle)` for k from 1 to a fractional count of harmonics.

    The closed form of the sum, and the last harmonic weighted by the fraction, so that harmonics
    come and go without a click while the pitch moves.
    """
    whole = np.floor(harmonics)
    half = np.pi * (cycle - np.round(cycle))
    singular = np.abs(half) < SINGULAR_HALF_ANGLE
    safe = np.where(singular, 1.0, half)
    kernel = np.sin((2.0 * whole + 1.0) * safe) / (2.0 * np.sin(safe)) - 0.5
    last = (harmonics - whole) * np.cos(2.0 * (whole + 1.0) * half)
    return np.asarray(np.where(singular, whole, kernel) + last)
