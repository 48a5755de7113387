"""What was learned of melodies, as one small JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.composing.errors import TableError
from voice.composing.features import GROUPS, SIZE, Moves, indices

TABLE = Path(__file__).parent.parent / "data" / "melodies.json"
VERSION = 1
RATIOS = 9
"""Classes of length against the mean of the line: a quarter to four times, in half octaves."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MelodyTable:
    """Weights of pitch and probabilities of rhythm.

    Attributes:
        weights: of all features of pitch, `features.SIZE` of them.
        lengths: log probability (stress, stress of the next, strong or not, ratio class).
        places: log probability (weight 1-4 minus 1, stress of the next, its weight minus 1).
        facts: where it comes from and how well it guesses, for readers.
    """

    weights: Array
    lengths: Array
    places: Array
    facts: Mapping[str, Any]

    def __post_init__(self) -> None:
        shapes = (self.weights.shape, self.lengths.shape, self.places.shape)
        if shapes != ((SIZE,), (2, 2, 2, RATIOS), (4, 2, 4)):
            raise TableError(f"a table of melodies of shapes {shapes} is of another version")

    def scores(self, moves: Moves) -> Array:
        """The score of each move; the shapes of its arrays broadcast."""
        total: Array = np.zeros(())
        for group in indices(moves):
            total = total + self.weights[group]
        return total

    def to_json(self) -> str:
        split = np.split(np.round(self.weights, 3), np.cumsum(list(GROUPS.values()))[:-1])
        table = {
            "version": VERSION,
            "facts": dict(self.facts),
            "pitch": {name: part.tolist() for name, part in zip(GROUPS, split, strict=True)},
            "lengths": np.round(self.lengths, 3).tolist(),
            "places": np.round(self.places, 3).tolist(),
        }
        return json.dumps(table, ensure_ascii=False, separators=(",", ":")) + "\n"


def table_from_json(text: str, where: str) -> MelodyTable:
    """Raises TableError for anything but what `to_json` wrote."""
    try:
        found = json.loads(text)
        if found["version"] != VERSION:
            raise TableError(f"{where}: version {found['version']}, not {VERSION}; learn it anew")
        weights = np.concatenate([np.asarray(found["pitch"][name], float) for name in GROUPS])
        return MelodyTable(
            weights, np.asarray(found["lengths"]), np.asarray(found["places"]), found["facts"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TableError(f"{where}: no table of melodies ({error}); learn it anew") from error


@cache
def melody_table() -> MelodyTable:
    """The table that comes with Melisma."""
    return table_from_json(TABLE.read_text("utf-8"), str(TABLE))


def ratio_class(ratio: Array) -> NDArray[np.int64]:
    """The class of a length that is `ratio` times the mean of its line."""
    steps = np.round(2 * np.log2(np.maximum(ratio, 1e-6))) + RATIOS // 2
    classes: NDArray[np.int64] = np.clip(steps, 0, RATIOS - 1).astype(np.int64)
    return classes
