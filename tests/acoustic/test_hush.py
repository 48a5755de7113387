"""Rests are silent, and nothing that sounds is touched."""

from __future__ import annotations

import numpy as np

from tests.acoustic.tiny import framed_phones
from vocoder.frames import MEL_BANDS
from vocoder.mel import LOG_FLOOR
from voice.acoustic.hush import hushed

FLOOR = np.float32(np.log(LOG_FLOOR))


def murmuring(frames: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.full((MEL_BANDS, frames), -2.0, dtype=np.float32)


def test_a_long_rest_falls_silent_and_sounds_stay() -> None:
    phones = framed_phones(("a", 20), ("_", 80), ("s", 10), ("a", 30), ("_", 40))
    mel = murmuring(180)
    quiet = hushed(mel, phones)
    for span in (slice(0, 20), slice(100, 140)):
        np.testing.assert_array_equal(quiet[:, span], mel[:, span])
    assert (quiet[:, 36:94] == FLOOR).all()
    assert (quiet[:, 156:] == FLOOR).all()


def test_it_fades_where_a_tone_ends_and_is_back_before_the_next() -> None:
    phones = framed_phones(("a", 20), ("_", 80), ("s", 10))
    row = hushed(murmuring(110), phones)[0]
    assert -3.0 < row[20] < -2.0
    assert (np.diff(row[20:34]) <= 0.0).all()
    assert row[99] > -3.5
    assert row[95] < row[99]


def test_the_song_begins_and_ends_in_silence() -> None:
    row = hushed(murmuring(60), framed_phones(("_", 20), ("a", 20), ("_", 20)))[0]
    assert (row[:15] == FLOOR).all()
    assert row[59] == FLOOR


def test_tiny_gaps_are_hardly_touched() -> None:
    row = hushed(murmuring(22), framed_phones(("a", 10), ("_", 2), ("a", 10)))[0]
    assert row[10:12].min() > -3.2


def test_without_rests_nothing_is_done() -> None:
    mel = murmuring(10)
    assert hushed(mel, framed_phones(("a", 10))) is mel
