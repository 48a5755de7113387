"""Signed bytes: the DSSE envelope (github.com/secure-systems-lab/dsse, v1) over Ed25519.

The signature covers the payload's type as well as its bytes, so that a signed permit can never
be read as a signed grant.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from consent.canonical import check_keys, from_canonical_json, sha256_hex, to_canonical_json
from consent.errors import ConsentFormatError, KeyStoreError, SignatureError

_MAX_ENVELOPE_BYTES = 1 << 20
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload that was verified: it is only ever made by `open_envelope`."""

    payload_type: str
    payload: bytes
    key_id: str


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """DSSE's PAE: what is really signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def raw_public_key(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_id_of(public_key: bytes) -> str:
    """A short name of a raw public key, for people and for lookups; never trusted by itself."""
    return sha256_hex(public_key)[:16]


def seal_envelope(payload_type: str, payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """Sign a payload and wrap both in one canonical JSON object."""
    signature = key.sign(pre_authentication_encoding(payload_type, payload))
    return to_canonical_json(
        {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": payload_type,
            "signatures": [
                {
                    "keyid": key_id_of(raw_public_key(key.public_key())),
                    "sig": base64.b64encode(signature).decode("ascii"),
                }
            ],
        }
    )


def open_envelope(data: bytes, payload_type: str, public_key: bytes, what: str) -> Envelope:
    """Verify an envelope under one key that the caller trusts, and hand out its payload.

    Raises:
        ConsentFormatError: the bytes are not one DSSE envelope of this payload type.
        SignatureError: the one signature is not by this key.
    """
    found_type, payload, key_id, signature = _unwrap(data, what)
    if found_type != payload_type:
        raise ConsentFormatError(
            f"{what}: holds {found_type}, not {payload_type}; pass the file made for this purpose"
        )
    expected_id = key_id_of(public_key)
    if not _signature_holds(
        public_key, signature, pre_authentication_encoding(payload_type, payload)
    ):
        raise SignatureError(
            f"{what}: the signature (by key {key_id}) is not valid under key {expected_id}; "
            "fetch the file again from where it was issued"
        )
    if key_id != expected_id:
        raise SignatureError(f"{what}: names key {key_id} but is signed by {expected_id}")
    return Envelope(found_type, payload, key_id)


def peek_type(data: bytes, what: str) -> str:
    """The payload type an envelope claims, unverified: for choosing a reader, never for trust."""
    return _unwrap(data, what)[0]


def peek_payload(data: bytes, what: str) -> bytes:
    """The payload an envelope claims, unverified: for display and lookup, never for trust."""
    return _unwrap(data, what)[1]


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """Read an unencrypted PKCS#8 PEM Ed25519 key that nobody but its owner can read."""
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except OSError as fault:
        raise KeyStoreError(f"{path}: cannot read the signing key ({fault.strerror})") from fault
    if mode & 0o077:
        raise KeyStoreError(
            f"{path}: the signing key is open to others (mode {mode & 0o777:o}); "
            f"run `chmod 600 {path}` and consider making a new key"
        )
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as fault:
        raise KeyStoreError(
            f"{path}: not an unencrypted PEM private key ({str(fault)[:60]}); "
            "restore it from a backup"
        ) from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyStoreError(f"{path}: holds a {type(key).__name__}, not an Ed25519 key")
    return key


def private_key_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@lru_cache(maxsize=128)
def _signature_holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature holds is forever, so a repeated question need not be computed again."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _unwrap(data: bytes, what: str) -> tuple[str, bytes, str, bytes]:
    if len(data) > _MAX_ENVELOPE_BYTES:
        raise ConsentFormatError(f"{what}: {len(data)} bytes, more than {_MAX_ENVELOPE_BYTES}")
    outer = from_canonical_json(data, what)
    check_keys(outer, frozenset({"payload", "payloadType", "signatures"}), what)
    signatures = outer["signatures"]
    if not (isinstance(signatures, list) and len(signatures) == 1):
        raise ConsentFormatError(f"{what}: needs exactly one signature")
    if not isinstance(signatures[0], dict):
        raise ConsentFormatError(f"{what}: the signature is {json.dumps(signatures[0])}")
    check_keys(signatures[0], frozenset({"keyid", "sig"}), f"{what}, its signature")
    signature = _decode(signatures[0]["sig"], f"{what}, its signature")
    if len(signature) != _SIGNATURE_BYTES:
        raise ConsentFormatError(f"{what}: a signature of {len(signature)} bytes, not 64")
    if not isinstance(outer["payloadType"], str):
        raise ConsentFormatError(f"{what}: the payload type is not text")
    payload = _decode(outer["payload"], f"{what}, its payload")
    return outer["payloadType"], payload, str(signatures[0]["keyid"]), signature


def _decode(text: object, what: str) -> bytes:
    if not isinstance(text, str):
        raise ConsentFormatError(f"{what}: not base64 text")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ConsentFormatError(f"{what}: not base64 ({fault})") from fault
    if base64.b64encode(data).decode("ascii") != text:
        raise ConsentFormatError(f"{what}: base64 with stray bits")
    return data
