"""The rim of the score package: bytes in, text in, files out whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from voice.errors import ScoreError, ScoreFormatError, ScoreLimitError

LARGEST_FILE_BYTES = 64 * 1024 * 1024


def read_bytes(path: Path) -> bytes:
    """The bytes of a score file; never more than 64 MiB."""
    if not path.exists():
        raise ScoreError(f"{path}: there is no such file; check the name")
    if not path.is_file():
        raise ScoreError(f"{path}: is not a file; name a score")
    size = path.stat().st_size
    if size == 0:
        raise ScoreFormatError(f"{path}: is empty; export the score again")
    if size > LARGEST_FILE_BYTES:
        raise ScoreLimitError(
            f"{path}: has {size:,} bytes, more than {LARGEST_FILE_BYTES:,}; export only the voice"
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise ScoreError(f"{path}: cannot be read ({error.strerror}); check its rights") from error


def decode_text(data: bytes) -> str:
    """Text of a score file: a byte-order mark decides, then UTF-8, then Latin-1."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary file beside `path`, then rename it: all or nothing."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=".melisma-", dir=path.parent or Path())
    except OSError as error:
        raise ScoreError(
            f"{path}: cannot be written ({error.strerror}); choose another folder"
        ) from error
    with folder as name:
        draft = Path(name) / path.name
        write(draft)
        if path.is_dir():
            raise ScoreError(f"{path}: is a folder; name a file")
        os.replace(draft, path)
