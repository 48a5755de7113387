"""Sentences by people who do not exist: what a new voice is tried on.

`voice/data/strangers.opus` holds three seconds of each of the 28 synthetic speakers of the speech
corpus, one after the other (output of Kokoro-82M, Apache-2.0; `gather` makes it).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from vocoder.frames import GRID
from vocoder.mel import log_mel
from voice.acoustic.loudness import gain_to_reference_db
from voice.conversion.config import NEPERS_PER_DB
from voice.conversion.listening import HeardMel
from voice.conversion.tracking import track_pitch
from voice.corpora.recordings import Recording

STRANGERS = Path(__file__).parents[2] / "data" / "strangers.opus"
EACH_S = 3.0
SKIPPED_S = 0.2
RATE_HZ = 24_000

Floats32 = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def strangers() -> tuple[HeardMel, ...]:
    """What each of them says, at the trained level."""
    samples, rate_hz = soundfile.read(STRANGERS, dtype="float32", always_2d=True)
    whole = soxr.resample(samples[:, 0], rate_hz, GRID.sample_rate_hz).astype(np.float32)
    length = round(EACH_S * GRID.sample_rate_hz)
    return tuple(
        _heard(whole[at : at + length]) for at in range(0, len(whole) - length + 1, length)
    )


def _heard(samples: Floats32) -> HeardMel:
    mel = log_mel(samples)
    level = np.float32(gain_to_reference_db(mel) * NEPERS_PER_DB)
    return HeardMel(mel + level, track_pitch([samples], mel.shape[1]))


def gather(recordings: Sequence[Recording], out: Path) -> int:
    """Write the file from a corpus of synthetic speech; how many speakers there are.

    Of every speaker the first recording that may train and is long enough.
    """
    needed_s = EACH_S + 2.0 * SKIPPED_S
    chosen: dict[str, Recording] = {}
    for one in sorted(recordings, key=lambda one: (one.speaker, one.name)):
        if not one.held_back and one.duration_s >= needed_s:
            chosen.setdefault(one.speaker, one)
    parts = [_cut(one) for one in chosen.values()]
    soundfile.write(out, np.concatenate(parts), RATE_HZ, format="OGG", subtype="OPUS")
    return len(parts)


def _cut(recording: Recording) -> Floats32:
    samples, rate_hz = soundfile.read(recording.path, dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(axis=1), rate_hz, RATE_HZ)
    start = round(SKIPPED_S * RATE_HZ)
    return np.asarray(mono[start : start + round(EACH_S * RATE_HZ)], dtype=np.float32)
