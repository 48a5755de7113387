"""Writing what was made: marked, tagged and with its record, in one call."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio, Bits, write_audio, write_blocks
from voice.marking.installation import Installation
from voice.marking.making import Making
from voice.marking.mark import marked, marked_blocks
from voice.marking.record import Record, put_record

HIGHER_DB = 0.05

Floats32 = npt.NDArray[np.float32]


def write_made(
    path: Path,
    audio: Audio,
    bits: Bits,
    making: Making,
    *,
    keeps_true_peak: bool = False,
    installation: Installation | None = None,
) -> Record:
    """Mark a sound, write it, and put its record beside it.

    Args:
        keeps_true_peak: for a mastered mix: its peaks stay where they were.

    Raises:
        AudioFormatError, SoundError: as `write_audio`; RecordError: no place for key or record.
    """
    signing = installation or Installation.of_user()
    signing.signing_key()
    sounding = marked(audio, making.payload)
    if keeps_true_peak:
        sounding = _held_to(sounding, audio)
    write_audio(path, sounding, bits, making.shown)
    return put_record(path, making, signing)


def write_made_blocks(
    path: Path,
    blocks: Iterable[Floats32],
    rate_hz: int,
    channels: int,
    bits: Bits,
    making: Making,
    *,
    installation: Installation | None = None,
) -> int:
    """The same for sound that passes by in blocks `(channels, samples)`; how many samples."""
    signing = installation or Installation.of_user()
    signing.signing_key()
    marking = marked_blocks(blocks, rate_hz, making.payload)
    samples = write_blocks(path, marking, rate_hz, channels, bits, making.shown)
    put_record(path, making, signing)
    return samples


def _held_to(sounding: Audio, before: Audio) -> Audio:
    """The marked sound with no higher true peak than it had without the mark."""
    from voice.mixing.limiter import limited
    from voice.mixing.loudness import true_peak_dbtp

    highest_dbtp = true_peak_dbtp(before)
    if true_peak_dbtp(sounding) <= highest_dbtp + HIGHER_DB:
        return sounding
    held = limited(sounding.samples, sounding.rate_hz, highest_dbtp)
    return Audio(held.samples, sounding.rate_hz)
