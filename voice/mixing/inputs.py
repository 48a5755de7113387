"""The files that go into a mix: judged by their header, decoded once, known by their digest."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from vocoder.audio import Audio, ReadingLimits, Tags, read_audio, read_tags
from voice.mixing.report import Source, relative

LIMITS = ReadingLimits(longest_s=1_800.0)
"""Half an hour; a longer header is refused before anything is decoded."""

_BEAT_ZERO = re.compile(r"\bbeat 0 at (\d+(?:\.\d+)?) s")
_FIRST_BAR = re.compile(r"\bfirst bar at (\d+(?:\.\d+)?) s")


@dataclass(frozen=True)
class SoundFile:
    """A file that was read.

    Attributes:
        beat_zero_s: where beat 0 of the score lies in it, as a vocal of Melisma says in its tags.
        first_bar_s: where the first full bar lies, after a pickup.
    """

    path: Path
    audio: Audio
    sha256: str
    tags: Tags

    @property
    def beat_zero_s(self) -> float:
        return _second(_BEAT_ZERO, self.tags.comment, 0.0)

    @property
    def first_bar_s(self) -> float:
        return _second(_FIRST_BAR, self.tags.comment, self.beat_zero_s)

    def source(self, report: Path) -> Source:
        """As a report names it."""
        return Source(
            relative(self.path, report),
            self.sha256,
            self.audio.rate_hz,
            self.audio.channels,
            round(self.audio.duration_s, 6),
        )


def read_sound(path: Path) -> SoundFile:
    """Raises AudioFormatError: no such file, not audio, or beyond the limits."""
    audio = read_audio(path, LIMITS)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SoundFile(path, audio, digest, read_tags(path))


def _second(pattern: re.Pattern[str], comment: str, otherwise: float) -> float:
    found = pattern.search(comment)
    return float(found[1]) if found else otherwise
