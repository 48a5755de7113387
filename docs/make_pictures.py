"""Draws the pictures of README from the example: `python docs/make_pictures.py`."""

from __future__ import annotations

from pathlib import Path

from voice.drawing import draw_take
from voice.score.reading import read_score
from voice.studio import Studio

ROOT = Path(__file__).parents[1]
SCORE = ROOT / "examples" / "for_the_beauty_of_the_earth.abc"
OUT = ROOT / "docs" / "example.jpg"
FIRST_S, LAST_S = 0.0, 10.5


def main() -> None:
    """Sing the example's first verse and draw its first line."""
    take = Studio.open().sing(read_score(SCORE))
    draw_take(take, FIRST_S, LAST_S).savefig(OUT, dpi=90, pil_kwargs={"quality": 88})


if __name__ == "__main__":
    main()
