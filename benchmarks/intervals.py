"""How sure a number is: bootstrap intervals over the units that were drawn, hymns or recordings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

DRAWS = 2_000
CONFIDENCE = 0.95

Unit = TypeVar("Unit")


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


def bootstrap(
    units: Sequence[Unit], statistic: Callable[[Sequence[Unit]], float], seed: int = 0
) -> Interval | None:
    """The middle 95 % of a statistic over units drawn anew with replacement (Efron 1979).

    None where there are fewer than two units to draw from.
    """
    if len(units) < 2:
        return None
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(units), (DRAWS, len(units)))
    values = [statistic([units[index] for index in row]) for row in drawn]
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(values, [tail, 1.0 - tail])
    return Interval(float(low), float(high))
