"""Stores: what is written is read, span by span."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from made_sounds import buzz, small_store

from vocoder.frames import HOP_SAMPLES


def test_a_store_gives_its_recordings_back(tmp_path: Path) -> None:
    store = small_store(tmp_path)
    row = store.recordings[1]
    assert (row.name, row.first_frame, row.frames) == ("high", 120, 120)
    sound, made = store.read(row), buzz(330.0, 120)
    np.testing.assert_allclose(sound.audio, made.audio, atol=1 / 32_767)
    np.testing.assert_allclose(sound.mel, made.mel, atol=0.01)
    np.testing.assert_allclose(sound.pitch.hz, made.pitch.hz)
    assert sound.pitch.voiced.all()


def test_a_part_is_the_part_of_the_whole(tmp_path: Path) -> None:
    store = small_store(tmp_path)
    whole = store.read(store.recordings[0])
    part = store.read(store.recordings[0], 7, 20)
    np.testing.assert_array_equal(part.mel, whole.mel[:, 7:27])
    np.testing.assert_array_equal(part.audio, whole.audio[7 * HOP_SAMPLES : 27 * HOP_SAMPLES])
