"""Rests are silent, and nothing that sounds is touched."""

from __future__ import annotations

import numpy as np

from tests.acoustic.tiny import framed_phones
from vocoder.frames import MEL_BANDS
from vocoder.mel import LOG_FLOOR
from voice.acoustic.hush import FADE_DB_A_FRAME, KEPT_FRAMES, hushed

FLOOR = np.float32(np.log(LOG_FLOOR))


def murmuring(frames: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.full((MEL_BANDS, frames), -2.0, dtype=np.float32)


def test_a_long_rest_falls_silent_and_sounds_stay() -> None:
    phones = framed_phones(("a", 20), ("_", 80), ("s", 10), ("a", 30), ("_", 40))
    mel = murmuring(180)
    quiet = hushed(mel, phones)
    for span in (slice(0, 20), slice(100, 140)):
        np.testing.assert_array_equal(quiet[:, span], mel[:, span])
    assert (quiet[:, 54:66] == FLOOR).all()
    assert (quiet[:, 174:] == FLOOR).all()


def test_a_tone_dies_away_and_the_next_begins_as_the_network_sings_them() -> None:
    row = hushed(murmuring(110), framed_phones(("a", 20), ("_", 80), ("s", 10)))[0]
    assert (row[20 : 20 + KEPT_FRAMES] == -2.0).all()
    assert (row[100 - KEPT_FRAMES : 100] == -2.0).all()
    steps = np.diff(row[20:100])
    assert np.abs(steps).max() <= FADE_DB_A_FRAME / 8.68 + 1e-3
    assert (steps[:40] <= 0.0).all()
    assert (steps[-40:] >= 0.0).all()


def test_the_song_begins_and_ends_in_silence() -> None:
    row = hushed(murmuring(100), framed_phones(("_", 40), ("a", 20), ("_", 40)))[0]
    assert (row[:8] == FLOOR).all()
    assert row[60] == -2.0
    assert row[99] == FLOOR


def test_tiny_gaps_are_not_touched() -> None:
    mel = murmuring(22)
    np.testing.assert_array_equal(hushed(mel, framed_phones(("a", 10), ("_", 2), ("a", 10))), mel)


def test_without_rests_nothing_is_done() -> None:
    mel = murmuring(10)
    assert hushed(mel, framed_phones(("a", 10))) is mel
