"""Who sings in an ensemble: the lead, doubles, harmonies, or a choir, each a little their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np

from voice.errors import OutputError
from voice.mixing.decisions import Role
from voice.performance.intonation import Intonation
from voice.performance.wishes import Expression
from voice.score.model import Score

MOST_DOUBLES = 6
MOST_CHOIR = 16
SEEDS_APART = 7_919
EARLIEST_S, LATEST_S = 0.010, 0.025


class Stream(IntEnum):
    """Apart from the streams of `voice.performance.variation`."""

    MEMBER = 11


@dataclass(frozen=True)
class Spread:
    """How unlike the singers of one melody are.

    Attributes:
        timing_s: spread of single notes around a singer's own earliness or lateness.
        cents: spread of tuning.
        gender_semitones: spread of throats.
        vibrato: spread of vibrato's rate and depth, as a share.
    """

    timing_s: float
    cents: float
    gender_semitones: float
    vibrato: float


DOUBLE = Spread(timing_s=0.006, cents=5.0, gender_semitones=0.3, vibrato=0.10)
CHOIR = Spread(timing_s=0.009, cents=7.0, gender_semitones=1.0, vibrato=0.15)


@dataclass(frozen=True)
class Ensemble:
    """What a caller wants beside the lead.

    Attributes:
        harmonies: further melodies, sung to the lead's.
        doubles: how many times more the lead is sung.
        choir: how many singers share every melody instead of a lead; 0 for none.
        voices: who sings in the choir, in turn; empty for the lead's voice alone.
    """

    harmonies: tuple[Score, ...] = ()
    doubles: int = 0
    choir: int = 0
    voices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.doubles <= MOST_DOUBLES:
            raise OutputError(f"a lead is doubled 0-{MOST_DOUBLES} times, not {self.doubles}")
        if not 0 <= self.choir <= MOST_CHOIR:
            raise OutputError(f"a choir has 0-{MOST_CHOIR} singers a part, not {self.choir}")
        if self.choir and self.doubles:
            raise OutputError("a choir has no lead to double; ask for one of the two")

    @property
    def is_solo(self) -> bool:
        return not (self.harmonies or self.doubles or self.choir)


@dataclass(frozen=True)
class Member:
    """One singer: what they sing, with whose voice, and how.

    `voice` is None for the lead's.
    """

    name: str
    role: Role
    score: Score
    voice: str | None
    expression: Expression
    seed: int


@dataclass
class _Count:
    """Gives every member a number, and doubles and harmonies theirs within the role."""

    taken: dict[str, int] = field(default_factory=dict)
    members: int = 0

    def name(self, role: Role) -> str:
        self.taken[role] = self.taken.get(role, 0) + 1
        self.members += 1
        return role if role == "lead" else f"{role}-{self.taken[role]}"


def members(lead: Score, wanted: Ensemble, expression: Expression, seed: int) -> tuple[Member, ...]:
    """Everybody who sings, the lead or the first of the choir at the head."""
    count = _Count()

    def member(role: Role, score: Score, voice: str | None, spread: Spread | None) -> Member:
        name, number = count.name(role), count.members - 1
        own = expression if spread is None else unlike(expression, spread, seed, number)
        return Member(name, role, score, voice, own, seed + SEEDS_APART * number)

    if wanted.choir:
        voices: Sequence[str | None] = wanted.voices or (None,)
        return tuple(
            member("choir", score, voices[index % len(voices)], CHOIR)
            for score in (lead, *wanted.harmonies)
            for index in range(wanted.choir)
        )
    rows = [member("lead", lead, None, None)]
    rows += [member("double", lead, None, DOUBLE) for _ in range(wanted.doubles)]
    rows += [member("harmony", score, None, DOUBLE) for score in wanted.harmonies]
    return tuple(rows)


def unlike(expression: Expression, spread: Spread, seed: int, number: int) -> Expression:
    """The expression of another singer: 10 to 25 ms early or late, tuned and built otherwise."""
    random = np.random.default_rng((seed, number, Stream.MEMBER))
    late_s = float(random.choice((-1.0, 1.0)) * random.uniform(EARLIEST_S, LATEST_S))
    drawn = np.clip(random.standard_normal(4), -2.0, 2.0)
    style = expression.intonation
    return replace(
        expression,
        intonation=replace(
            style,
            tuning_cents=style.tuning_cents + spread.cents * float(drawn[0]),
            vibrato_rate_hz=_rate(style, 1.0 + spread.vibrato * float(drawn[1]) / 2.0),
            vibrato_depth_cents=min(
                style.vibrato_depth_cents * (1.0 + spread.vibrato * float(drawn[2])), 200.0
            ),
        ),
        variation=replace(expression.variation, timing_s=spread.timing_s, late_s=late_s),
        gender_semitones=float(
            np.clip(
                expression.gender_semitones + spread.gender_semitones * float(drawn[3]),
                -12.0,
                12.0,
            )
        ),
    )


def _rate(style: Intonation, share: float) -> float:
    return float(np.clip(style.vibrato_rate_hz * share, 3.0, 9.0))
