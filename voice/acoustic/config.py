"""Sizes and names that a trained acoustic model carries with it."""

from __future__ import annotations

from dataclasses import dataclass

from lyrics.phonemes import INVENTORY
from vocoder.frames import MEL_BANDS

ABOUT_FILE = "model.json"
"""Beside the checkpoints of a run: its speakers and the phones that each was heard to say."""

MEL_MEAN, MEL_SCALE = -6.0, 2.5
"""Where log-mels lie and how far they spread, so that networks work on numbers about 0."""

LANGUAGES: tuple[str, ...] = ("en", "ja", "zh", "other")


@dataclass(frozen=True)
class AcousticConfig:
    """Widths and depths of the networks; the defaults are the released small configuration."""

    phonemes: int = len(INVENTORY)
    languages: int = len(LANGUAGES)
    speakers: int = 64
    mels: int = MEL_BANDS
    speaker_width: int = 128
    phone_width: int = 192
    phone_blocks: int = 3
    prior_width: int = 224
    prior_blocks: int = 6
    latent: int = 64
    posterior_width: int = 128
    posterior_layers: int = 5
    flow_width: int = 96
    flow_layers: int = 3
    flow_couplings: int = 4
    decoder_width: int = 224
    decoder_blocks: int = 4
    predictor_width: int = 128
    predictor_blocks: int = 3

    def __post_init__(self) -> None:
        if self.latent % 2:
            raise ValueError(f"a coupling flow needs an even latent width, not {self.latent}")


def language_id(code: str) -> int:
    """Index of a language such as `en-us`; those no voice was trained on share one."""
    base = code.split("-")[0]
    return LANGUAGES.index(base) if base in LANGUAGES else LANGUAGES.index("other")
