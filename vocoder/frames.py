"""The one clock of Melisma: where seconds, frames and samples convert.

44,100 Hz, hop 512, FFT 2048 and 128 mel bands between 40 and 16,000 Hz is the clock of the
community's singing vocoders (openvpi NSF-HiFi-GAN), so theirs can be swapped in and ours reused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ = 44_100
HOP_SAMPLES = 512
FFT_SAMPLES = 2_048
MEL_BANDS = 128
MEL_FLOOR_HZ = 40.0
MEL_CEILING_HZ = 16_000.0


@dataclass(frozen=True)
class FrameGrid:
    """Frame `i` covers samples `[i * hop, (i + 1) * hop)` and is centred in the middle of them."""

    sample_rate_hz: int = SAMPLE_RATE_HZ
    hop_samples: int = HOP_SAMPLES

    def __post_init__(self) -> None:
        if self.sample_rate_hz <= 0 or self.hop_samples <= 0:
            raise ValueError(
                f"a frame grid needs a positive rate and hop, not {self.sample_rate_hz} Hz and "
                f"{self.hop_samples} samples"
            )

    @property
    def frames_per_second(self) -> float:
        return self.sample_rate_hz / self.hop_samples

    @property
    def frame_s(self) -> float:
        return self.hop_samples / self.sample_rate_hz

    def seconds_to_frames(self, seconds: float) -> int:
        """The frame boundary nearest to a moment."""
        return round(seconds * self.frames_per_second)

    def frames_to_seconds(self, frames: int) -> float:
        """The moment at which a frame begins."""
        return frames * self.frame_s

    def frames_to_samples(self, frames: int) -> int:
        return frames * self.hop_samples

    def samples_to_frames(self, samples: int) -> int:
        """Frames that cover all of `samples`; the last may be partly empty."""
        return -(-samples // self.hop_samples)

    def seconds_to_samples(self, seconds: float) -> int:
        return round(seconds * self.sample_rate_hz)

    def samples_to_seconds(self, samples: int) -> float:
        return samples / self.sample_rate_hz

    def centres_s(self, frames: int) -> npt.NDArray[np.float64]:
        """Moments of the middles of `frames` frames, in seconds, shape `(frames,)`."""
        return (np.arange(frames, dtype=np.float64) + 0.5) * self.frame_s


GRID = FrameGrid()
