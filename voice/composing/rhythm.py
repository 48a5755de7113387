"""When each syllable is sung: the cheapest way through a line's beats, by dynamic programming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise

import numpy as np

from voice.composing.errors import WordsError
from voice.composing.form import FASTEST_SYLLABLE_S, LinePlace, leading, step_of, weight_at
from voice.composing.plan import MelodyPlan, Style
from voice.composing.table import Array, MelodyTable, ratio_class

BREATH_S = 0.25
LONGEST_IOI_BEATS = 3
NOISE = 0.35
_STRESSED_COST = {4: 0.0, 3: 0.1, 2: 1.0, 1: 3.0, 0: 5.0}
_UNSTRESSED_COST = {4: 2.2, 3: 1.4, 2: 0.3, 1: 0.0, 0: 0.5}
_LIGHT_COST = {4: 0.6, 3: 0.3, 2: 0.1, 1: 0.3, 0: 0.8}
_NODE_COSTS = (_UNSTRESSED_COST, _LIGHT_COST, _STRESSED_COST)
_WEAK_STRESS = 5.0
_STRANGE_PLACE, _KNOWN_PLACE = 0.5, -0.8
_SHIFTED_START, _SHIFTED_RHYME = 0.8, 1.5
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
    """A line already written whose rhythm this one takes up."""

    offsets: frozenset[Fraction]
    rhyme: Fraction

    @classmethod
    def of(cls, rhythm: LineRhythm, place: LinePlace) -> Example:
        return cls(frozenset(rhythm.offsets), rhythm.offsets[place.line.rhyme_place])


def onsets_of(
    place: LinePlace,
    room: Room,
    plan: MelodyPlan,
    table: MelodyTable,
    example: Example | None,
    random: np.random.Generator,
) -> tuple[Fraction, ...]:
    """A beat for each syllable.

    Raises:
        WordsError: there are fewer places than syllables.
    """
    step = step_of(plan)
    places = _grid(room, step)
    stresses = place.line.stresses
    least = max(1, int(np.ceil(FASTEST_SYLLABLE_S * plan.quarters_per_minute / 60 / float(step))))
    if len(places) < (len(stresses) - 1) * least + 1:
        raise WordsError(
            f'"{place.line.text}" has {len(stresses)} syllables, more than {place.bars} bars hold '
            "at this tempo; slow it down or divide the line"
        )
    weights = np.array([weight_at(plan, beat) for beat in places])
    nodes = _node_costs(place, places, weights, example, random)
    pair = partial(_pair_costs, stresses, weights, float(step), plan, table)
    mean = float(places[-1] - place.anchor) / max(len(stresses) - 0.5, 1)
    most = int(LONGEST_IOI_BEATS / step)
    costs = nodes[0].copy()
    came: list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]] = []
    for at in range(1, len(stresses)):
        moves = pair(at - 1, mean, least, most)
        total = costs[:, None] + moves
        came.append(total.argmin(0))
        costs = total.min(0) + nodes[at]
    return tuple(places[index] for index in _back(costs, came))


def _grid(room: Room, step: Fraction) -> list[Fraction]:
    first = -(-room.first // step)
    return [index * step for index in range(int(first), int(room.last // step) + 1)]


def _back(
    costs: Array, came: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.int64]]]
) -> list[int]:
    path = [int(costs.argmin())]
    for sources in reversed(came):
        path.append(int(sources[path[-1]]))
    return path[::-1]


def _node_costs(
    place: LinePlace,
    places: Sequence[Fraction],
    weights: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    example: Example | None,
    random: np.random.Generator,
) -> Array:
    """What each syllable costs on each beat."""
    line, beats = place.line, np.array([float(beat - place.anchor) for beat in places])
    count = len(line.stresses)
    costs = np.zeros((count, len(places)))
    for at, stress in enumerate(line.stresses):
        costs[at] = [_NODE_COSTS[stress][int(weight)] for weight in weights]
    costs += NOISE * random.gumbel(size=costs.shape)
    first = leading(line)
    costs[first] += _SHIFTED_START * np.abs(beats)
    if first == 0:
        costs[0, beats < 0] = _NEVER
    spare = float(places[-1] - place.anchor) - beats
    costs[-1] += 0.35 * np.maximum(spare - 2.0, 0.0)
    costs[line.rhyme_place, weights < 3] += 0.8
    if example is not None:
        known = np.array([beat - place.anchor in example.offsets for beat in places])
        costs += np.where(known, _KNOWN_PLACE, _STRANGE_PLACE)
        costs[line.rhyme_place] += _SHIFTED_RHYME * np.minimum(
            np.abs(beats - float(example.rhyme)), 2.0
        )
    return costs


def _pair_costs(
    stresses: Sequence[int],
    weights: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    step: float,
    plan: MelodyPlan,
    table: MelodyTable,
    at: int,
    mean: float,
    least: int,
    most: int,
) -> Array:
    """What it costs that syllable `at` lies on one beat and the next one on another."""
    count = len(weights)
    gaps = np.arange(count)[None, :] - np.arange(count)[:, None]
    here, after = int(stresses[at] == 2), int(stresses[at + 1] == 2)
    ratios = ratio_class(np.maximum(gaps, 1) * step / mean)
    strong = (weights >= 3).astype(np.int64)[:, None]
    costs = -table.lengths[here, after, strong, ratios]
    places = table.places[:, after, :]
    clipped = np.maximum(weights, 1) - 1
    costs = costs - 0.6 * places[clipped[:, None], clipped[None, :]]
    lighter = weights[:, None] < weights[None, :]
    heavier = weights[:, None] > weights[None, :]
    long = gaps * step >= 1.5 * mean
    if here:
        costs = costs + _WEAK_STRESS * (lighter & ~long)
    if after:
        costs = costs + 0.6 * _WEAK_STRESS * heavier
    costs = costs + _FINE_STEP[plan.style] * (gaps * step < 0.5)
    return np.where((gaps < least) | (gaps > most), _NEVER, costs)
