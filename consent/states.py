"""The life of a grant: which state may follow which."""

from __future__ import annotations

from enum import StrEnum

from consent.errors import RefusedError


class State(StrEnum):
    DRAFT = "draft"
    CHALLENGED = "challenged"
    RECORDED = "recorded"
    VERIFIED = "verified"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ERASED = "erased"


_BEFORE_USE = frozenset({State.DRAFT, State.CHALLENGED, State.RECORDED, State.VERIFIED})
_LIVING = _BEFORE_USE | {State.ACTIVE, State.SUSPENDED}

MAY_COME_FROM: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset(),
    State.CHALLENGED: frozenset({State.DRAFT, State.CHALLENGED, State.RECORDED}),
    State.RECORDED: frozenset({State.CHALLENGED}),
    State.VERIFIED: frozenset({State.RECORDED}),
    State.ACTIVE: frozenset({State.VERIFIED, State.SUSPENDED}),
    State.SUSPENDED: frozenset({State.ACTIVE}),
    State.EXPIRED: _LIVING,
    State.REVOKED: _LIVING,
    State.ERASED: frozenset(State) - {State.ERASED},
}

_REMEDY: dict[State, str] = {
    State.DRAFT: "set a challenge with `melisma consent challenge`",
    State.CHALLENGED: "submit the recording with `melisma consent submit`",
    State.RECORDED: "have it verified with `melisma consent verify`",
    State.VERIFIED: "issue the grant with `melisma consent grant`",
    State.ACTIVE: "nothing is needed; it is in force",
    State.SUSPENDED: "the person or their keeper may lift it with `melisma consent resume`",
    State.EXPIRED: "ask the person for a new grant with `melisma consent statement`",
    State.REVOKED: "it is withdrawn for good; delete what was made of the voice",
    State.ERASED: "the person's data and voice are gone for good; delete any copies",
}


def check_transition(grant_id: str, now: State, wanted: State) -> None:
    """Refuse a step that the life of a grant does not have.

    Raises:
        RefusedError: rule `state`.
    """
    if now not in MAY_COME_FROM[wanted]:
        sources = ", ".join(sorted(MAY_COME_FROM[wanted])) or "nothing"
        raise RefusedError(
            "state", grant_id, f"it is {now.value}; {wanted.value} follows {sources}", _REMEDY[now]
        )


def check_usable(grant_id: str, now: State) -> None:
    """Refuse any use of a voice whose grant is not in force.

    Raises:
        RefusedError: rule `state`.
    """
    if now is not State.ACTIVE:
        raise RefusedError("state", grant_id, f"it is {now.value}, not active", _REMEDY[now])
