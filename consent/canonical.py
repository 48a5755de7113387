"""One way to write a value as bytes, so that equal meanings have equal signatures and digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from consent.errors import ConsentFormatError

JsonObject = dict[str, Any]


def to_canonical_json(value: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces, and no floats that are not numbers."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def from_canonical_json(data: bytes, what: str) -> JsonObject:
    """Read what `to_canonical_json` wrote; anything spelled otherwise is refused.

    A second spelling of the same value (spaces, doubled keys, other escapes) would let two
    readers see two meanings under one signature.
    """
    try:
        value = json.loads(data)
        canonical = to_canonical_json(value) if isinstance(value, dict) else b""
    except (ValueError, RecursionError) as fault:
        raise ConsentFormatError(f"{what}: not JSON ({fault}); fetch an unbroken copy") from fault
    if canonical != data:
        raise ConsentFormatError(
            f"{what}: not in canonical form (an object with sorted keys, each once, no spaces); "
            "use the bytes as they were issued, without reformatting them"
        )
    return dict(value)


def check_keys(value: Mapping[str, Any], expected: frozenset[str], what: str) -> None:
    """Refuse missing and unknown keys, naming both."""
    unknown = sorted(set(value) - expected)
    missing = sorted(expected - set(value))
    if unknown or missing:
        raise ConsentFormatError(
            f"{what}: unknown keys {unknown}, missing keys {missing}; "
            f"the keys are {sorted(expected)}"
        )


def format_time(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds: sorts as text, and says its zone."""
    if moment.tzinfo is None:
        raise ConsentFormatError(f"the time {moment.isoformat()} has no zone; pass one in UTC")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_time(text: object, what: str) -> datetime:
    """The inverse of `format_time`, and of nothing else."""
    if isinstance(text, str):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None and format_time(moment) == text:
            return moment
    raise ConsentFormatError(f"{what}: {text!r} is not a time like 2026-01-31T12:00:00.000000Z")


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
