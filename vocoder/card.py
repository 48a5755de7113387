"""What a vocoder file says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vocoder.errors import VocoderError
from vocoder.frames import HOP_SAMPLES, MEL_BANDS, SAMPLE_RATE_HZ

CLOCK = f"{SAMPLE_RATE_HZ} Hz, hop {HOP_SAMPLES} and {MEL_BANDS} mel bands"
PREFIX = "melisma."


class VocoderKind(StrEnum):
    """How a file is run: which inputs it takes and what it gives back."""

    ISTFT = "istft"
    HIFIGAN = "hifigan"
    COMMUNITY = "community"


@dataclass(frozen=True)
class VocoderCard:
    """Kind and clock of a vocoder."""

    kind: VocoderKind
    sample_rate_hz: int = SAMPLE_RATE_HZ
    hop_samples: int = HOP_SAMPLES
    mel_bands: int = MEL_BANDS

    def __post_init__(self) -> None:
        found = (self.sample_rate_hz, self.hop_samples, self.mel_bands)
        if found != (SAMPLE_RATE_HZ, HOP_SAMPLES, MEL_BANDS):
            raise VocoderError(
                f"a vocoder must run at {CLOCK}, this one runs at {found[0]} Hz, "
                f"hop {found[1]} and {found[2]} mel bands"
            )

    def metadata(self) -> dict[str, str]:
        """As strings, for the file's own metadata."""
        return {
            f"{PREFIX}kind": self.kind.value,
            f"{PREFIX}sample_rate_hz": str(self.sample_rate_hz),
            f"{PREFIX}hop_samples": str(self.hop_samples),
            f"{PREFIX}mel_bands": str(self.mel_bands),
        }


def card_from_metadata(metadata: Mapping[str, str]) -> VocoderCard | None:
    """The card of one of our files; None where the file does not claim to be one."""
    kind = metadata.get(f"{PREFIX}kind")
    if kind is None:
        return None
    if kind not in set(VocoderKind):
        raise VocoderError(f"unknown kind of vocoder {kind!r}; known are {', '.join(VocoderKind)}")
    numbers = {}
    for name in ("sample_rate_hz", "hop_samples", "mel_bands"):
        value = metadata.get(PREFIX + name, "")
        if not value.isdecimal():
            raise VocoderError(f"its metadata gives {name} as {value!r}, a number is needed")
        numbers[name] = int(value)
    return VocoderCard(VocoderKind(kind), **numbers)
