"""Every decision of a mix as a number that can be read, edited and replayed.

A part that is None is left out. A gain, pan or list of dips that is None is not decided yet: the
mix measures it, and hands back decisions in which nothing is None that was to be measured.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["lead", "double", "harmony", "choir"]


def _within(what: str, value: float | None, lowest: float, highest: float) -> None:
    if value is not None and not lowest <= value <= highest:
        raise ValueError(f"{what} lies in {lowest:g} to {highest:g}, not at {value}")


@dataclass(frozen=True)
class DeEsser:
    """Takes off what lies above `above_hz` where it is louder than `threshold_db`, and only then.

    Attributes:
        threshold_db: for a vocal of -20 LUFS.
        most_db: how much it takes at most.
    """

    above_hz: float = 5_500.0
    threshold_db: float = -32.0
    most_db: float = 6.0

    def __post_init__(self) -> None:
        _within("a de-esser's band begins at what", self.above_hz, 2_000.0, 12_000.0)
        _within("a de-esser's threshold_db", self.threshold_db, -80.0, 0.0)
        _within("a de-esser's most_db", self.most_db, 0.0, 24.0)


@dataclass(frozen=True)
class Compressor:
    """Evens loud and soft; `threshold_db` is for a vocal of -20 LUFS."""

    threshold_db: float = -22.0
    ratio: float = 2.5
    attack_ms: float = 8.0
    release_ms: float = 120.0

    def __post_init__(self) -> None:
        _within("a compressor's threshold_db", self.threshold_db, -80.0, 0.0)
        _within("a compressor's ratio", self.ratio, 1.0, 20.0)
        _within("a compressor's attack_ms", self.attack_ms, 0.1, 500.0)
        _within("a compressor's release_ms", self.release_ms, 1.0, 5_000.0)


@dataclass(frozen=True)
class Presence:
    """A wide lift where words are understood."""

    at_hz: float = 3_500.0
    width_q: float = 0.8
    gain_db: float = 2.0

    def __post_init__(self) -> None:
        _within("a presence's at_hz", self.at_hz, 500.0, 12_000.0)
        _within("a presence's width_q", self.width_q, 0.1, 10.0)
        _within("a presence's gain_db", self.gain_db, -12.0, 12.0)


@dataclass(frozen=True)
class Chain:
    """What a vocal goes through before it joins the others."""

    high_pass_hz: float | None = 80.0
    de_esser: DeEsser | None = field(default_factory=DeEsser)
    compressor: Compressor | None = field(default_factory=Compressor)
    presence: Presence | None = field(default_factory=Presence)

    def __post_init__(self) -> None:
        _within("a high-pass", self.high_pass_hz, 20.0, 400.0)


BARE = Chain(None, None, None, None)


@dataclass(frozen=True)
class VocalTrack:
    """One vocal of a mix.

    Attributes:
        begin_s: the second of the instrumental on which the vocal's first sample falls.
        trim_db: brings the vocal to the level its chain is made for.
        gain_db: among the vocals, after the chain.
        pan: -1 left to 1 right.
    """

    role: Role = "lead"
    begin_s: float = 0.0
    chain: Chain = field(default_factory=Chain)
    trim_db: float | None = None
    gain_db: float | None = None
    pan: float | None = None

    def __post_init__(self) -> None:
        _within("a vocal's begin_s", self.begin_s, -60.0, 36_000.0)
        _within("a vocal's trim_db", self.trim_db, -80.0, 80.0)
        _within("a vocal's gain_db", self.gain_db, -80.0, 80.0)
        _within("a vocal's pan", self.pan, -1.0, 1.0)


@dataclass(frozen=True)
class Room:
    """The reverb of all vocals, `below_lu` under them.

    Attributes:
        size: 0 a closet to 1 a hall.
        before_s: how long after the voice the room begins.
        tail_s: how long it rings on after the last vocal.
    """

    size: float = 0.45
    damping: float = 0.5
    before_s: float = 0.02
    tail_s: float = 2.0
    below_lu: float = 12.0
    gain_db: float | None = None

    def __post_init__(self) -> None:
        _within("a room's size", self.size, 0.0, 1.0)
        _within("a room's damping", self.damping, 0.0, 1.0)
        _within("a room's before_s", self.before_s, 0.0, 0.5)
        _within("a room's tail_s", self.tail_s, 0.0, 10.0)
        _within("a room's below_lu", self.below_lu, 0.0, 60.0)
        _within("a room's gain_db", self.gain_db, -80.0, 80.0)


@dataclass(frozen=True)
class Echo:
    """A delay of so many beats, `below_lu` under the vocals."""

    delay_s: float
    beats: float = 1.0
    feedback: float = 0.25
    below_lu: float = 20.0
    gain_db: float | None = None

    def __post_init__(self) -> None:
        _within("an echo's delay_s", self.delay_s, 0.01, 10.0)
        _within("an echo's feedback", self.feedback, 0.0, 0.9)
        _within("an echo's below_lu", self.below_lu, 0.0, 60.0)
        _within("an echo's gain_db", self.gain_db, -80.0, 80.0)


@dataclass(frozen=True)
class DipSpan:
    """From one second of the instrumental to another it gives way by so many decibels."""

    from_s: float
    to_s: float
    band_db: float
    level_db: float

    def __post_init__(self) -> None:
        if not self.from_s < self.to_s:
            raise ValueError(f"a dip ends after it begins, not from {self.from_s} to {self.to_s} s")
        _within("a dip's band_db", self.band_db, 0.0, 24.0)
        _within("a dip's level_db", self.level_db, 0.0, 24.0)


@dataclass(frozen=True)
class Dip:
    """Where the instrumental gives way: around `at_hz`, and as a whole.

    Attributes:
        width_q: 0.6 around 1.9 kHz is about 0.9-4 kHz.
        ahead_db: how far the voice is to stand above the instrumental in that band.
        most_band_db: the deepest dip of the band.
        most_level_db: how far the whole gives way where the band's dip is deepest.
        ramp_s: how long it takes to go down and to come back.
    """

    at_hz: float = 1_900.0
    width_q: float = 0.6
    ahead_db: float = 3.0
    most_band_db: float = 4.0
    most_level_db: float = 1.0
    ramp_s: float = 0.08
    spans: tuple[DipSpan, ...] | None = None

    def __post_init__(self) -> None:
        _within("a dip's at_hz", self.at_hz, 200.0, 8_000.0)
        _within("a dip's width_q", self.width_q, 0.1, 10.0)
        _within("a dip's ahead_db", self.ahead_db, -24.0, 24.0)
        _within("a dip's most_band_db", self.most_band_db, 0.1, 24.0)
        _within("a dip's most_level_db", self.most_level_db, 0.0, 24.0)
        _within("a dip's ramp_s", self.ramp_s, 0.005, 1.0)


@dataclass(frozen=True)
class Front:
    """How far in front the voice is put where nobody asked for a level: as far as words need.

    Attributes:
        least_lu, most_lu: between these.
        clear_db: how far the voice is to stand above the instrumental in the dip's band, once that
            has given way.
    """

    least_lu: float = 2.0
    most_lu: float = 6.0
    clear_db: float = 6.0

    def __post_init__(self) -> None:
        _within("a front's least_lu", self.least_lu, -20.0, 20.0)
        _within("a front's most_lu", self.most_lu, self.least_lu, 20.0)
        _within("a front's clear_db", self.clear_db, -24.0, 24.0)


@dataclass(frozen=True)
class Master:
    """The whole: its loudness, and the ceiling its true peaks stay under."""

    loudness_lufs: float | None = -14.0
    ceiling_dbtp: float | None = -1.0
    gain_db: float | None = None

    def __post_init__(self) -> None:
        _within("the loudness of a mix in LUFS", self.loudness_lufs, -40.0, -6.0)
        _within("the ceiling of a mix in dBTP", self.ceiling_dbtp, -20.0, 0.0)
        _within("the master's gain_db", self.gain_db, -80.0, 80.0)


@dataclass(frozen=True)
class Decisions:
    """A whole mix.

    Attributes:
        muted: leaves the vocals out, and with them whatever they would have changed.
        lead_lu: how much louder the vocals are than the accompaniment while they are sung; None
            is decided by `front`.
        vocals_db: the gain of all vocals together, room and echo included, that makes it so.
    """

    vocals: tuple[VocalTrack, ...]
    muted: bool = False
    lead_lu: float | None = None
    front: Front = field(default_factory=Front)
    vocals_db: float | None = None
    room: Room | None = field(default_factory=Room)
    echo: Echo | None = None
    dip: Dip | None = field(default_factory=Dip)
    master: Master = field(default_factory=Master)

    def __post_init__(self) -> None:
        if not self.vocals:
            raise ValueError("a mix has at least one vocal")
        _within("the vocals' lead_lu", self.lead_lu, -20.0, 20.0)
        _within("the gain vocals_db", self.vocals_db, -80.0, 80.0)
