"""What a caller wants of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ModelName = Literal["istft", "v1", "v2", "v3"]
MODEL_NAMES: tuple[ModelName, ...] = ("istft", "v1", "v2", "v3")
ResamplerName = Literal["soxr", "torchaudio"]
RESAMPLER_NAMES: tuple[ResamplerName, ...] = ("soxr", "torchaudio")


@dataclass(frozen=True)
class VocoderTrainingOptions:
    """A run ends after `steps`, or after `minutes` of training, whichever comes first.

    The learning rate falls along a cosine to zero at that end. The discriminators join at
    `adversarial_from_step`; without it the losses stay spectral. `share_of_speech` is the part of
    all crops that comes from speech. `start_from` gives first weights (fine-tuning); a run folder
    that holds a checkpoint resumes from it instead. `stored_mels` takes the mels of the stores as
    they are, without augmentation, to close the gap to mels that an acoustic model made.
    `resampler` moves pitch: soxr on the processor, or torchaudio on the device that trains, which
    needs the extra `[train-cuda]`.
    `accelerator`, `devices` and `strategy` are Lightning's; on several devices take
    `ddp_find_unused_parameters_true`.
    """

    model: ModelName = "istft"
    steps: int | None = 8_400
    minutes: float | None = None
    adversarial_from_step: int | None = None
    batch: int = 8
    crop_frames: int = 32
    learning_rate: float = 1e-3
    adversarial_learning_rate: float = 2e-4
    discriminator_width: float = 1.0
    warmup_steps: int = 200
    weight_average: float = 0.999
    share_of_speech: float = 0.0
    stored_mels: bool = False
    share_of_pitch_shifted: float = 0.5
    pitch_shift_semitones: float = 12.0
    resampler: ResamplerName = "soxr"
    loudness_db: tuple[float, float] = (-12.0, 6.0)
    only_full_band: bool = True
    checkpoint_every_steps: int = 1_000
    listen_every_steps: int = 2_000
    log_every_steps: int = 50
    threads: int = 1
    seed: int = 0
    accelerator: str = "auto"
    devices: int | str = "auto"
    strategy: str = "auto"
    start_from: Path | None = None

    def __post_init__(self) -> None:
        if self.model not in MODEL_NAMES:
            raise ValueError(
                f"there is no vocoder named {self.model!r}; choose {', '.join(MODEL_NAMES)}"
            )
        if self.resampler not in RESAMPLER_NAMES:
            raise ValueError(
                f"there is no resampler named {self.resampler!r}; "
                f"choose {', '.join(RESAMPLER_NAMES)}"
            )
        if self.steps is None and self.minutes is None:
            raise ValueError("a training run needs an end: give steps, minutes or both")
        if (self.steps is not None and self.steps < 1) or (
            self.minutes is not None and self.minutes <= 0
        ):
            raise ValueError(
                f"steps and minutes must be positive, not {self.steps} and {self.minutes}"
            )
        if self.batch < 1 or self.crop_frames < 8:
            raise ValueError(
                f"a batch needs 1 crop of 8 frames at least, not {self.batch} of {self.crop_frames}"
            )
        for name in ("share_of_speech", "share_of_pitch_shifted"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must lie in 0-1, not {getattr(self, name)}")
        if not 0.0 <= self.pitch_shift_semitones <= 24.0:
            raise ValueError(
                f"pitch_shift_semitones must lie in 0-24, not {self.pitch_shift_semitones}"
            )
