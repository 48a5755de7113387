"""The key of this installation, made on first use, and the records it keeps."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.envelope import load_private_key, private_key_pem, raw_public_key
from consent.files import write_atomically
from voice.bank import user_home
from voice.errors import RecordError

KEY_FILE = "marking.pem"
RECORDS = "made"


@dataclass(frozen=True)
class Installation:
    """Where Melisma's records of what it made are kept, and what signs them."""

    home: Path

    @classmethod
    def of_user(cls) -> Installation:
        """In the user's data folder."""
        return cls(user_home())

    def signing_key(self) -> Ed25519PrivateKey:
        """The key, made now where there is none yet.

        Raises:
            RecordError: the data folder cannot be written to; KeyStoreError: a damaged key.
        """
        path = self.home / KEY_FILE
        if not path.exists():
            try:
                self.home.mkdir(parents=True, exist_ok=True)
                _create(path, private_key_pem(Ed25519PrivateKey.generate()))
            except OSError as error:
                raise RecordError(
                    f"{path}: the key that signs what is made here cannot be written "
                    f"({error.strerror}); set MELISMA_HOME to a folder that can"
                ) from error
        return load_private_key(path)

    def public_key(self) -> bytes | None:
        """The public half; None before anything was made here."""
        path = self.home / KEY_FILE
        return raw_public_key(load_private_key(path).public_key()) if path.exists() else None

    def keep(self, name: str, envelope: bytes) -> None:
        """Keep a record under its name."""
        try:
            (self.home / RECORDS).mkdir(parents=True, exist_ok=True)
            write_atomically(self._record_file(name), envelope)
        except OSError as error:
            raise RecordError(
                f"{self.home / RECORDS}: the record cannot be written ({error.strerror}); free "
                "some space, or set MELISMA_HOME to another folder"
            ) from error

    def kept(self, name: str) -> bytes | None:
        """The record of that name, if it is kept here."""
        try:
            return self._record_file(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RecordError(
                f"{self._record_file(name)}: cannot be read ({error.strerror})"
            ) from error

    def _record_file(self, name: str) -> Path:
        return self.home / RECORDS / f"{name}.json"


def _create(path: Path, data: bytes) -> None:
    """Write a new file whole; whoever came first is left as it is."""
    own = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        write_atomically(own, data, 0o600)
        os.link(own, path)
    except FileExistsError:
        return
    finally:
        own.unlink(missing_ok=True)
