"""Who gives a voice, and what is asked of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from consent.canonical import JsonObject
from consent.errors import ConsentFormatError, RefusedError
from consent.grant import (
    DEFAULT_NOTICE_DAYS,
    DEFAULT_TERM,
    ConsentGrant,
    GrantKind,
    Operation,
)


class Age(StrEnum):
    ADULT = "adult"
    MINOR = "minor"
    DECEASED = "deceased"


class Role(StrEnum):
    """Who speaks a statement."""

    SELF = "self"
    GUARDIAN = "guardian"
    ESTATE = "estate"


ROLES_ASKED: dict[Age, tuple[Role, ...]] = {
    Age.ADULT: (Role.SELF,),
    Age.MINOR: (Role.SELF, Role.GUARDIAN),
    Age.DECEASED: (Role.ESTATE,),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Personal data: only ever stored sealed."""

    name: str
    contact: str
    age: Age
    cosigner: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.contact.strip():
            raise ConsentFormatError("a person needs a name and a contact to send the receipt to")
        if self.age is not Age.ADULT and not (self.cosigner or "").strip():
            who = "guardian" if self.age is Age.MINOR else "estate"
            raise RefusedError(
                "cosigner",
                "-",
                f"a {self.age.value} person cannot consent alone",
                f"name the {who} who co-signs with --cosigner",
            )

    def to_json(self) -> JsonObject:
        return {
            "age": self.age.value,
            "contact": self.contact,
            "cosigner": self.cosigner,
            "name": self.name,
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> Person:
        return cls(value["name"], value["contact"], Age(value["age"]), value["cosigner"])

    def speaker(self, role: Role) -> str:
        """The name of whoever speaks in a role."""
        return self.name if role is Role.SELF else str(self.cosigner)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. It is as narrow as a grant; the person agrees to exactly this."""

    project: str
    operations: frozenset[Operation]
    languages: tuple[str, ...]
    commercial: bool = False
    territory: str = "worldwide"
    term: timedelta = DEFAULT_TERM
    pass_on: bool = False
    notice_days: int = DEFAULT_NOTICE_DAYS

    def to_grant(self, grant_id: str, subject_id: str, at: datetime) -> ConsentGrant:
        return ConsentGrant(
            grant_id=grant_id,
            kind=GrantKind.PERSON,
            subject=subject_id,
            project=self.project,
            operations=self.operations,
            languages=self.languages,
            commercial=self.commercial,
            territory=self.territory,
            issued_at=at,
            expires_at=at + self.term,
            pass_on=self.pass_on,
            notice_days=self.notice_days,
        )


def new_subject_id() -> str:
    return f"voice-{secrets.token_hex(6)}"


def new_grant_id(at: datetime) -> str:
    return f"g-{at:%Y%m%d}-{secrets.token_hex(6)}"
