"""Files that were cut short: what they promise, and what they really hold.

A recorder that lost power or a broken download leaves a file whose beginning promises more than
follows. Libsndfile reads what is there; that something is missing it says in its log (WAV, AIFF,
AU, W64, Ogg), or only by what cannot be decoded (FLAC, MP3).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LEAST_S = 0.1
"""Less than this is not told: many programs count a few samples wrong."""

UNKNOWN_BYTES = 0x7FFF_F000
"""From here on a length is what programs write that do not know it yet: sox, ffmpeg into a pipe."""

BLOCK_SAMPLES = 4_096
"""As many as encoders of FLAC put into a frame, so that what comes before a broken one is kept."""

_PROMISE = re.compile(
    r"^\s*(?:data|SSND|Data Size|riff)\s*: (\d+) \(should be (\d+)\)", re.MULTILINE
)
_COUNTED = re.compile(r"frame count (\d+) does not match value from 'ds64' chunk of (\d+)")
_NOTHING = "holds nothing of the sound that it promises; the file is cut short"
_NO_LAST_PAGE = "Last page lacks an end-of-stream bit"


@dataclass(frozen=True)
class Held:
    """What a sound file holds: `samples` of each channel, and in words what is missing, or ""."""

    samples: int
    missing: str = ""


def held(open_file: Callable[[], Any]) -> Held:
    """Judge a file by its beginning, its end and libsndfile's log.

    Args:
        open_file: gives a `soundfile.SoundFile`; asked once, and once more where the end cannot
            be decoded.

    Raises:
        soundfile.LibsndfileError: it cannot be opened.
    """
    with open_file() as file:
        stated, rate_hz, log = int(file.frames), int(file.samplerate), str(file.extra_info)
        whole = stated < 1 or _ends(file, stated)
    if whole:
        return Held(stated, _told_by(log, stated, rate_hz))
    with open_file() as file:
        samples = _decoded(file)
    if (stated - samples) < LEAST_S * rate_hz:
        return Held(samples)
    return Held(samples, _sentence(samples / rate_hz, stated / rate_hz))


def _ends(file: Any, stated: int) -> bool:
    """Whether the last sample that is stated can be read."""
    import soundfile

    try:
        file.seek(stated - 1)
        return len(file.read(1)) == 1
    except soundfile.LibsndfileError:
        return False


def _decoded(file: Any) -> int:
    """How many samples there are before the first that cannot be decoded."""
    import soundfile

    samples = 0
    try:
        while count := len(file.read(BLOCK_SAMPLES, dtype="float32", always_2d=True)):
            samples += count
    except soundfile.LibsndfileError:
        return samples
    return samples


def _told_by(log: str, samples: int, rate_hz: int) -> str:
    """What is missing by libsndfile's own account."""
    if not samples:
        return _NOTHING if _PROMISE.search(log) else ""
    here_s = samples / rate_hz
    for promise in _PROMISE.finditer(log):
        stated, there = int(promise[1]), int(promise[2])
        if there < stated < UNKNOWN_BYTES:
            promised_s = here_s * stated / max(there, 1)
            if promised_s - here_s >= LEAST_S:
                return _sentence(here_s, promised_s)
    for count in _COUNTED.finditer(log):
        if int(count[2]) - int(count[1]) >= LEAST_S * rate_hz:
            return _sentence(here_s, int(count[2]) / rate_hz)
    if _NO_LAST_PAGE in log:
        return f"its last page is missing after {here_s:.1f} s; the file seems to be cut short"
    return ""


def _sentence(here_s: float, promised_s: float) -> str:
    return f"holds {here_s:.1f} of the {promised_s:.1f} s that it promises; the file is cut short"
