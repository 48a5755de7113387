"""Where lines stand: how many bars each has, on which bar it begins, what it returns to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from voice.composing.errors import WordsError
from voice.composing.plan import MelodyPlan, Style, is_compound
from voice.composing.words import Words, WordsLine, WordsSection
from voice.lyric_plan import metrical_weight

EASY_SYLLABLE_S = {Style.BALLAD: 0.48, Style.POP: 0.36, Style.FOLK: 0.40, Style.RAP: 0.21}
"""Seconds that a syllable has on the average when a line is neither hurried nor dragged."""
HASTE = (1.0, 0.8, 0.65, 0.5, 0.4)
FASTEST_SYLLABLE_S = 0.11
SUNG_SHARE = 0.85
BARS = (1, 2, 4, 8, 16)
"""How many bars a line may have."""
SECTION_GRID = 4
LATEST_SECTION_BARS = 8
_SCHEMES = {
    2: ("AA", "AB"),
    3: ("AAB", "ABA"),
    4: ("AABA", "ABAC", "AABC", "ABAB"),
    5: ("AABAC",),
    6: ("AABAAC", "AABCCB", "ABABCC"),
    8: ("ABACABAD", "ABABCDAB", "AABAAABC"),
}
_CHORUS_SCHEMES = {4: ("ABAC", "AABA", "ABAB"), 8: ("ABACABAD", "ABABCDAB")}


@dataclass(frozen=True)
class LinePlace:
    """Where a line stands, and what it takes up.

    Attributes:
        anchor: the beat of the bar line that the line is built around; its pickup comes before.
        bars: how many bars it has from there.
        returns: the number of the line of the same section whose motif it takes up, or `None`.
        letter: lines of one letter are alike.
    """

    line: WordsLine
    anchor: Fraction
    bars: int
    returns: int | None
    letter: str
    ends_section: bool


@dataclass(frozen=True)
class SectionPlace:
    """A section and its lines; `like` is the number of an earlier section of the same kind."""

    section: WordsSection
    lines: tuple[LinePlace, ...]
    like: int | None
    repeats: bool


@dataclass(frozen=True)
class Form:
    """All sections in their places; `bars` is where the song ends at the latest."""

    sections: tuple[SectionPlace, ...]
    bars: int
    loop_shift: int = 0


def lay_out(words: Words, plan: MelodyPlan, random: np.random.Generator) -> Form:
    """Lines on the bar grid, in the same number of bars throughout a section.

    Raises:
        WordsError: the bars there are cannot hold the words; the message says how many can.
    """
    schemes = _schemes(words, random)
    first = plan.start_bar - 1
    count_in = int(first == 0 and leading(words.lines[0]) > 0)
    for haste in HASTE:
        bars = [_line_bars(section, plan, haste) for section in words.sections]
        for grid in (SECTION_GRID, 1):
            starts, end = _starts(words, plan, bars, first + count_in, grid)
            if plan.bars is None or end <= plan.bars:
                shift = count_in if plan.bars is None else 0
                return _placed(words, plan, starts, bars, schemes, end, shift)
    least = sum(
        _fewest_bars(section, plan) * len(section.lines) for section in words.sections
    ) + count_in  # fmt: skip
    have = (plan.bars or 0) - first
    raise WordsError(
        f"{len(words.lines)} lines of words need at least {least} bars at this tempo, but there "
        f"are {have} from bar {plan.start_bar} on; take lines out or begin earlier"
    )


def leading(line: WordsLine) -> int:
    """How many syllables come before the first stressed one; at most three make a pickup."""
    count = next((at for at, stress in enumerate(line.stresses) if stress == 2), 0)
    return min(count, 3)


def step_of(plan: MelodyPlan) -> Fraction:
    """The finest division of time that is written: a sixteenth, or an eighth at high tempo."""
    sixteenth = Fraction(1, 4)
    fast = float(sixteenth) * 60 / plan.quarters_per_minute < FASTEST_SYLLABLE_S
    return Fraction(1, 2) if fast else sixteenth


def weight_at(plan: MelodyPlan, beats: Fraction) -> int:
    """4 the first beat of a bar, 3 its middle, 2 beats, 1 halves of beats, 0 what is finer."""
    meter = plan.meter
    place = (beats % meter.bar_beats) / meter.unit_beats
    found = metrical_weight(meter, float(place) + 1)
    fine = place % 1 if is_compound(meter) else (2 * place) % 1
    return 0 if fine else found


def _line_bars(section: WordsSection, plan: MelodyPlan, haste: float) -> int:
    """Bars for each line of a section."""
    most = max(len(line.stresses) for line in section.lines)
    easy_s = EASY_SYLLABLE_S[plan.style] * haste
    wanted = most * easy_s / (SUNG_SHARE * plan.bar_s)
    usual = next((bars for bars in BARS if wanted <= bars), BARS[-1])
    return max(usual, _fewest_bars(section, plan))


def _fewest_bars(section: WordsSection, plan: MelodyPlan) -> int:
    """Bars below which some line could not be spoken, the breath and the next pickup included."""
    most = max(len(line.stresses) for line in section.lines)
    easy = Fraction(1, 4) if plan.style is Style.RAP else Fraction(3, 8)
    each = max(shortest_steps(plan) * step_of(plan), easy)
    for bars in BARS:
        pickup = max(pickup_beats(line, bars, plan) for line in section.lines)
        room = bars * plan.meter.bar_beats - spare_beats(bars, plan) - pickup
        if (most - 1) * each <= room:
            return bars
    raise WordsError(
        f"a line of {most} syllables is too long for bars of {float(plan.meter.bar_beats):g} "
        "quarter notes; divide it into two lines"
    )


def shortest_steps(plan: MelodyPlan) -> int:
    """Steps of time that a syllable takes at least."""
    beats = FASTEST_SYLLABLE_S * plan.quarters_per_minute / 60
    return max(1, ceil(beats / float(step_of(plan))))


def spare_beats(bars: int, plan: MelodyPlan) -> Fraction:
    """Beats for the last syllable of a line and the breath after it."""
    usual = Fraction(3, 2) if plan.style is not Style.RAP else Fraction(3, 4)
    return min(usual, bars * plan.meter.bar_beats / 6)


def pickup_beats(line: WordsLine, bars: int, plan: MelodyPlan) -> Fraction:
    """Beats before the bar line that the unstressed syllables at the head of a line take."""
    count = leading(line)
    dense = len(line.stresses) > 1.5 * float(bars * plan.meter.bar_beats)
    step = step_of(plan)
    each = step if dense or plan.style is Style.RAP else max(step, Fraction(1, 2))
    return min(count * each, plan.meter.bar_beats / 2)


def _starts(
    words: Words, plan: MelodyPlan, bars: Sequence[int], first: int, grid: int
) -> tuple[list[int], int]:
    """The bar, from 0, on which each section begins, and where the last one ends."""
    total = [count * len(s.lines) for count, s in zip(bars, words.sections, strict=True)]
    starts: list[int] = []
    at = first
    for number, length in enumerate(total):
        if starts:
            past = (at - first) % grid
            at += (grid - past) % grid
            at = _at_section(plan, at, sum(total[number:]))
        starts.append(at)
        at += length
    return starts, at


def _at_section(plan: MelodyPlan, at: int, left: int) -> int:
    """The next bar at which a part of the track begins, where there is room to wait for it."""
    room = (plan.bars or 0) - left
    for bar in plan.section_bars:
        if at <= bar - 1 <= min(at + LATEST_SECTION_BARS, room):
            return bar - 1
    return at


def _placed(
    words: Words,
    plan: MelodyPlan,
    starts: Sequence[int],
    bars: Sequence[int],
    schemes: Sequence[str],
    end: int,
    shift: int,
) -> Form:
    places: list[SectionPlace] = []
    for number, section in enumerate(words.sections):
        lines = tuple(
            LinePlace(
                line=line,
                anchor=(starts[number] + at * bars[number]) * plan.meter.bar_beats,
                bars=bars[number],
                returns=_returns(schemes[number], at),
                letter=schemes[number][at],
                ends_section=at == len(section.lines) - 1,
            )
            for at, line in enumerate(section.lines)
        )
        like = next((n for n in range(number) if words.sections[n].kind == section.kind), None)
        same = next((n for n in range(number) if words.sections[n].key == section.key), None)
        like = same if same is not None else like
        places.append(SectionPlace(section, lines, like, same is not None))
    return Form(tuple(places), plan.bars or end, shift)


def _returns(scheme: str, at: int) -> int | None:
    found = scheme[:at].find(scheme[at])
    return found if found >= 0 else None


def _schemes(words: Words, random: np.random.Generator) -> list[str]:
    """Which lines are alike, in letters; the same for all sections of a kind and a length."""
    chosen: dict[tuple[str, int], str] = {}
    found = []
    for section in words.sections:
        count = len(section.lines)
        kind = (section.kind, count)
        if kind not in chosen:
            table = _CHORUS_SCHEMES if section.is_chorus else _SCHEMES
            options = table.get(count) or _SCHEMES.get(count) or (_long_scheme(count),)
            chosen[kind] = options[int(random.integers(len(options)))]
        found.append(chosen[kind])
    return found


def _long_scheme(count: int) -> str:
    """Lines in pairs, the first of which returns: ABACABAD …"""
    letters = "BCDEFGHIJKLMNOPQRSTUVWXYZ"
    return "".join("A" if at % 2 == 0 else letters[at // 2 % len(letters)] for at in range(count))
