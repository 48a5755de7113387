"""The beat and bars of an instrumental: told by the user, read from an analysis, or heard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from vocoder.audio import Audio
from voice.errors import AnalysisError, MixError
from voice.mixing.placement import AtSecond, Start, pickup_seconds, second_of_bar, start_second
from voice.score.model import Score, TempoMap

USUAL_METER = (4, 4)
SAME_TEMPO = 0.02
MULTIPLES = (0.5, 2.0, 1.0 / 3.0, 3.0)


@dataclass(frozen=True)
class BeatWishes:
    """What the user knows of the instrumental's time; None where it is to be heard.

    Attributes:
        bpm: beats of the metre's lower number a minute.
        first_beat_s: where bar 1 begins.
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


@dataclass(frozen=True)
class Beginning:
    """Where in an instrumental beat 0 of a score falls, and at what tempo it goes there."""

    start_s: float
    tempo_bpm: float | None
    warnings: tuple[str, ...] = ()


def timing_of(audio: Audio, known: BeatWishes, bars_needed: bool) -> Timing:
    """Tempo, and bars where they are needed; nothing is listened for that was told.

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
    if known.bpm is not None and known.first_beat_s is not None:
        beats = (known.meter or USUAL_METER)[0]
        return _straight(known.bpm, known.first_beat_s, beats, audio.duration_s)
    try:
        found = analyse_track(audio, told)
    except AnalysisError as error:
        if bars_needed:
            raise MixError(f"{error}; or give --start in seconds, such as 7.5s") from error
        return Timing(warnings=(f"no echo, since the tempo is not known: {error}",))
    return Timing(found.tempo_bpm, found.downbeats_s, "told" if known.bpm else "heard")


def beginning_of(audio: Audio, start: Start, known: BeatWishes, pickup_s: float = 0.0) -> Beginning:
    """Where in an instrumental something begins whose tempo is not known.

    Raises:
        MixError, AnalysisError: no beat was found, or there is no such bar.
    """
    if isinstance(start, AtSecond):
        return Beginning(start.seconds, known.bpm)
    timing = timing_of(audio, known, bars_needed=True)
    return Beginning(start_second(start, timing.downbeats_s, pickup_s), timing.tempo_bpm)


def beginning_over(
    audio: Audio,
    score: Score,
    start: Start,
    tempo_qpm: float | None = None,
    first_beat_s: float | None = None,
) -> Beginning:
    """Where a score begins in an instrumental, whose bars are heard in the score's metre.

    With `first_beat_s` nothing is heard: bars of the score's tempo are counted from there.

    Raises:
        MixError, AnalysisError: no beat was found, or there is no such bar.
    """
    meter = score.meter_at(Fraction(0))
    tempo = score.tempo if tempo_qpm is None else TempoMap.constant(tempo_qpm)
    bpm = tempo.quarters_per_minute_at(0) * meter.denominator / 4.0
    if isinstance(start, AtSecond):
        return Beginning(start.seconds, bpm)
    wishes = BeatWishes(meter=(meter.numerator, meter.denominator), first_beat_s=first_beat_s)
    told = replace(wishes, bpm=bpm)
    timing = timing_of(audio, wishes if first_beat_s is None else told, bars_needed=True)
    warnings: tuple[str, ...] = ()
    if any(_alike((timing.tempo_bpm or bpm) * factor, bpm) for factor in MULTIPLES):
        timing = timing_of(audio, told, bars_needed=True)
    elif not _alike(timing.tempo_bpm or bpm, bpm):
        warnings = (
            f"the instrumental goes at {timing.tempo_bpm:.1f} beats a minute and the song at "
            f"{bpm:.1f}; sing it in time with --tempo, or say --first-beat if it was misheard",
        )
    start_s = start_second(start, timing.downbeats_s, pickup_seconds(score, tempo_qpm))
    return Beginning(start_s, bpm, warnings)


def _alike(tempo: float, other: float) -> bool:
    return abs(tempo / other - 1.0) <= SAME_TEMPO


def _straight(bpm: float, first_beat_s: float, beats: int, length_s: float) -> Timing:
    """Bars counted from the first one to the end."""
    bar_s = beats * 60.0 / bpm
    count = max(0, int((length_s - first_beat_s) / bar_s) + 1)
    return Timing(bpm, tuple(first_beat_s + bar * bar_s for bar in range(count)), "told")
