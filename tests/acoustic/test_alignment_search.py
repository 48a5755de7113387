"""Alignment search against every path there is, and what it promises of times."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.acoustic.tiny import tiny_model
from tests.corpora.known_sounds import hiss, silence, sound_of, vowel
from vocoder.frames import GRID
from voice.acoustic.training.alignment_search import (
    Said,
    align_said,
    best_path,
    with_optional_pauses,
)

SOUND = sound_of(
    [silence(0.2), hiss(0.2), vowel(0.3), silence(0.1), vowel(0.3, sound="i"), silence(0.2)],
    220.0,
    [False, False, True, False, True, False],
)


def by_brute_force(
    likelihood: npt.NDArray[np.float64], skippable: npt.NDArray[np.bool_]
) -> float | None:
    """The best sum over all paths, None where there is no path."""
    states, frames = likelihood.shape
    best: float | None = None
    for path in itertools.product(range(states), repeat=frames):
        if path[0] != 0 or path[-1] != states - 1:
            continue
        steps = [after - before for before, after in itertools.pairwise(path)]
        legal = all(
            step in (0, 1) or (step == 2 and skippable[before + 1])
            for before, step in zip(path, steps, strict=False)
        )
        if not legal:
            continue
        total = sum(likelihood[state, frame] for frame, state in enumerate(path))
        best = total if best is None else max(best, total)
    return best


@given(st.integers(1, 4), st.integers(1, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_path_is_the_best_of_all(states: int, frames: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    likelihood = random.standard_normal((states, frames))
    skippable = random.random(states) < 0.4
    best = by_brute_force(likelihood, skippable)
    if best is None:
        with pytest.raises(ValueError, match="states"):
            best_path(likelihood, skippable)
        return
    path = best_path(likelihood, skippable)
    assert (path[0], path[-1]) == (0, states - 1)
    assert sum(likelihood[state, frame] for frame, state in enumerate(path)) == pytest.approx(best)


def test_a_known_alignment_is_found() -> None:
    truth = np.repeat([0, 1, 3, 4], [5, 9, 2, 7])
    likelihood = np.where(np.arange(5)[:, None] == truth, 0.0, -3.0)
    skippable = np.array([False, False, True, False, False])
    np.testing.assert_array_equal(best_path(likelihood, skippable), truth)
    with pytest.raises(ValueError, match="5 states"):
        best_path(likelihood[:, :3], skippable)
    everything = best_path(likelihood, np.zeros(5, dtype=np.bool_))
    assert set(everything.tolist()) == {0, 1, 2, 3, 4}


def test_pauses_are_offered_between_words_and_certain_around_them() -> None:
    said = with_optional_pauses([[Said("s"), Said("a", 1)], [Said("i")]])
    assert [(one.symbol, one.optional) for one in said] == [
        ("_", False),
        ("s", False),
        ("a", False),
        ("_", True),
        ("i", False),
        ("_", False),
    ]


def test_aligned_phones_tile_the_sound_in_order() -> None:
    said = with_optional_pauses([[Said("s"), Said("a", 1)], [Said("i")]])
    phones = align_said(tiny_model(), SOUND, said, "ja", 0.0)
    assert phones[0].start_s == 0.0
    assert phones[-1].end_s == pytest.approx(GRID.frames_to_seconds(SOUND.mel.shape[1]))
    assert all(before.end_s == after.start_s for before, after in itertools.pairwise(phones))
    symbols = [phone.symbol for phone in phones]
    assert symbols in (["_", "s", "a", "_", "i", "_"], ["_", "s", "a", "i", "_"])
    certain = [phone for phone, one in zip(phones, said, strict=False) if not one.optional]
    assert min(phone.length_s for phone in certain[:3]) > 2.5 * GRID.frame_s
    assert next(phone.stress for phone in phones if phone.symbol == "a") == 1


def test_a_transcript_too_long_for_its_sound_is_refused() -> None:
    said = with_optional_pauses([[Said("a")] * 60])
    with pytest.raises(ValueError, match="186 states do not fit into 112 frames"):
        align_said(tiny_model(), SOUND, said, "ja", 0.0)
