"""What a grant says: who, for which project, which operations, where, for money or not, until when.

"Any use" cannot be written down: a grant lists its operations and names one project.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self, TypeVar

from consent.canonical import (
    JsonObject,
    check_keys,
    format_time,
    from_canonical_json,
    parse_time,
    to_canonical_json,
)
from consent.errors import ConsentFormatError

GRANT_PAYLOAD_TYPE = "application/vnd.melisma.grant.v1+json"
DEFAULT_TERM = timedelta(days=365)
LONGEST_TERM = timedelta(days=5 * 366)
DEFAULT_NOTICE_DAYS = 30

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{2,79}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_E = TypeVar("_E", bound=StrEnum)
_TOO_WIDE = re.compile(r"\b(any|all|every|everything|unlimited|whatever)\b", re.IGNORECASE)


class Operation(StrEnum):
    """The things that can be done with a voice; one permit covers one of them."""

    TRAIN = "train"
    EMBED = "embed"
    SING = "sing"
    CONVERT = "convert"
    PUBLISH = "publish"
    IDENTIFY = "identify"


GRANTABLE = frozenset(Operation) - {Operation.IDENTIFY}
"""`identify` belongs to an open challenge alone and cannot be granted."""


class GrantKind(StrEnum):
    PERSON = "person"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class PublishedLicence:
    """Terms somebody published for their recordings: quoted, with their source and the day seen."""

    title: str
    quotes: tuple[str, ...]
    source: str
    seen: date
    credits: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.title or not self.source:
            raise ConsentFormatError("a published licence needs a title and a source")
        if not self.quotes or not all(self.quotes):
            raise ConsentFormatError(
                f"licence {self.title!r}: quote the words that allow the use, at least one sentence"
            )

    def to_json(self) -> JsonObject:
        return {
            "credits": list(self.credits),
            "quotes": list(self.quotes),
            "seen": self.seen.isoformat(),
            "source": self.source,
            "title": self.title,
        }

    @classmethod
    def from_json(cls, value: Any, what: str) -> Self:
        if not isinstance(value, dict):
            raise ConsentFormatError(f"{what}: a licence is an object")
        check_keys(value, frozenset({"credits", "quotes", "seen", "source", "title"}), what)
        try:
            seen = date.fromisoformat(str(value["seen"]))
        except ValueError as fault:
            raise ConsentFormatError(f"{what}: seen on {value['seen']!r}, not a date") from fault
        return cls(
            title=str(value["title"]),
            quotes=_texts(value["quotes"], f"{what}, quotes"),
            source=str(value["source"]),
            seen=seen,
            credits=_texts(value["credits"], f"{what}, credits"),
        )


@dataclass(frozen=True, slots=True)
class ConsentGrant:
    """A permission in words a program can check.

    `subject` is a pseudonym or, for published licences, the name the owner gave the voice or
    corpus. `digest` is set where the grant is about fixed bytes (a bundled voice or corpus);
    a person's grant has None there and the registry lists the bytes it covers.
    """

    grant_id: str
    kind: GrantKind
    subject: str
    project: str
    operations: frozenset[Operation]
    languages: tuple[str, ...]
    commercial: bool
    territory: str
    issued_at: datetime
    expires_at: datetime | None
    pass_on: bool
    notice_days: int
    licences: tuple[PublishedLicence, ...] = ()
    digest: str | None = None

    def __post_init__(self) -> None:
        self._check_names()
        self._check_operations()
        self._check_term()
        if self.kind is GrantKind.PUBLISHED and not self.licences:
            raise ConsentFormatError(
                f"grant {self.grant_id}: a published licence needs its quoted terms"
            )
        if self.kind is GrantKind.PERSON and (self.licences or self.digest is not None):
            raise ConsentFormatError(
                f"grant {self.grant_id}: a person's grant quotes no licence and fixes no digest"
            )
        if self.digest is not None and not _DIGEST.fullmatch(self.digest):
            raise ConsentFormatError(
                f"grant {self.grant_id}: digest {self.digest!r} is not 64 hexadecimal digits"
            )

    def _check_names(self) -> None:
        if not _ID.fullmatch(self.grant_id):
            raise ConsentFormatError(
                f"grant id {self.grant_id!r}: use 3 to 80 of a-z, 0-9, dot, dash and underscore"
            )
        for name, text in (
            ("subject", self.subject),
            ("project", self.project),
            ("territory", self.territory),
        ):
            if not text.strip() or len(text) > 400:
                raise ConsentFormatError(
                    f"grant {self.grant_id}: {name} is empty or longer than 400 characters"
                )
        if self.kind is GrantKind.PERSON and _TOO_WIDE.search(self.project):
            raise ConsentFormatError(
                f"grant {self.grant_id}: the project {self.project!r} is too wide; "
                "name the one work, album, game or channel the voice is for"
            )
        for language in self.languages:
            if not _LANGUAGE.fullmatch(language):
                raise ConsentFormatError(
                    f"grant {self.grant_id}: {language!r} is no language tag such as en or ja"
                )
        if not self.languages:
            raise ConsentFormatError(f"grant {self.grant_id}: name at least one language")

    def _check_operations(self) -> None:
        strange = sorted(self.operations - GRANTABLE)
        if strange or not self.operations:
            raise ConsentFormatError(
                f"grant {self.grant_id}: operations {strange or 'none'} cannot be granted; "
                f"choose among {', '.join(sorted(GRANTABLE))}"
            )

    def _check_term(self) -> None:
        if self.notice_days < 0:
            raise ConsentFormatError(f"grant {self.grant_id}: notice of {self.notice_days} days")
        if self.expires_at is None:
            if self.kind is GrantKind.PERSON:
                raise ConsentFormatError(
                    f"grant {self.grant_id}: a person's grant must end; give an expiry "
                    f"(default {DEFAULT_TERM.days} days)"
                )
            return
        term = self.expires_at - self.issued_at
        if not timedelta(0) < term <= LONGEST_TERM:
            raise ConsentFormatError(
                f"grant {self.grant_id}: from {format_time(self.issued_at)} to "
                f"{format_time(self.expires_at)} is not a term between 0 and "
                f"{LONGEST_TERM.days} days"
            )

    def to_bytes(self) -> bytes:
        """Canonical JSON, the payload that is signed."""
        return to_canonical_json(
            {
                "commercial": self.commercial,
                "digest": self.digest,
                "expires_at": None if self.expires_at is None else format_time(self.expires_at),
                "grant_id": self.grant_id,
                "issued_at": format_time(self.issued_at),
                "kind": self.kind.value,
                "languages": list(self.languages),
                "licences": [licence.to_json() for licence in self.licences],
                "notice_days": self.notice_days,
                "operations": sorted(operation.value for operation in self.operations),
                "pass_on": self.pass_on,
                "project": self.project,
                "subject": self.subject,
                "territory": self.territory,
            }
        )

    @classmethod
    def from_bytes(cls, payload: bytes, what: str) -> Self:
        """Read and check a payload; what it says is only worth its envelope's signature."""
        value = from_canonical_json(payload, what)
        check_keys(value, frozenset(cls.__dataclass_fields__), what)
        if not isinstance(value["licences"], list):
            raise ConsentFormatError(f"{what}: licences is not a list")
        expires_at = value["expires_at"]
        return cls(
            grant_id=str(value["grant_id"]),
            kind=_choice(GrantKind, value["kind"], what),
            subject=str(value["subject"]),
            project=str(value["project"]),
            operations=frozenset(
                _choice(Operation, name, what) for name in _texts(value["operations"], what)
            ),
            languages=_texts(value["languages"], what),
            commercial=_flag(value["commercial"], f"{what}, commercial"),
            territory=str(value["territory"]),
            issued_at=parse_time(value["issued_at"], what),
            expires_at=None if expires_at is None else parse_time(expires_at, what),
            pass_on=_flag(value["pass_on"], f"{what}, pass_on"),
            notice_days=_count(value["notice_days"], f"{what}, notice_days"),
            licences=tuple(PublishedLicence.from_json(item, what) for item in value["licences"]),
            digest=None if value["digest"] is None else str(value["digest"]),
        )


def _choice(kind: type[_E], name: object, what: str) -> _E:
    try:
        return kind(str(name))
    except ValueError as fault:
        raise ConsentFormatError(
            f"{what}: {name!r} is none of {', '.join(member.value for member in kind)}"
        ) from fault


def _texts(value: object, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConsentFormatError(f"{what}: {value!r} is not a list of texts")
    return tuple(value)


def _flag(value: object, what: str) -> bool:
    if not isinstance(value, bool):
        raise ConsentFormatError(f"{what}: {value!r} is not true or false")
    return value


def _count(value: object, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ConsentFormatError(f"{what}: {value!r} is not a whole number")
    return value
