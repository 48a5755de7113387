"""How far the instrumental gives way to the voices, and how far they stand in front of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio
from voice.mixing.decisions import Decisions, Dip, Front
from voice.mixing.dips import band_levels_db, clearance_db, dipped, dips_for
from voice.mixing.loudness import SILENCE_LUFS, lufs_during
from voice.mixing.spans import Spans, shifted
from voice.mixing.voices import DECIMALS, Voices

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

ALONE_LUFS = -16.0
"""Of vocals where there is nothing to be in front of."""


@dataclass(frozen=True)
class Balanced:
    """The backing as it gives way, with the dips and the gain of all vocals decided.

    Attributes:
        lead_lu: how far the vocals are in front as they sing; None over silence.
    """

    backing: Floats32
    decisions: Decisions
    lead_lu: float | None


@dataclass(frozen=True, eq=False)
class _Stage:
    """Voices and backing on one clock, that of the voices' first sample.

    Attributes:
        begin: the sample of the backing on which the voices begin.
        before_s: silence before the instrumental.
        sung: while the voices sing and the backing lasts.
    """

    voices: Voices
    rate_hz: int
    begin: int
    before_s: float
    level: float
    sung: Spans

    def under(self, backing: Floats32) -> float:
        """How loud a backing is as the voices sing."""
        blocks = shifted(self.voices.blocks, self.begin / self.rate_hz)
        return lufs_during(Audio(backing, self.rate_hz), blocks)

    def band(self, backing: Floats32, dip: Dip) -> Floats:
        return band_levels_db(backing[:, self.begin :], self.rate_hz, dip)


def balanced(backing: Floats32, voices: Voices, rate_hz: int) -> Balanced:
    """Decide whatever is open of dips and gain, and let the backing, `(channels, samples)`, dip."""
    decisions = voices.decisions
    voice = voices.total
    begin = max(0, voices.first)
    left_s = (backing.shape[1] - begin) / rate_hz
    stage = _Stage(
        voices,
        rate_hz,
        begin,
        max(0, -voices.first) / rate_hz,
        lufs_during(Audio(voice, rate_hz), voices.blocks),
        tuple((a, min(b, left_s)) for a, b in voices.sung if a < left_s),
    )
    dip, lead_lu, gain_db = decisions.dip, decisions.lead_lu, decisions.vocals_db
    least_lu = decisions.front.least_lu if lead_lu is None else lead_lu
    of_voice = band_levels_db(voice, rate_hz, dip or Dip())
    if dip is not None and dip.spans is None:
        guess_db = gain_db
        if guess_db is None:
            guess_db = _gain_db(stage.under(backing), stage.level, least_lu)
        dip = _decided(dip, of_voice + guess_db, backing, stage)
    lowered = backing if dip is None else dipped(backing, rate_hz, dip, stage.before_s)
    under = stage.under(lowered)
    if gain_db is None:
        if lead_lu is None:
            loud = of_voice + _gain_db(under, stage.level, least_lu)
            lead_lu = _clear_lead_lu(decisions.front, loud, lowered, stage, dip or Dip())
        gain_db = _gain_db(under, stage.level, lead_lu)
    made_lu = None if under <= SILENCE_LUFS else stage.level + gain_db - under
    if lead_lu is None:
        lead_lu = least_lu if made_lu is None else round(made_lu, DECIMALS)
    decided = replace(decisions, dip=dip, vocals_db=gain_db, lead_lu=lead_lu)
    return Balanced(lowered, decided, made_lu)


def _decided(dip: Dip, of_voice: Floats, backing: Floats32, stage: _Stage) -> Dip:
    """With spans in seconds of the instrumental."""
    if not stage.sung:
        return replace(dip, spans=())
    spans = dips_for(of_voice, stage.band(backing, dip), stage.sung, dip)
    later_s = stage.begin / stage.rate_hz - stage.before_s
    return replace(
        dip,
        spans=tuple(
            replace(
                span,
                from_s=round(span.from_s + later_s, DECIMALS),
                to_s=round(span.to_s + later_s, DECIMALS),
            )
            for span in spans
        ),
    )


def _clear_lead_lu(
    front: Front, of_voice: Floats, backing: Floats32, stage: _Stage, dip: Dip
) -> float:
    """As far in front as words need, the voice being `least_lu` in front now."""
    if front.least_lu == front.most_lu or not stage.sung:
        return front.least_lu
    above_db = clearance_db(of_voice, stage.band(backing, dip), stage.sung)
    lacking_db = max(0.0, front.clear_db - above_db)
    return round(min(front.least_lu + lacking_db, front.most_lu), 1)


def _gain_db(under: float, level: float, lead_lu: float) -> float:
    """What puts the vocals in front, both loudnesses being those of sung stretches."""
    if level <= SILENCE_LUFS:
        return 0.0
    if under <= SILENCE_LUFS:
        return round(ALONE_LUFS - level, DECIMALS)
    return round(under + lead_lu - level, DECIMALS)
