"""The digest of a folder: which exact bytes a grant or a permit is about.

A sink that reads a voice must use the very bytes that were digested, so `read_folder` holds them
in memory and hands them out; between the check and the use nobody can swap a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from consent.errors import ConsentFormatError

GRANT_FILE = "grant.json"
SEALED_FILE = "voice.sealed"
_DOMAIN = b"melisma-folder-v1\n"
_CHUNK_BYTES = 1 << 20
_MAX_VOICE_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class FolderBytes:
    """All files of one folder as they were when it was read, by relative path.

    `grant` is what stood in grant.json, or None; it is not part of `files` or of `digest`.
    """

    name: str
    files: Mapping[str, bytes]
    grant: bytes | None
    digest: str


def read_folder(folder: Path) -> FolderBytes:
    """Read a voice folder whole and digest exactly what was read."""
    files: dict[str, bytes] = {}
    grant: bytes | None = None
    total = 0
    for relative, path in _regular_files(folder):
        data = _read(path)
        total += len(data)
        if total > _MAX_VOICE_BYTES:
            raise ConsentFormatError(
                f"{folder}: more than {_MAX_VOICE_BYTES >> 20} MiB; a voice folder holds a voice "
                "and nothing else"
            )
        if relative == GRANT_FILE:
            grant = data
        else:
            files[relative] = data
    digest = digest_files({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    return FolderBytes(folder.resolve().name, MappingProxyType(files), grant, digest)


def digest_folder(folder: Path) -> str:
    """The same digest without holding the bytes: for corpora."""
    hashes: dict[str, str] = {}
    for relative, path in _regular_files(folder):
        if relative != GRANT_FILE:
            hashes[relative] = digest_file(path)
    return digest_files(hashes)


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes: the digest of one recording or one source audio."""
    state = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                state.update(chunk)
    except OSError as fault:
        raise ConsentFormatError(f"{path}: cannot be read ({fault.strerror})") from fault
    return state.hexdigest()


def digest_files(hashes: Mapping[str, str]) -> str:
    """SHA-256 over sorted (path, SHA-256 of bytes) lines, the canonical form of a folder."""
    if not hashes:
        raise ConsentFormatError("an empty folder has no digest; is the path right?")
    state = hashlib.sha256(_DOMAIN)
    for relative in sorted(hashes):
        state.update(f"{hashes[relative]}  {relative}\n".encode())
    return state.hexdigest()


def _regular_files(folder: Path) -> Iterator[tuple[str, Path]]:
    if folder.is_symlink() or not folder.is_dir():
        raise ConsentFormatError(f"{folder}: not a folder; pass the folder itself, not a link")
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise ConsentFormatError(
                f"{path}: a link or special file cannot be digested; replace it by a plain file"
            )
        if any(ord(character) < 32 or character == "\\" for character in relative):
            raise ConsentFormatError(f"{path!r}: control characters and backslashes in the name")
        if path.is_file():
            yield relative, path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise ConsentFormatError(f"{path}: cannot be read ({fault.strerror})") from fault
