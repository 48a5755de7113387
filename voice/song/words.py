"""Words and melody for a track: how many lines its bars hold, and where the first one falls."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

from lyrics.writer.plan import SongRequest
from lyrics.writer.song import Song
from lyrics.writer.song_file import write_song
from lyrics.writer.writer import SongWriter
from voice.analysis.model import TrackAnalysis
from voice.card import VoiceRange
from voice.composing.compose import compose
from voice.composing.errors import WordsError
from voice.composing.ordering import read_lyrics
from voice.composing.plan import plan_over
from voice.errors import SongError
from voice.score.model import Score
from voice.song.wishes import SongWishes
from voice.songwriting import Form

Progress = Callable[[str, float], None]

LINES_IN_SECTION = 4
LINE_S = {"ballad": 4.8, "pop": 4.0, "folk": 4.0, "rap": 2.8}
"""How long a line usually lasts, with the breath after it."""

SECTIONS = ("verse", "chorus", "verse", "chorus")
EARLIEST_BAR, LATEST_BAR = 3, 17


def bars_of(analysis: TrackAnalysis) -> int:
    """Bars that can be sung to: one downbeat to the next."""
    return max(0, len(analysis.downbeats_s) - 1)


def first_bars(wishes: SongWishes, analysis: TrackAnalysis) -> tuple[int, ...]:
    """Where the first line may fall, best first: as told, after the intro, or at once."""
    if wishes.start_bar is not None:
        return (wishes.start_bar,)
    parts = [
        1 + min(range(len(analysis.downbeats_s)), key=lambda bar: abs(_gap(analysis, bar, begin)))
        for begin in (part.start_s for part in analysis.sections)
        if analysis.downbeats_s
    ]
    after_intro = [bar for bar in parts if EARLIEST_BAR <= bar <= LATEST_BAR]
    return (*after_intro[:1], 1)


def structure_for(wishes: SongWishes, analysis: TrackAnalysis) -> str:
    """As wished, or as many sections as the bars hold."""
    if wishes.structure is not None:
        return wishes.structure
    bars = bars_of(analysis)
    if bars < 1:
        raise SongError("the track has no bars to sing to; give --bpm")
    bar_s = (analysis.downbeats_s[-1] - analysis.downbeats_s[0]) / bars
    bars_a_line = max(1, round(LINE_S[wishes.style] / bar_s))
    left = bars - first_bars(wishes, analysis)[0] + 1
    count = max(1, min(len(SECTIONS), math.floor(left / (LINES_IN_SECTION * bars_a_line))))
    return ",".join(SECTIONS[:count])


def write_words(
    path: Path, wishes: SongWishes, structure: str, writer: SongWriter, progress: Progress
) -> None:
    """Write lyrics and save them; an interruption leaves no half of them.

    Raises:
        RequestError, ModelError, LyricsFileError: as the writer says.
    """
    form = Form(None, None, wishes.syllables, wishes.rhyme, structure)
    request = SongRequest(
        theme=wishes.theme, genre=wishes.genre, sections=form.sections(), seed=wishes.seed
    )
    total = sum(len(section.lines) for section in request.sections)
    write_song(_finished(writer.drafts(request), total, progress), path)


def melody_for(
    wishes: SongWishes, analysis: TrackAnalysis, lyrics: Path, voice: VoiceRange
) -> Score:
    """A melody for the words, from the first bar of the track that holds them.

    Raises:
        PlanError, WordsError: the track has no bars, or not enough of them.
    """
    words = read_lyrics(lyrics)
    bars = first_bars(wishes, analysis)
    for bar in bars[:-1]:
        plan = plan_over(analysis, bar, voice=voice, style=wishes.style, seed=wishes.seed)
        try:
            return compose(words, plan)
        except WordsError:
            continue
    plan = plan_over(analysis, bars[-1], voice=voice, style=wishes.style, seed=wishes.seed)
    return compose(words, plan)


def _finished(drafts: Iterator[Song], total: int, progress: Progress) -> Song:
    song = next(drafts)
    for song in drafts:
        progress("writing words", len(song.lines) / total)
    return song


def _gap(analysis: TrackAnalysis, bar: int, second: float) -> float:
    return analysis.downbeats_s[bar] - second
