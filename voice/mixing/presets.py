"""Ways of mixing by name: what sort of song it is decides how the voice sits in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voice.mixing.decisions import BARE, Chain, Compressor, DeEsser, Dip, Front, Presence, Room


@dataclass(frozen=True)
class EchoWish:
    """An echo in beats, until the tempo is known."""

    beats: float
    feedback: float
    below_lu: float


@dataclass(frozen=True)
class Preset:
    """What a kind of song asks of its mix.

    Attributes:
        front: how much louder the vocals are than the accompaniment.
        choir: all vocals are equals, spread from left to right, and none leads.
    """

    summary: str
    chain: Chain
    room: Room | None
    echo: EchoWish | None
    dip: Dip | None
    front: Front
    choir: bool = False


PRESETS: Mapping[str, Preset] = {
    "pop": Preset(
        "clear and in front, an eighth of echo, a middling room",
        Chain(90.0, DeEsser(), Compressor(-28.0, 4.0, 5.0, 80.0), Presence(2_400.0, 0.6, 4.0)),
        Room(size=0.45, damping=0.5, before_s=0.025, tail_s=2.0, below_lu=16.0),
        EchoWish(beats=0.5, feedback=0.25, below_lu=20.0),
        Dip(ahead_db=10.0, most_band_db=8.0, most_level_db=1.0),
        Front(least_lu=2.0, most_lu=6.0, clear_db=9.0),
    ),
    "ballad": Preset(
        "gentle, with a long room and a slow echo",
        Chain(80.0, DeEsser(), Compressor(-25.0, 3.0, 10.0, 150.0), Presence(2_400.0, 0.6, 3.0)),
        Room(size=0.7, damping=0.45, before_s=0.04, tail_s=3.5, below_lu=12.5),
        EchoWish(beats=1.0, feedback=0.3, below_lu=21.0),
        Dip(ahead_db=8.0, most_band_db=6.0, most_level_db=0.5, ramp_s=0.15),
        Front(least_lu=2.5, most_lu=6.0, clear_db=9.0),
    ),
    "rock": Preset(
        "dense and level, little room, makes way among guitars",
        Chain(110.0, DeEsser(), Compressor(-29.0, 5.0, 4.0, 70.0), Presence(2_600.0, 0.6, 4.5)),
        Room(size=0.35, damping=0.55, before_s=0.015, tail_s=1.5, below_lu=16.0),
        EchoWish(beats=0.25, feedback=0.1, below_lu=21.0),
        Dip(ahead_db=9.0, most_band_db=9.0, most_level_db=1.5, ramp_s=0.06),
        Front(least_lu=1.5, most_lu=5.0, clear_db=7.0),
    ),
    "rap": Preset(
        "dry and close, every word in front",
        Chain(
            90.0,
            DeEsser(most_db=8.0),
            Compressor(-29.0, 5.0, 3.0, 60.0),
            Presence(2_600.0, 0.6, 4.5),
        ),
        Room(size=0.2, damping=0.7, before_s=0.01, tail_s=0.8, below_lu=17.0),
        None,
        Dip(ahead_db=11.0, most_band_db=9.0, most_level_db=1.5, ramp_s=0.05),
        Front(least_lu=3.0, most_lu=7.0, clear_db=9.0),
    ),
    "choir": Preset(
        "equal voices side by side in a hall",
        Chain(80.0, DeEsser(most_db=4.0), Compressor(-18.0, 1.6, 20.0, 200.0), None),
        Room(size=0.85, damping=0.4, before_s=0.03, tail_s=4.0, below_lu=9.5),
        None,
        Dip(ahead_db=3.0, most_band_db=4.0, most_level_db=0.0, ramp_s=0.2),
        Front(least_lu=1.5, most_lu=4.0, clear_db=3.0),
        choir=True,
    ),
    "dry": Preset(
        "placed and levelled, nothing else",
        BARE,
        None,
        None,
        None,
        Front(least_lu=2.0, most_lu=2.0),
    ),
}
