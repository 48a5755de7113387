"""Keys, kept apart from the database: who destroys a key destroys what it sealed.

The folder holds the registry's signing key, one key per person, a secret for keyed hashes, and
the newest signed checkpoint (so that a database that is put back to an older state is noticed).
Neither the database nor a backup of it ever holds a key.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from consent.envelope import load_private_key, private_key_pem, raw_public_key
from consent.errors import KeyStoreError, RefusedError
from consent.files import sync_folder, write_atomically

_KEY_BYTES = 32
_NONCE_BYTES = 12
_SUBJECT = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")
_SIGNING_KEY = "registry.pem"
_PEPPER = "pepper.key"
_HEAD = "head.json"


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The folder of keys of one registry. Make it with `create` or `open`."""

    folder: Path
    signing_key: Ed25519PrivateKey
    public_key: bytes
    pepper: bytes

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make all keys of a new registry, or finish a creation that was interrupted."""
        try:
            (folder / "subjects").mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
            if not (folder / _PEPPER).exists():
                write_atomically(folder / _PEPPER, secrets.token_bytes(_KEY_BYTES), 0o600)
            if not (folder / _SIGNING_KEY).exists():
                pem = private_key_pem(Ed25519PrivateKey.generate())
                write_atomically(folder / _SIGNING_KEY, pem, 0o600)
        except OSError as fault:
            raise KeyStoreError(f"{folder}: cannot hold keys ({fault.strerror})") from fault
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Load what signs and hashes; a folder that others can read is refused."""
        signing_key = load_private_key(folder / _SIGNING_KEY)
        if folder.stat().st_mode & 0o077:
            raise KeyStoreError(f"{folder}: open to others; run `chmod 700 {folder}`")
        pepper = _read_key(folder / _PEPPER)
        return cls(folder, signing_key, raw_public_key(signing_key.public_key()), pepper)

    def keyed_hash(self, purpose: str, data: bytes) -> str:
        """A hash that nobody without this store can compute or guess back."""
        return hmac.new(self.pepper, purpose.encode() + b"\0" + data, hashlib.sha256).hexdigest()

    def create_subject_key(self, subject_id: str) -> None:
        path = self._subject_file(subject_id)
        if path.exists():
            raise KeyStoreError(f"{path}: a key of that name is there already")
        write_atomically(path, secrets.token_bytes(_KEY_BYTES), 0o600)

    def has_subject_key(self, subject_id: str) -> bool:
        return self._subject_file(subject_id).exists()

    def destroy_subject_key(self, subject_id: str) -> None:
        """Overwrite and remove a key; doing it twice is no fault."""
        path = self._subject_file(subject_id)
        try:
            with path.open("r+b") as stream:
                stream.write(secrets.token_bytes(_KEY_BYTES))
                stream.flush()
                os.fsync(stream.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        sync_folder(path.parent)

    def seal(self, subject_id: str, purpose: str, data: bytes) -> bytes:
        """AES-256-GCM under a key derived for this purpose; the purpose is associated data."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher(subject_id, purpose).encrypt(nonce, data, purpose.encode())

    def unseal(self, subject_id: str, purpose: str, sealed: bytes) -> bytes:
        """The inverse of `seal`.

        Raises:
            RefusedError: rule `sealed`, when the key is gone or the bytes were changed.
        """
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        cipher = self._cipher(subject_id, purpose)
        try:
            return cipher.decrypt(nonce, ciphertext, purpose.encode())
        except (InvalidTag, ValueError) as fault:
            raise RefusedError(
                "sealed",
                purpose.rpartition(" ")[2],
                "the sealed bytes do not open under the person's key",
                "fetch an unbroken copy that was sealed to this very grant",
            ) from fault

    def read_head(self) -> bytes | None:
        """The newest checkpoint that was kept outside the database."""
        try:
            return (self.folder / _HEAD).read_bytes()
        except FileNotFoundError:
            return None

    def write_head(self, envelope: bytes) -> None:
        write_atomically(self.folder / _HEAD, envelope, 0o600)

    @contextmanager
    def head_lock(self) -> Iterator[None]:
        """One process at a time moves the head forward."""
        with (self.folder / "head.lock").open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    def _cipher(self, subject_id: str, purpose: str) -> AESGCM:
        path = self._subject_file(subject_id)
        if not path.exists():
            raise RefusedError(
                "key-destroyed",
                purpose.rpartition(" ")[2],
                f"the key of {subject_id} is not in {self.folder}",
                "the person's data were erased, or MELISMA_CONSENT_KEYS names another folder",
            )
        derive = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=purpose.encode())
        return AESGCM(derive.derive(_read_key(path)))

    def _subject_file(self, subject_id: str) -> Path:
        if not _SUBJECT.fullmatch(subject_id):
            raise KeyStoreError(f"{subject_id!r} is no pseudonym of this registry")
        return self.folder / "subjects" / f"{subject_id}.key"


def _read_key(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except OSError as fault:
        raise KeyStoreError(f"{path}: cannot be read ({fault.strerror})") from fault
    if mode & 0o077:
        raise KeyStoreError(f"{path}: open to others; run `chmod 600 {path}`")
    if len(data) != _KEY_BYTES:
        raise KeyStoreError(f"{path}: {len(data)} bytes, a key has {_KEY_BYTES}; restore it")
    return data
