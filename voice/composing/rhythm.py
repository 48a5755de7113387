"""When each syllable is sung: the cheapest way through a line's beats, by dynamic programming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from voice.composing.errors import WordsError
from voice.composing.features import Numbers
from voice.composing.form import LinePlace, leading, shortest_steps, step_of, weight_at
from voice.composing.plan import MelodyPlan, Style
from voice.composing.table import Array, MelodyTable, ratio_class

BREATH_S = 0.25
LONGEST_IOI = 3
"""Beats from one syllable of a line to the next, at most."""
NOISE = 0.35
FEEL = 0.45
LENGTHENING = {
    Style.BALLAD: (0.4, 1.2),
    Style.POP: (0.0, 1.2),
    Style.FOLK: (0.4, 1.4),
    Style.RAP: (0.0, 0.3),
}
_STRESSED_COST = {4: 0.0, 3: 0.1, 2: 1.0, 1: 3.0, 0: 5.0}
_UNSTRESSED_COST = {4: 2.2, 3: 1.4, 2: 0.2, 1: 0.25, 0: 0.9}
_LIGHT_COST = {4: 0.6, 3: 0.3, 2: 0.1, 1: 0.3, 0: 0.8}
_NODE_COSTS = (_UNSTRESSED_COST, _LIGHT_COST, _STRESSED_COST)
_WEAK_STRESS = 5.0
_STRANGE_PLACE, _KNOWN_PLACE = 0.5, -0.8
_SHIFTED_START, _SHIFTED_RHYME = 1.4, 1.5
_EMPTY_BEAT = 0.8
_LENGTHS_SHARE, _PLACES_SHARE = 0.7, 0.6
_LAST_OFF_BEAT = {4: 0.0, 3: 0.0, 2: 0.3, 1: 2.0, 0: 4.0}
_ODD_LENGTH, _LATE_LENGTH = 2.0, 0.6
_SYNCOPATION = {Style.BALLAD: 0.5, Style.POP: 0.3, Style.FOLK: 0.8, Style.RAP: 0.2}
_FINE_STEP = {Style.BALLAD: 1.6, Style.POP: 0.9, Style.FOLK: 1.4, Style.RAP: -0.1}
_NEVER = 1e9


@dataclass(frozen=True)
class LineRhythm:
    """When the syllables of a line begin, in beats of the song, and how long the last one is."""

    anchor: Fraction
    onsets: tuple[Fraction, ...]
    end: Fraction

    @property
    def offsets(self) -> tuple[Fraction, ...]:
        """Beats from the anchor."""
        return tuple(onset - self.anchor for onset in self.onsets)

    @property
    def durations(self) -> tuple[Fraction, ...]:
        edges = (*self.onsets, self.end)
        return tuple(b - a for a, b in pairwise(edges))


@dataclass(frozen=True)
class Room:
    """What a line may take: from `first` on, its last syllable at `last` at the latest."""

    first: Fraction
    last: Fraction


@dataclass(frozen=True)
class Example:
    """A line already written whose rhythm this one takes up.

    Attributes:
        likeness: 1 to be like it, less where only its rhyme counts, below 0 to differ from it.
    """

    offsets: frozenset[Fraction]
    rhyme: Fraction
    likeness: float

    @classmethod
    def of(cls, rhythm: LineRhythm, place: LinePlace, likeness: float = 1.0) -> Example:
        rhyme = rhythm.offsets[place.line.rhyme_place]
        return cls(frozenset(rhythm.offsets), rhyme, likeness)


@dataclass(frozen=True)
class Feel:
    """What sets the rhythm of a section apart.

    Attributes:
        costs: places of the bar that it likes or shuns.
        lengthening: how much stressed syllables want to be longer than those around them.
        spare: beats that may stay empty at a line's end.
    """

    bar_beats: Fraction
    step: Fraction
    costs: tuple[float, ...]
    lengthening: float
    spare: float

    @classmethod
    def drawn(cls, plan: MelodyPlan, random: np.random.Generator) -> Feel:
        step, bar = step_of(plan), plan.meter.bar_beats
        costs = FEEL * random.standard_normal(int(bar / step))
        return cls(
            bar_beats=bar,
            step=step,
            costs=tuple(float(cost) for cost in costs),
            lengthening=float(random.uniform(*LENGTHENING[plan.style])),
            spare=float(random.uniform(0.0, 0.5 if plan.style is Style.RAP else 1.5)),
        )

    def at(self, beats: Fraction) -> float:
        return self.costs[int((beats % self.bar_beats) / self.step)]


@dataclass(frozen=True)
class RhythmSearch:
    """Finds onsets; one for a whole song, so that its random numbers come in order."""

    plan: MelodyPlan
    table: MelodyTable
    random: np.random.Generator

    def onsets(
        self, place: LinePlace, room: Room, feel: Feel, example: Example | None
    ) -> tuple[Fraction, ...]:
        """A beat for each syllable.

        Raises:
            WordsError: there are fewer places than syllables.
        """
        step = feel.step
        places = _grid(room, step)
        stresses = place.line.stresses
        least = shortest_steps(self.plan)
        if len(places) < (len(stresses) - 1) * least + 1:
            raise WordsError(
                f'"{place.line.text}" has {len(stresses)} syllables, more than {place.bars} bars '
                "hold at this tempo; slow it down or divide the line"
            )
        weights = np.array([weight_at(self.plan, beat) for beat in places])
        nodes = _node_costs(place, places, weights, example, feel.spare)
        nodes += NOISE * self.random.gumbel(size=nodes.shape)
        nodes += [feel.at(beat) for beat in places]
        mean = float(places[-1] - place.anchor) / max(len(stresses) - 0.5, 1)
        gaps = (least, int(LONGEST_IOI / step))
        pairs = _Pairs(stresses, weights, float(step), mean, gaps, feel.lengthening)
        costs = nodes[0].copy()
        came: list[Numbers] = []
        for at in range(1, len(stresses)):
            total = costs[:, None] + pairs.costs(at - 1, self.plan.style, self.table)
            came.append(total.argmin(0))
            costs = total.min(0) + nodes[at]
        return tuple(places[index] for index in _back(costs, came))


def _grid(room: Room, step: Fraction) -> list[Fraction]:
    first = -(-room.first // step)
    return [index * step for index in range(int(first), int(room.last // step) + 1)]


def _back(costs: Array, came: Sequence[Numbers]) -> list[int]:
    path = [int(costs.argmin())]
    for sources in reversed(came):
        path.append(int(sources[path[-1]]))
    return path[::-1]


def _node_costs(
    place: LinePlace,
    places: Sequence[Fraction],
    weights: Numbers,
    example: Example | None,
    empty: float,
) -> Array:
    """What each syllable costs on each beat."""
    line, beats = place.line, np.array([float(beat - place.anchor) for beat in places])
    count = len(line.stresses)
    costs = np.zeros((count, len(places)))
    for at, stress in enumerate(line.stresses):
        costs[at] = [_NODE_COSTS[stress][int(weight)] for weight in weights]
    first = leading(line)
    costs[first] += _SHIFTED_START * np.abs(beats)
    if first == 0:
        costs[0, beats < 0] = _NEVER
    spare = float(places[-1] - place.anchor) - beats
    costs[-1] += _EMPTY_BEAT * np.maximum(spare - empty, 0.0)
    costs[line.rhyme_place, weights < 3] += 0.8
    costs[-1] += [_LAST_OFF_BEAT[int(weight)] for weight in weights]
    if example is not None:
        known = np.array([beat - place.anchor in example.offsets for beat in places])
        costs += example.likeness * np.where(known, _KNOWN_PLACE, _STRANGE_PLACE)
        costs[line.rhyme_place] += _SHIFTED_RHYME * np.minimum(
            np.abs(beats - float(example.rhyme)), 2.0
        )
    return costs


@dataclass(frozen=True)
class _Pairs:
    """What it costs that a syllable lies on one beat and the next one on another.

    Attributes:
        mean: the mean length of a syllable, in beats.
        gaps: how many steps may lie between two syllables, at least and at most.
    """

    stresses: Sequence[int]
    weights: Numbers
    step: float
    mean: float
    gaps: tuple[int, int]
    lengthening: float

    def costs(self, at: int, style: Style, table: MelodyTable) -> Array:
        """(here, after) for syllable `at` and the one after it."""
        weights, count = self.weights, len(self.weights)
        gaps = np.arange(count)[None, :] - np.arange(count)[:, None]
        here, after = int(self.stresses[at] == 2), int(self.stresses[at + 1] == 2)
        ratios = ratio_class(np.maximum(gaps, 1) * self.step / self.mean)
        strong = (weights >= 3).astype(np.int64)[:, None]
        costs = -_LENGTHS_SHARE * table.lengths[here, after, strong, ratios]
        clipped = np.maximum(weights, 1) - 1
        costs = costs - _PLACES_SHARE * table.places[:, after][clipped[:, None], clipped[None, :]]
        long = gaps * self.step >= 1.5 * self.mean
        if here:
            costs = costs + _WEAK_STRESS * ((weights[:, None] < weights[None, :]) & ~long)
        lengthened = gaps * self.step > 1.2 * self.mean
        if self.stresses[at] == 2:
            costs = costs - self.lengthening * lengthened
        elif self.stresses[at] == 0:
            costs = costs + self.lengthening * lengthened
        if after:
            costs = costs + 0.6 * _WEAK_STRESS * (weights[:, None] > weights[None, :])
        costs = costs + _FINE_STEP[style] * (gaps * self.step < 0.5)
        costs = costs + _SYNCOPATION[style] * _crossed(weights)
        costs = costs + _odd(np.asarray(gaps * self.step, np.float64))
        least, most = self.gaps
        return np.where((gaps < least) | (gaps > most), _NEVER, costs)


def _odd(lengths: Array) -> Array:
    """What lengths cost that take two notes to write: five sixteenths, seven, and so on."""
    sixteenths = np.round(4 * lengths).astype(np.int64)
    odd = (sixteenths > 3) & (sixteenths % 2 == 1)
    costs: Array = _ODD_LENGTH * odd + _LATE_LENGTH * (sixteenths == 10)
    return costs


def _crossed(weights: Numbers) -> Array:
    """(here, after): how much heavier a beat is that a note sounds through than its own."""
    count = len(weights)
    heavier = np.zeros((count, count))
    for here in range(count):
        passed = np.maximum.accumulate(np.append(0, weights[here + 1 :]))[:-1]
        after = weights[here + 1 :]
        heavier[here, here + 1 :] = np.maximum(passed - weights[here], 0) * (after <= passed)
    return heavier
