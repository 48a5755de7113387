"""Voices and corpora that ship with Melisma: grants signed by the project, checked offline.

Such a grant names the digest it is about, so the signed grant is itself the permit's proof and
no database is needed: a fresh clone sings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from importlib import resources

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.envelope import open_envelope, seal_envelope
from consent.errors import ConsentFormatError, RefusedError
from consent.grant import GRANT_PAYLOAD_TYPE, ConsentGrant, GrantKind, Operation
from consent.permit import Permit

PROJECT_KEY_HEX = "11a6a1d1faf17963096895b9a16e36268ca30081cf8ff717ab0e2f6bbfc44bc7"
"""The Ed25519 public key under which releases are signed; its private half is kept offline."""


def sign_bundled(grant: ConsentGrant, digest: str, key: Ed25519PrivateKey) -> bytes:
    """Bind a published licence to the digest of a folder and sign both; for release tooling."""
    if grant.kind is not GrantKind.PUBLISHED:
        raise ConsentFormatError(
            f"grant {grant.grant_id}: only published licences are bundled; a person's consent "
            "lives in a registry, where it can be revoked"
        )
    return seal_envelope(GRANT_PAYLOAD_TYPE, replace(grant, digest=digest).to_bytes(), key)


def read_bundled(token: bytes, what: str) -> ConsentGrant:
    """The grant inside an envelope that the project's key has signed.

    Raises:
        ConsentFormatError, SignatureError: the bytes are not that.
    """
    public_key = bytes.fromhex(PROJECT_KEY_HEX)
    envelope = open_envelope(token, GRANT_PAYLOAD_TYPE, public_key, what)
    grant = ConsentGrant.from_bytes(envelope.payload, what)
    if grant.kind is not GrantKind.PUBLISHED or grant.digest is None:
        raise ConsentFormatError(f"{what}: a bundled grant is a published licence with a digest")
    return grant


def verify_bundled(digest: str, token: bytes, operation: Operation, at: datetime) -> Permit:
    """Check a bundled grant for one operation on one digest.

    Raises:
        RefusedError: the grant does not cover the operation, the bytes or the moment.
        ConsentFormatError, SignatureError: it is no grant signed by the project.
    """
    grant = read_bundled(token, "the bundled grant")
    if grant.digest != digest:
        raise RefusedError(
            "bundled-digest",
            grant.grant_id,
            f"the bytes have digest {digest[:16]}…, the grant is for {str(grant.digest)[:16]}…",
            "restore the folder as it was released (reinstall the package), or register the "
            "changed one under a grant of your own with `melisma consent`",
        )
    if operation not in grant.operations:
        raise RefusedError(
            "operation",
            grant.grant_id,
            f"it allows {', '.join(sorted(grant.operations))}, not {operation.value}",
            "use a voice whose terms allow this",
        )
    if grant.expires_at is not None and at >= grant.expires_at:
        raise RefusedError(
            "expired",
            grant.grant_id,
            f"ended at {grant.expires_at.isoformat()}, now it is {at.isoformat()}",
            "update the package, or check the clock of this machine",
        )
    return Permit(token, grant.grant_id, operation, digest, grant.issued_at, grant.expires_at)


def bundled_corpora() -> Iterator[tuple[str, bytes]]:
    """Name and signed grant of every public corpus the project has terms for."""
    folder = resources.files("consent").joinpath("data")
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".json"):
            yield entry.name.removesuffix(".json"), entry.read_bytes()


def find_corpus_grant(digest: str) -> bytes | None:
    """The signed grant of the bundled corpus with this digest, if it is one."""
    for name, token in bundled_corpora():
        if read_bundled(token, f"consent/data/{name}.json").digest == digest:
            return token
    return None
