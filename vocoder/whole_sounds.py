"""A sound file appears whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vocoder.errors import SoundError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to it when all went well and else removed.

    Raises:
        SoundError: the folder cannot be written to, or is full.
    """
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=f".partial{path.suffix}", dir=path.parent
        )
    except OSError as error:
        raise SoundError(f"cannot write {path}: {error.strerror}; choose another place") from error
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        partial.chmod(0o644)
        os.replace(partial, path)
    except OSError as error:
        raise SoundError(f"cannot write {path}: {error.strerror}; choose another place") from error
    finally:
        partial.unlink(missing_ok=True)
