"""Release tooling: `python -m consent.release`, used with the project's private key.

keygen KEY.pem                                   make a key pair, print the public half
sign FOLDER --terms TERMS.toml --key KEY.pem     write FOLDER/grant.json
sign-corpus FOLDER --terms T --key K --out FILE  write the grant of a corpus
show FILE                                        verify a bundled grant and print it
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.bundled import PROJECT_KEY_HEX, read_bundled, sign_bundled
from consent.envelope import load_private_key, private_key_pem, raw_public_key
from consent.errors import ConsentError, ConsentFormatError, KeyStoreError
from consent.files import write_atomically
from consent.folder import GRANT_FILE, digest_folder
from consent.terms import read_terms


def sign_folder(folder: Path, terms: Path, key_file: Path, at: datetime) -> Path:
    """Write the signed grant of a voice folder into it."""
    grant = read_terms(terms, at)
    if grant.subject != folder.resolve().name:
        raise ConsentFormatError(
            f"{terms}: subject {grant.subject!r} must be the folder's name, "
            f"{folder.resolve().name!r}"
        )
    out = folder / GRANT_FILE
    write_atomically(out, sign_bundled(grant, digest_folder(folder), load_release_key(key_file)))
    return out


def sign_corpus(folder: Path, terms: Path, key_file: Path, out: Path, at: datetime) -> Path:
    """Write the signed grant of a corpus somewhere else, so that the corpus stays as published."""
    grant = read_terms(terms, at)
    write_atomically(out, sign_bundled(grant, digest_folder(folder), load_release_key(key_file)))
    return out


def load_release_key(path: Path) -> Ed25519PrivateKey:
    """The project's private key; any other is refused, since nobody could verify what it signs."""
    key = load_private_key(path)
    public = raw_public_key(key.public_key()).hex()
    if public != PROJECT_KEY_HEX:
        raise KeyStoreError(
            f"{path}: its public half is {public}, but consent/bundled.py pins {PROJECT_KEY_HEX}; "
            "sign with the project's key, or pin the new one in the same release"
        )
    return key


def make_key(path: Path) -> str:
    """Create a key pair; the private half is written once and never over an old one."""
    key = Ed25519PrivateKey.generate()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise KeyStoreError(f"{path}: cannot be created ({fault.strerror})") from fault
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(private_key_pem(key))
    return raw_public_key(key.public_key()).hex()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 2 and one line on standard error when it cannot be done."""
    options = _parser().parse_args(arguments)
    now = datetime.now(UTC)
    try:
        match options.command:
            case "keygen":
                line = make_key(options.key)
            case "sign":
                line = str(sign_folder(options.folder, options.terms, options.key, now))
            case "sign-corpus":
                line = str(
                    sign_corpus(options.folder, options.terms, options.key, options.out, now)
                )
            case _:
                grant = read_bundled(options.file.read_bytes(), str(options.file))
                line = grant.to_bytes().decode("utf-8")
    except (ConsentError, OSError) as fault:
        sys.stderr.write(f"consent.release: {fault}\n")
        return 2
    sys.stdout.write(f"{line}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m consent.release",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("keygen").add_argument("key", type=Path)
    for name in ("sign", "sign-corpus"):
        command = commands.add_parser(name)
        command.add_argument("folder", type=Path)
        command.add_argument("--terms", type=Path, required=True)
        command.add_argument("--key", type=Path, required=True)
        if name == "sign-corpus":
            command.add_argument("--out", type=Path, required=True)
    commands.add_parser("show").add_argument("file", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
