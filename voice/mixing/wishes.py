"""From what a caller wants of a mix to its first decisions, before anything is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voice.errors import MixError
from voice.mixing.decisions import Decisions, Echo, Master, Role, VocalTrack
from voice.mixing.presets import PRESETS, EchoWish, Preset

FASTEST_BPM, SLOWEST_BPM = 400.0, 20.0


@dataclass(frozen=True)
class MixWishes:
    """What a caller wants of a mix.

    Attributes:
        preset: one of `PRESETS`.
        lead_lu: how much louder the vocals are than the accompaniment while they are sung; None
            leaves it to the preset, which hears how much the words need.
        loudness_lufs: of the whole; None leaves the instrumental as loud as it was.
        ceiling_dbtp: of true peaks; None lets peaks be.
        muted: leaves the vocals out.
    """

    preset: str = "pop"
    lead_lu: float | None = None
    loudness_lufs: float | None = -14.0
    ceiling_dbtp: float | None = -1.0
    muted: bool = False

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise MixError(f"no preset {self.preset!r}; choose {', '.join(PRESETS)}")
        for what, value, lowest, highest in (
            ("the vocals' level in LU", self.lead_lu, -20.0, 20.0),
            ("the loudness in LUFS", self.loudness_lufs, -40.0, -6.0),
            ("the ceiling in dBTP", self.ceiling_dbtp, -20.0, 0.0),
        ):
            if value is not None and not lowest <= value <= highest:
                raise MixError(f"{what} lies in {lowest:g} to {highest:g}, not at {value:g}")

    @property
    def chosen(self) -> Preset:
        return PRESETS[self.preset]

    @property
    def wants_tempo(self) -> bool:
        """Whether the tempo matters: an echo keeps time."""
        return self.chosen.echo is not None and not self.muted


def first_decisions(
    wishes: MixWishes,
    roles: Sequence[Role],
    begins_s: Sequence[float],
    tempo_bpm: float | None = None,
) -> Decisions:
    """Decisions in which all that is to be measured is still open.

    Without a tempo there is no echo. Nothing can overshoot where nothing is added or raised, so
    an instrumental left alone keeps its peaks.
    """
    preset = wishes.chosen
    left_alone = wishes.muted and wishes.loudness_lufs is None
    return Decisions(
        vocals=tuple(
            VocalTrack(role, begin_s, preset.chain)
            for role, begin_s in zip(roles, begins_s, strict=True)
        ),
        muted=wishes.muted,
        lead_lu=wishes.lead_lu,
        front=preset.front,
        room=preset.room,
        echo=_in_time(preset.echo, tempo_bpm),
        dip=preset.dip,
        master=Master(wishes.loudness_lufs, None if left_alone else wishes.ceiling_dbtp),
    )


def _in_time(echo: EchoWish | None, tempo_bpm: float | None) -> Echo | None:
    if echo is None or tempo_bpm is None or not SLOWEST_BPM <= tempo_bpm <= FASTEST_BPM:
        return None
    delay_s = round(echo.beats * 60.0 / tempo_bpm, 4)
    return Echo(delay_s, echo.beats, echo.feedback, echo.below_lu)
