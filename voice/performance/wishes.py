"""What a caller wants of a performance: `Expression` for programs, `Wishes` for people.

An `Expression` says everything, grouped by what it shapes. `Wishes` are the few things that the
command line and the web page ask for, each left out where the voice shall do as it is used to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from voice.errors import OutputError
from voice.performance.bounds import BOUNDS
from voice.performance.intonation import Bend, Intonation
from voice.performance.levels import Dynamics
from voice.performance.variation import Variation


@dataclass(frozen=True)
class Expression:
    """What a caller wants of a performance, over all of it.

    Attributes:
        gender_semitones: how far formants move; the pitch stays.
        breaths: whether the voice breathes in audibly, if its model ever heard a breath.
        fermata: how many times longer a note under a fermata lasts; 1 keeps the score's clock,
            as singing over an instrumental needs.
    """

    intonation: Intonation = field(default_factory=Intonation)
    breathiness: float = 0.0
    tension: float = 0.0
    dynamics_db: float = 0.0
    dynamics: Dynamics = field(default_factory=Dynamics)
    variation: Variation = field(default_factory=Variation)
    gender_semitones: float = 0.0
    breaths: bool = True
    fermata: float = 1.0

    def __post_init__(self) -> None:
        BOUNDS["breathiness"].check("breathiness", self.breathiness)
        BOUNDS["tension"].check("tension", self.tension)
        BOUNDS["dynamics"].check("dynamics", self.dynamics_db)
        BOUNDS["gender"].check("gender", self.gender_semitones)
        BOUNDS["fermata"].check("fermata", self.fermata)


@dataclass(frozen=True)
class Wishes:
    """What people are asked; None leaves the voice's own way. Units are those of `BOUNDS`."""

    dynamics: float | None = None
    phrasing: float | None = None
    breathiness: float | None = None
    tension: float | None = None
    gender: float | None = None
    vibrato: float | None = None
    vibrato_rate: float | None = None
    vibrato_onset: float | None = None
    portamento: float | None = None
    scoop: float | None = None
    variation: float | None = None
    fermata: float | None = None
    breaths: bool | None = None
    bends: tuple[Bend, ...] = ()

    def __post_init__(self) -> None:
        for name, bounds in BOUNDS.items():
            value = getattr(self, name)
            if value is None:
                continue
            try:
                bounds.check(name, value)
            except ValueError as error:
                raise OutputError(str(error)) from error

    def expression(self) -> Expression:
        """The wishes over the voice's own way."""
        usual = Expression()
        own = usual.intonation
        return replace(
            usual,
            intonation=replace(
                own,
                portamento_s=_or(self.portamento, own.portamento_s),
                vibrato_depth_cents=_or(self.vibrato, own.vibrato_depth_cents),
                vibrato_rate_hz=_or(self.vibrato_rate, own.vibrato_rate_hz),
                vibrato_onset_s=_or(self.vibrato_onset, own.vibrato_onset_s),
                scoop_cents=_or(self.scoop, own.scoop_cents),
                bends=self.bends,
            ),
            breathiness=_or(self.breathiness, usual.breathiness),
            tension=_or(self.tension, usual.tension),
            dynamics_db=_or(self.dynamics, usual.dynamics_db),
            dynamics=Dynamics(_or(self.phrasing, usual.dynamics.phrase_db)),
            variation=usual.variation.scaled(_or(self.variation, 1.0)),
            gender_semitones=_or(self.gender, usual.gender_semitones),
            breaths=usual.breaths if self.breaths is None else self.breaths,
            fermata=_or(self.fermata, usual.fermata),
        )


def parse_bends(texts: Sequence[str]) -> tuple[Bend, ...]:
    """`5:-100,0` bends the fifth note from a semitone below to its pitch.

    Raises:
        OutputError: what was typed, and how a bend is written.
    """
    return tuple(_bend(text) for text in texts)


def _bend(text: str) -> Bend:
    number, _, points = text.partition(":")
    try:
        return Bend(int(number), tuple(float(point) for point in points.split(",")))
    except ValueError as error:
        raise OutputError(
            f"--bend {text}: write the number of the note and cents spread over its length, such "
            f"as 5:-100,0 ({error})"
        ) from error


def _or(given: float | None, usual: float) -> float:
    return usual if given is None else given
