"""The beat and bars of an instrumental: told by the user, read from an analysis, or heard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vocoder.audio import Audio
from voice.errors import AnalysisError, MixError
from voice.mixing.placement import second_of_bar


@dataclass(frozen=True)
class BeatWishes:
    """What the user knows of the instrumental's time; None where it is to be heard.

    Attributes:
        analysis: a file that `melisma analyze --json` wrote, perhaps mended since.
    """

    bpm: float | None = None
    first_beat_s: float | None = None
    meter: tuple[int, int] | None = None
    analysis: Path | None = None


@dataclass(frozen=True)
class Timing:
    """The time of an instrumental as far as it is known, and where that comes from."""

    tempo_bpm: float | None = None
    downbeats_s: tuple[float, ...] = ()
    origin: str = ""
    warnings: tuple[str, ...] = ()

    def second_of(self, bar: int) -> float:
        """Raises MixError: there is no such bar."""
        return second_of_bar(bar, self.downbeats_s)


def timing_of(audio: Audio, known: BeatWishes, bars_needed: bool) -> Timing:
    """Tempo, and bars where they are needed.

    Without bars to be found, a track without a beat is no fault: there is just no tempo.

    Raises:
        AnalysisError, MixError: no beat was found, and bars are needed.
    """
    from voice.analysis.analyse import Told, analyse_track
    from voice.analysis.files import read_analysis

    told = Told(known.bpm, None, known.first_beat_s, known.meter)
    if known.analysis is not None:
        found = read_analysis(known.analysis)
        return Timing(found.tempo_bpm, found.downbeats_s, f"analysis in {known.analysis.name}")
    if known.bpm is not None and not bars_needed:
        return Timing(known.bpm, (), "told")
    try:
        found = analyse_track(audio, told)
    except AnalysisError as error:
        if bars_needed:
            raise MixError(f"{error}; or give --start in seconds, such as 7.5s") from error
        return Timing(warnings=(f"no echo, since the tempo is not known: {error}",))
    return Timing(found.tempo_bpm, found.downbeats_s, "told" if known.bpm else "heard")
