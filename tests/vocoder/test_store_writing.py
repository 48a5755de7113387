"""Stores are written one recording at a time, and an old one stays until the new one is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from made_sounds import buzz, stored

from vocoder.store import Sound, SoundStore, StoredSound, write_store


def test_recordings_are_asked_for_one_by_one(tmp_path: Path) -> None:
    asked: list[int] = []

    def sounds() -> Iterator[tuple[StoredSound, Sound]]:
        for index in range(3):
            asked.append(index)
            partial = tmp_path / ".mel.npy.partial"
            assert partial.is_file()
            yield stored(f"take {index}"), buzz(110.0, 10 + index)

    store = write_store(tmp_path, sounds())
    assert asked == [0, 1, 2]
    assert [(row.first_frame, row.frames) for row in store.recordings] == [
        (0, 10),
        (10, 11),
        (21, 12),
    ]
    assert store.mel.shape == (33, 128)
    assert isinstance(store.mel, np.memmap)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "audio.npy",
        "f0.npy",
        "index.json",
        "mel.npy",
        "voiced.npy",
    ]


def test_a_store_that_breaks_off_leaves_the_old_one(tmp_path: Path) -> None:
    write_store(tmp_path, [(stored("old"), buzz(220.0, 12))])

    def broken() -> Iterator[tuple[StoredSound, Sound]]:
        yield stored("new"), buzz(110.0, 30)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_store(tmp_path, broken())
    store = SoundStore(tmp_path)
    assert [row.name for row in store.recordings] == ["old"]
    np.testing.assert_allclose(store.read(store.recordings[0]).pitch.hz, 220.0)
    assert not list(tmp_path.glob("*.partial"))


def test_a_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    old = write_store(tmp_path, [(stored("old"), buzz(220.0, 12))])
    before = np.array(old.f0)
    write_store(tmp_path, [(stored("new"), buzz(110.0, 5))])
    np.testing.assert_array_equal(old.f0, before)


def test_audio_is_clipped_and_cut_to_its_frames(tmp_path: Path) -> None:
    sound = buzz(220.0, 4)
    long = Sound(np.full(5 * 512, 2.0, dtype=np.float32), sound.mel, sound.pitch)
    short = Sound(np.full(100, -2.0, dtype=np.float32), sound.mel, sound.pitch)
    store = write_store(tmp_path, [(stored("long"), long), (stored("short"), short)])
    assert (store.audio[: 4 * 512] == 32_767).all()
    assert (store.audio[4 * 512 : 4 * 512 + 100] == -32_768).all()
    assert (store.audio[4 * 512 + 100 :] == 0).all()
