"""How many real scores can be read and sung, and why the others are refused.

    python -m benchmarks.scores FOLDER [FOLDER ...]

Every verse of every score is read and its words are put on its notes; nothing is synthesised.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lyrics.errors import LyricsError
from lyrics.pronounce import Pronouncer, pronouncer_for
from voice.errors import MelismaError
from voice.score.fitting import fit
from voice.score.languages import language_of
from voice.score.reading import read_score

SUFFIXES = frozenset((".abc", ".mxl", ".musicxml", ".mid"))


@dataclass(frozen=True)
class Outcome:
    """What became of one score: `refusals` are messages by verse, verse 0 for the whole file."""

    path: Path
    verses: int
    notes: int
    warnings: tuple[str, ...]
    refusals: tuple[tuple[int, str], ...]
    seconds: float


def examine(path: Path) -> Outcome:
    """Read one score and fit all of its verses."""
    began = time.perf_counter()
    refusals: list[tuple[int, str]] = []
    verses = notes = 0
    warnings: list[str] = []
    try:
        score = read_score(path)
        verses, notes = score.verses, len(score.notes)
        for verse in range(1, score.verses + 1):
            try:
                fitted = fit(score, verse, _pronouncer(language_of(score, verse)))
                warnings += fitted.warnings
            except (MelismaError, LyricsError) as error:
                refusals.append((verse, str(error)))
    except MelismaError as error:
        refusals.append((0, str(error)))
    unique = tuple(dict.fromkeys(warnings))
    return Outcome(path, verses, notes, unique, tuple(refusals), time.perf_counter() - began)


@cache
def _pronouncer(language: str) -> Pronouncer:
    return pronouncer_for(language)


def scores_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES)


def report(folder: Path, outcomes: Sequence[Outcome]) -> list[str]:
    """The lines of the table for one folder."""
    sung = [o for o in outcomes if not o.refusals]
    partly = [o for o in outcomes if o.refusals and all(verse > 1 for verse, _ in o.refusals)]
    read = [o for o in outcomes if o.notes]
    share = 100 * len(sung) / max(len(outcomes), 1)
    lines = [
        f"{folder.name}: {len(outcomes)} scores, {len(read)} read, {len(sung)} sung with all "
        f"verses ({share:.1f} %), {len(partly)} without some later verse, "
        f"{len(outcomes) - len(sung) - len(partly)} refused; "
        f"{sum(o.verses for o in sung)} verses, {sum(o.notes for o in sung)} notes, "
        f"{sum(o.seconds for o in outcomes):.0f} s"
    ]
    for outcome in outcomes:
        for verse, reason in outcome.refusals:
            lines.append(f"  {outcome.path.name}, verse {verse}: {reason}")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--warnings", action="store_true", help="list what was read otherwise")
    options = parser.parse_args(arguments)
    for folder in options.folders:
        outcomes = [examine(path) for path in scores_in(folder)]
        lines = report(folder, outcomes)
        if options.warnings:
            lines += [f"  {o.path.name}: {line}" for o in outcomes for line in o.warnings]
        sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
