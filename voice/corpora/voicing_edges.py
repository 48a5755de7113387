"""Moves phone boundaries to where the voice really sets in and stops.

Speech labels often count the breath after a /t/ to the vowel. A singer's vowel begins with its
tone, on the beat; so between a voiceless sound and a voiced one the boundary goes to the change of
voicing that the recording shows near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lyrics.phonemes import INVENTORY, PhoneClass
from vocoder.frames import GRID
from voice.corpora.labels import LabelledPhone

LATER_FRAMES = 10
EARLIER_FRAMES = 4
SONORANT = (PhoneClass.VOWEL, PhoneClass.GLIDE, PhoneClass.LIQUID, PhoneClass.NASAL)


def voicing_edges(
    phones: Sequence[LabelledPhone], voiced: npt.NDArray[np.bool_]
) -> tuple[LabelledPhone, ...]:
    """The same phones; voiceless sounds and sonorants part where `voiced`, `(frames,)`, says."""
    rows = list(phones)
    for index in range(1, len(rows)):
        before, after = rows[index - 1], rows[index]
        if abs(before.end_s - after.start_s) > GRID.frame_s:
            continue
        edge = _edge(before, after, voiced)
        if edge is not None:
            moment_s = GRID.frames_to_seconds(edge)
            rows[index - 1] = replace(before, end_s=moment_s)
            rows[index] = replace(after, start_s=moment_s)
    return tuple(rows)


def _edge(before: LabelledPhone, after: LabelledPhone, voiced: npt.NDArray[np.bool_]) -> int | None:
    """The frame at which voicing changes near the boundary, None where there is nothing to move."""
    at = GRID.seconds_to_frames(after.start_s)
    earliest = GRID.seconds_to_frames(before.start_s) + 1
    latest = GRID.seconds_to_frames(after.end_s) - 1
    if _voiceless(before) and _sonorant(after):
        wanted = True
        first = max(earliest, at - EARLIER_FRAMES)
        last = min(at + LATER_FRAMES, (at + latest + 1) // 2)
    elif _sonorant(before) and _voiceless(after):
        wanted = False
        first = max((at + earliest) // 2, at - LATER_FRAMES)
        last = min(at + EARLIER_FRAMES, latest)
    else:
        return None
    changes = [
        frame
        for frame in range(max(first, 1), min(last, len(voiced) - 1) + 1)
        if voiced[frame] == wanted and voiced[frame - 1] != wanted
    ]
    return min(changes, key=lambda frame: abs(frame - at)) if changes else None


def _voiceless(phone: LabelledPhone) -> bool:
    if phone.symbol is None:
        return False
    sound = INVENTORY[phone.symbol]
    return not sound.voiced and not sound.is_pause


def _sonorant(phone: LabelledPhone) -> bool:
    return phone.symbol is not None and INVENTORY[phone.symbol].kind in SONORANT
