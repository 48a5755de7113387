"""Phrases: notes sung on one breath."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from voice.expression import FramedNote
from voice.score.alignment import SHORTEST_BREATH_REST_S
from voice.score.fitting import SungNote
from voice.score.model import Articulation


def phrases(sung: Sequence[SungNote], notes: Sequence[FramedNote]) -> tuple[range, ...]:
    """Indices of the notes of each phrase: a rest long enough to breathe in, or a mark, ends it."""
    if not notes:
        return ()
    ends = [
        index + 1
        for index, (here, after) in enumerate(itertools.pairwise(notes))
        if after.start_s - here.end_s >= SHORTEST_BREATH_REST_S
        or Articulation.BREATH in sung[index].note.articulations
    ]
    edges = [0, *ends, len(notes)]
    return tuple(range(first, last) for first, last in itertools.pairwise(edges))
