"""Which part of several is sung."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voice.errors import ScoreError


@dataclass(frozen=True)
class ChosenPart:
    index: int
    name: str
    warnings: tuple[str, ...] = ()


def choose_part(
    names: Sequence[str], syllables: Sequence[int], wanted: str | None, path: Path
) -> ChosenPart:
    """The part that was asked for by name or number (from 1), else the one with most words.

    Args:
        syllables: how many syllables each part carries.
    """
    if not names:
        raise ScoreError(f"{path}: has no parts; export a score with notes")
    if wanted is not None:
        return ChosenPart(_named(names, wanted, path), wanted)
    index = max(range(len(names)), key=lambda i: (syllables[i], -i))
    others = [names[i] or str(i + 1) for i in range(len(names)) if syllables[i] and i != index]
    name = names[index] or str(index + 1)
    if not others:
        return ChosenPart(index, name)
    shown = ", ".join(others[:6])
    return ChosenPart(
        index, name, (f"several parts have words: {name!r} is sung, not {shown} (see --part)",)
    )


def _named(names: Sequence[str], wanted: str, path: Path) -> int:
    lowered = [name.lower() for name in names]
    if wanted.lower() in lowered:
        return lowered.index(wanted.lower())
    if wanted.isdigit() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    offered = ", ".join(f"{i + 1} {name}".strip() for i, name in enumerate(names))
    raise ScoreError(f"{path}: no part {wanted!r}; there are {offered}")
