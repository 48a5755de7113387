from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_model import f16, f32, q4_1, q8_0, write_gguf

from lyrics.writer.errors import ModelError
from lyrics.writer.gguf import GgufFile


@pytest.fixture
def file(tmp_path: Path) -> GgufFile:
    path = tmp_path / "all.gguf"
    ramp = np.arange(12, dtype=np.float32).reshape(3, 4)
    bytes_8 = np.arange(-32, 32).reshape(2, 32).astype(np.int8)
    nibbles = np.tile(np.arange(16, dtype=np.uint8), (3, 2))
    tensors = {
        "plain": f32(ramp),
        "half": f16((ramp / 4).astype(np.float32)),
        "eight": q8_0(np.array([0.5, 2], np.float16), bytes_8),
        "four": q4_1(np.array([1, 0.25, 2], np.float16), np.array([-8, 1, 0], np.float16), nibbles),
    }
    write_gguf(path, {"name.size": 7, "base": 2.5, "list": ["a", "ü"], "ids": [1, 2]}, tensors)
    return GgufFile.open(path)


def test_metadata(file: GgufFile) -> None:
    assert file.integer("name.size") == 7
    assert file.number("base") == 2.5
    assert file.strings("list") == ["a", "ü"]
    assert file.metadata["ids"] == [1, 2]


def test_floats(file: GgufFile) -> None:
    assert np.array_equal(file.tensor("plain"), np.arange(12).reshape(3, 4))
    assert np.array_equal(file.tensor("half"), np.arange(12).reshape(3, 4) / 4)


def test_eight_bits_are_scaled(file: GgufFile) -> None:
    values = file.tensor("eight")
    assert values.dtype == np.float32
    assert np.array_equal(values[:32], np.arange(-32, 0) * 0.5)
    assert np.array_equal(values[32:], np.arange(0, 32) * 2.0)


def test_four_bits_are_scaled_and_shifted(file: GgufFile) -> None:
    values = file.tensor("four").reshape(3, 32)
    ramp = np.tile(np.arange(16), 2)
    assert np.array_equal(values[0], ramp - 8.0)
    assert np.array_equal(values[1], ramp * 0.25 + 1)
    assert np.array_equal(values[2], ramp * 2.0)


def test_what_is_missing_is_named(file: GgufFile) -> None:
    with pytest.raises(ModelError, match=r"blk\.9"):
        file.tensor("blk.9")
    with pytest.raises(ModelError, match="does not state width"):
        file.integer("width")


@pytest.mark.parametrize("length", [5, 30, 60, 130])
def test_a_file_cut_short_is_refused(file: GgufFile, tmp_path: Path, length: int) -> None:
    short = tmp_path / "short.gguf"
    short.write_bytes(file.path.read_bytes()[:length])
    with pytest.raises(ModelError, match=r"short\.gguf"):
        GgufFile.open(short)


def test_a_tensor_beyond_the_end_is_refused(file: GgufFile, tmp_path: Path) -> None:
    short = tmp_path / "short.gguf"
    short.write_bytes(file.path.read_bytes()[:-200])
    with pytest.raises(ModelError, match=r"short\.gguf"):
        [GgufFile.open(short).tensor(name) for name in file.tensors]


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(b"MThd" + bytes(60))
    with pytest.raises(ModelError, match="no GGUF"):
        GgufFile.open(path)
    with pytest.raises(ModelError, match="nowhere"):
        GgufFile.open(tmp_path / "nowhere.gguf")
