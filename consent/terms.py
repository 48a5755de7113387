"""Terms files: a published licence as its reader quotes it, in TOML."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

from consent.canonical import check_keys
from consent.errors import ConsentFormatError
from consent.grant import ConsentGrant, GrantKind, Operation, PublishedLicence

_KEYS = frozenset(
    {
        "grant_id",
        "subject",
        "project",
        "operations",
        "languages",
        "commercial",
        "territory",
        "pass_on",
        "licences",
    }
)


def read_terms(path: Path, at: datetime) -> ConsentGrant:
    """A grant of the published kind from a terms file, not yet bound to any bytes."""
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ConsentFormatError(f"{path}: cannot be read ({fault.strerror})") from fault
    except ValueError as fault:
        raise ConsentFormatError(f"{path}: not a TOML file ({fault})") from fault
    check_keys(value, _KEYS, str(path))
    for name in ("operations", "languages", "licences"):
        if not isinstance(value[name], list):
            raise ConsentFormatError(f"{path}: {name} is not a list")
    for name in ("commercial", "pass_on"):
        if not isinstance(value[name], bool):
            raise ConsentFormatError(f"{path}: {name} is not true or false")
    unknown = sorted({str(name) for name in value["operations"]} - set(Operation))
    if unknown:
        raise ConsentFormatError(f"{path}: operations {unknown} are none of {list(Operation)}")
    return ConsentGrant(
        grant_id=str(value["grant_id"]),
        kind=GrantKind.PUBLISHED,
        subject=str(value["subject"]),
        project=str(value["project"]),
        operations=frozenset(Operation(name) for name in value["operations"]),
        languages=tuple(str(tag) for tag in value["languages"]),
        commercial=value["commercial"],
        territory=str(value["territory"]),
        issued_at=at,
        expires_at=None,
        pass_on=value["pass_on"],
        notice_days=0,
        licences=tuple(PublishedLicence.from_json(item, str(path)) for item in value["licences"]),
    )
