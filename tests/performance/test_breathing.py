"""Breaths where no rest is written: after words, at commas, and not too often."""

from __future__ import annotations

from dataclasses import replace

from tests.singing_scores import Syllable, fitted, sung
from voice.performance.breathing import LATEST_S, SOONEST_S, with_breaths
from voice.score.fitting import FittedScore
from voice.score.model import Articulation


def song(*syllables: Syllable, texts: dict[int, str] | None = None) -> FittedScore:
    """At 60 quarters a minute, so that beats are seconds; a text for some notes."""
    score = fitted(syllables, qpm=60.0)
    rows = tuple(
        replace(each, text=(texts or {}).get(index, each.text))
        for index, each in enumerate(score.notes)
    )
    return replace(score, notes=rows)


def breaths(score: FittedScore) -> list[int]:
    marked = with_breaths(score)
    assert tuple(each.note for each in marked.notes) == marked.score.notes
    return [
        index
        for index, each in enumerate(marked.notes)
        if Articulation.BREATH in each.note.articulations
    ]


def test_a_song_without_rests_is_breathed_in_at_its_commas() -> None:
    commas = {5: "sea,", 11: "me.", 13: "oh"}
    assert breaths(song(*[sung()] * 18, texts=commas)) == [5, 11]


def test_written_rests_and_marks_are_enough() -> None:
    with_rests = [sung(rest=1.0 * (index % 6 == 0)) for index in range(18)]
    assert breaths(song(*with_rests)) == []
    marked = [sung(marks=[Articulation.BREATH] * (index in (5, 11))) for index in range(18)]
    assert breaths(song(*marked)) == [5, 11]


def test_nobody_breathes_within_a_word_or_on_a_short_note() -> None:
    score = song(*[sung()] * 18)
    inside = replace(
        score,
        notes=tuple(replace(each, word_end=i in (7, 13)) for i, each in enumerate(score.notes)),
    )
    assert breaths(inside) == [7]
    assert breaths(song(*[sung(beats=0.5)] * 40)) == []


def test_breaths_come_neither_too_soon_nor_too_late() -> None:
    ends = [index + 1.0 for index in breaths(song(*[sung()] * 60))]
    gaps = [later - earlier for earlier, later in zip([0.0, *ends], ends, strict=False)]
    assert len(ends) >= 6
    assert all(SOONEST_S <= gap <= LATEST_S for gap in gaps)


def test_the_last_note_needs_no_breath_after_it() -> None:
    score = song(*[sung()] * 10)
    assert 9 not in breaths(score)
    assert breaths(song(*[sung()] * 8)) == []
