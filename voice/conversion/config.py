"""Sizes of the content encoder, which travel with its file."""

from __future__ import annotations

from dataclasses import dataclass

from lyrics.phonemes import INVENTORY
from voice.acoustic.config import AcousticConfig

NEPERS_PER_DB = 0.1151292546497023
CONTENT_FILE = "content.onnx"
BANDS = 40
"""Points of the spectral envelope that the content encoder sees of each frame."""


@dataclass(frozen=True)
class ContentConfig:
    """Widths and depths of the networks; the defaults are the released configuration."""

    bands: int = BANDS
    width: int = 160
    blocks: int = 7
    kernel: int = 11
    voice_width: int = 32
    phonemes: int = len(INVENTORY)
    latent: int = AcousticConfig.latent
    speaker_width: int = AcousticConfig.speaker_width
    embedding: int = 256
