"""What the header of a recording says, before anything of it is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voice.errors import CorpusError

SUFFIXES = frozenset((".wav", ".flac", ".ogg", ".opus", ".mp3"))
FULL_BAND_RATE_HZ = 32_000


@dataclass(frozen=True)
class AudioFacts:
    """Length and rate of an audio file."""

    duration_s: float
    rate_hz: int

    @property
    def full_band(self) -> bool:
        """Whether the file can hold the highest mel bands at all."""
        return self.rate_hz >= FULL_BAND_RATE_HZ


def audio_facts(path: Path) -> AudioFacts:
    """Read a header.

    Raises:
        CorpusError: the file is missing, empty, or no audio.
    """
    import soundfile

    try:
        info = soundfile.info(path)
    except soundfile.LibsndfileError as error:
        raise CorpusError(
            f"{path}: not readable as audio ({error.error_string.strip()}); "
            "convert it to wav or take it out of the corpus"
        ) from error
    if info.frames < 1:
        raise CorpusError(f"{path}: holds no sound; take it out of the corpus")
    return AudioFacts(info.frames / info.samplerate, info.samplerate)


def is_audio(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()


def listed(problems: list[str]) -> str:
    """A few of many problems in one line."""
    shown = "; ".join(problems[:3])
    more = len(problems) - 3
    return f"{shown}; and {more} more" if more > 0 else shown
