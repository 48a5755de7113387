"""An analysis in words, for a musician at a terminal."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Mapping

from voice.analysis.model import BANDS_HZ, TrackAnalysis

SURE, UNSURE = 0.7, 0.35
WARNED = {
    "tempo": "--bpm",
    "meter": "--meter",
    "key": "--key",
    "beats": "--first-beat",
}


def in_words(analysis: TrackAnalysis) -> list[str]:
    """Tempo, metre, key and form with how sure each is, loudness, energy, room, and the chords."""
    said = analysis.confidence
    lines = [
        f"tempo    {analysis.tempo_bpm:.2f} beats a minute ({_sure(said, 'tempo')})",
        "metre    {}/{}".format(*analysis.meter) + f" ({_sure(said, 'meter')})",
        f"key      {analysis.key} ({_sure(said, 'key')})",
        f"tuning   {analysis.tuning_cents:+.0f} cents from A4 = 440 Hz",
        f"loudness {analysis.loudness_lufs:.1f} LUFS",
        f"length   {clock(analysis.length_s)}, {len(analysis.downbeats_s)} bars, the first at "
        f"{analysis.downbeats_s[0] if analysis.downbeats_s else 0.0:.3f} s",
        "form     "
        + " ".join(f"{each.label} {clock(each.start_s)}" for each in analysis.sections)
        + f" ({_sure(said, 'sections')})",
        *_course_lines(analysis),
        f"chords   bar by bar ({_sure(said, 'chords')})",
    ]
    lines += [f"  {row}" for row in chord_rows(analysis)]
    doubts = [option for name, option in WARNED.items() if said.get(name, 1.0) < UNSURE]
    if doubts:
        lines.append(f"unsure; what you know better, say with {', '.join(doubts)}")
    return lines


def chord_rows(analysis: TrackAnalysis, bars_in_row: int = 8) -> list[str]:
    """The chords of each bar, eight bars to a line: "Am . F . | C . G ."."""
    bars = chords_of_bars(analysis)
    return [
        f"{first + 1:>4}: " + " | ".join(" ".join(bar) for bar in bars[first : first + bars_in_row])
        for first in range(0, len(bars), bars_in_row)
    ]


def chords_of_bars(analysis: TrackAnalysis) -> list[list[str]]:
    """The chord names that sound in each bar, in order."""
    edges = [*analysis.downbeats_s, analysis.length_s]
    starts = [chord.start_s for chord in analysis.chords]
    bars = []
    for begin, end in itertools.pairwise(edges):
        first = max(bisect_right(starts, begin + 1e-6) - 1, 0)
        within = [c for c in analysis.chords[first:] if c.start_s < end - 1e-6]
        bars.append([chord.name for chord in within])
    return bars


def _course_lines(analysis: TrackAnalysis, bars_in_group: int = 4) -> list[str]:
    """Energy as a digit for each bar, and how free each band is on the whole."""
    if not analysis.course:
        return []
    digits = "".join(str(min(9, int(10 * moment.energy))) for moment in analysis.course)
    groups = [digits[at : at + bars_in_group] for at in range(0, len(digits), bars_in_group)]
    free = [
        f"{_hertz(hz)} {sum(moment.free[band] for moment in analysis.course) / len(digits):.0%}"
        for band, hz in enumerate(BANDS_HZ)
    ]
    return [f"energy   0-9, bar by bar: {' '.join(groups)}", f"room     {', '.join(free)}"]


def _hertz(hz: float) -> str:
    return f"{hz / 1_000:g} kHz" if hz >= 1_000 else f"{hz:g} Hz"


def clock(second: float) -> str:
    minutes, rest = divmod(round(second), 60)
    return f"{minutes}:{rest:02d}"


def _sure(said: Mapping[str, float], name: str) -> str:
    value = said.get(name, 0.0)
    word = "sure" if value >= SURE else "fairly sure" if value >= UNSURE else "unsure"
    return f"{word}, {value:.2f}"
