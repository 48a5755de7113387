"""What a caller wants of a content encoder's training run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class ContentTrainingOptions:
    """A run ends after `steps`, or after `minutes` of training, whichever comes first.

    `base` is the checkpoint of the acoustic model that sings what the encoder hears;
    `content_from` a checkpoint of an earlier run, or a content.onnx, whose encoder is the first. In
    `crossing_share` of the crops another singer is to say the same, as the acoustic model would
    sing it from the labels; in the others the singer's own recording is the aim.
    `embedding_share` of the crops know their singer by a GE2E embedding alone.
    """

    base: Path
    steps: int | None = None
    minutes: float | None = None
    content_from: Path | None = None
    batch: int = 12
    crop_frames: int = 160
    crossing_share: float = 0.5
    embedding_share: float = 0.35
    learning_rate: float = 1e-3
    warmup_steps: int = 200
    weight_average: float = 0.998
    shares: Mapping[str, float] = field(default_factory=dict)
    checkpoint_every_steps: int = 300
    threads: int = 1
    seed: int = 0
    precision: str = "bf16-mixed"
    accelerator: str = "auto"
    devices: int | str = "auto"

    def __post_init__(self) -> None:
        if self.steps is None and self.minutes is None:
            raise ValueError("a training run needs an end: give steps, minutes or both")
        if self.batch < 2 or self.crop_frames < 32:
            raise ValueError(
                f"a batch needs 2 crops of 32 frames at least, not {self.batch} of "
                f"{self.crop_frames}"
            )
        for name in ("crossing_share", "embedding_share"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} lies in 0-1, not {getattr(self, name)}")
