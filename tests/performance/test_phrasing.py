"""Where phrases end: at rests long enough to breathe in, and at breath marks."""

from __future__ import annotations

from tests.singing_scores import Syllable, fitted, sung
from voice.expression import FramedNote
from voice.performance.phrasing import phrases
from voice.score.model import Articulation


def found(*syllables: Syllable) -> list[list[int]]:
    score = fitted(syllables)
    tempo = score.score.tempo
    notes = [
        FramedNote(
            tempo.seconds_at(each.note.start_beats), tempo.seconds_at(each.note.end_beats), 60, ""
        )
        for each in score.notes
    ]
    return [list(row) for row in phrases(score.notes, notes)]


def test_a_rest_ends_a_phrase_and_a_gap_does_not() -> None:
    assert found(sung(), sung(rest=0.25), sung(rest=1), sung()) == [[0, 1], [2, 3]]


def test_a_breath_mark_ends_a_phrase_without_a_rest() -> None:
    assert found(sung(), sung(marks=[Articulation.BREATH]), sung()) == [[0, 1], [2]]


def test_every_note_is_in_one_phrase() -> None:
    assert found(sung()) == [[0]]
    assert phrases((), ()) == ()
