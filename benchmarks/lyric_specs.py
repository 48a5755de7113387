"""What the lyrics benchmark asks for: specifications drawn at random from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lyrics.writer.plan import LinePlan, SongRequest, sections_of
from voice.errors import MelismaError
from voice.lyric_plan import lyric_plan
from voice.score.reading import read_score

GENRES = ("country", "pop", "folk", "gospel")
THEMES = (
    "leaving the city at night", "a letter never sent", "the river in spring", "my old guitar",
    "working the night shift", "snow on the mountain", "a summer by the sea", "my mother's garden",
    "the last train home", "dancing in the kitchen", "a friend who moved away", "rain on the roof",
    "learning to forgive", "the road to Memphis", "a child asleep", "losing the farm",
    "falling in love again", "the morning after the storm", "a soldier's return", "growing old",
    "the light in the window", "hope in hard times", "a broken promise", "stars over the desert",
)  # fmt: skip
PATTERNS = (
    (8, 6, 8, 6), (8, 8, 8, 8), (7, 7, 7, 7), (10, 10, 10, 10), (6, 6, 8, 6), (7, 5, 7, 5),
    (9, 9, 9, 9), (8, 7, 8, 7), (5, 5, 5, 5), (11, 11, 11, 11), (12, 8, 12, 8), (4, 4, 8, 4),
)  # fmt: skip
SCHEMES = ("ABAB", "AABB", "XAXA", "ABBA", "AAAA")
STRUCTURES = (("verse",), ("verse", "chorus"), ("verse", "chorus", "verse", "chorus"))
MOST_PHRASES = 10


@dataclass(frozen=True)
class Specification:
    """One song to be written, and the melody that it is for, if any."""

    number: int
    request: SongRequest
    melody: str = ""


def draw(count: int, melodies: Sequence[Path], with_melody: int, seed: int) -> list[Specification]:
    """`count` specifications, the first `with_melody` of them over melodies.

    Melodies that cannot be read, or that have more than MOST_PHRASES phrases, are passed over.
    """
    chance = random.Random(seed)
    paths = iter(chance.sample(list(melodies), len(melodies)))
    drawn: list[Specification] = []
    while len(drawn) < with_melody and (path := next(paths, None)) is not None:
        plans = _phrases(path)
        if 2 <= len(plans) <= MOST_PHRASES:
            drawn.append(_specification(len(drawn), ("verse",), plans, None, chance, path.name))
    while len(drawn) < count:
        plans = tuple(map(LinePlan, chance.choice(PATTERNS)))
        kinds = chance.choice(STRUCTURES)
        drawn.append(_specification(len(drawn), kinds, plans, chance.choice(SCHEMES), chance))
    return drawn


def _specification(
    number: int,
    kinds: Sequence[str],
    plans: tuple[LinePlan, ...],
    scheme: str | None,
    chance: random.Random,
    melody: str = "",
) -> Specification:
    request = SongRequest(
        theme=chance.choice(THEMES),
        genre=GENRES[number % len(GENRES)],
        sections=sections_of(kinds, [plans] * len(kinds), scheme),
        seed=chance.randrange(1_000_000),
    )
    return Specification(number, request, melody)


def _phrases(path: Path) -> tuple[LinePlan, ...]:
    try:
        return lyric_plan(read_score(path))
    except MelismaError:
        return ()
