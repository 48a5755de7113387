"""What a caller wants of an acoustic training run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class AcousticTrainingOptions:
    """A run ends after `steps`, or after `minutes` of training, whichever comes first.

    The learning rate falls along a cosine to a twentieth at that end. `shares` weighs the stores
    by folder name (others count 1). `adversarial_from_step` lets a patch discriminator join.
    In a run that begins with released voices the first `fresh_steps` only teach what those lack.
    `strategy` is Lightning's; on several devices take `ddp_find_unused_parameters_true`.
    """

    steps: int | None = None
    minutes: float | None = None
    batch: int = 12
    crop_frames: int = 160
    learning_rate: float = 1e-3
    warmup_steps: int = 300
    weight_average: float = 0.999
    posterior_share: float = 0.5
    kl_weight: float = 0.05
    kl_warmup_steps: int = 3_000
    colour_weight: float = 0.3
    adversarial_from_step: int | None = None
    adversarial_weight: float = 0.05
    loudness_jitter_db: float = 6.0
    shares: Mapping[str, float] = field(default_factory=dict)
    checkpoint_every_steps: int = 500
    threads: int = 1
    seed: int = 0
    precision: str = "bf16-mixed"
    accelerator: str = "auto"
    devices: int | str = "auto"
    strategy: str = "auto"
    start_from: Path | None = None
    fresh_steps: int = 600

    def __post_init__(self) -> None:
        if self.steps is None and self.minutes is None:
            raise ValueError("a training run needs an end: give steps, minutes or both")
        if self.batch < 2 or self.crop_frames < 32:
            raise ValueError(
                f"a batch needs 2 crops of 32 frames at least, not {self.batch} of "
                f"{self.crop_frames}"
            )
        if not 0.0 < self.posterior_share <= 1.0:
            raise ValueError(f"posterior_share must lie in 0-1, not {self.posterior_share}")
