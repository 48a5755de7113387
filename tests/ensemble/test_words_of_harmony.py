"""A harmony without words sings those of the melody, every syllable of them."""

from __future__ import annotations

from dataclasses import replace

from tests.singing_scores import fitted, sung
from voice.ensemble.words import with_words_of
from voice.score.model import Lyric, Score, TempoMap


def worded(score: Score, words: list[str | None]) -> Score:
    notes = tuple(
        replace(note, lyrics=(None if text is None else Lyric(text),))
        for note, text in zip(score.notes, words, strict=True)
    )
    return replace(score, notes=notes)


def texts(score: Score) -> list[tuple[float, float, str | None]]:
    return [
        (float(n.start_beats), float(n.duration_beats), n.lyrics[0].text if n.lyrics[0] else None)
        for n in score.notes
    ]


MELODY = worded(
    fitted([sung(midi=67), sung(midi=65), sung(midi=64), sung(midi=62)]).score,
    ["one", "two", None, "three"],
)


def test_notes_at_the_same_time_take_the_same_syllables() -> None:
    bare = worded(fitted([sung(midi=60)] * 4).score, [None] * 4)
    assert [text for _, _, text in texts(with_words_of(bare, MELODY))] == [
        "one", "two", None, "three",
    ]  # fmt: skip


def test_a_long_note_is_divided_so_that_no_syllable_is_lost() -> None:
    bare = worded(fitted([sung(midi=60, beats=4)]).score, [None])
    assert texts(with_words_of(bare, MELODY)) == [
        (0.0, 1.0, "one"), (1.0, 2.0, "two"), (3.0, 1.0, "three"),
    ]  # fmt: skip


def test_a_note_that_begins_before_the_melody_waits_for_its_word() -> None:
    late = worded(fitted([sung(midi=67, rest=1, beats=1)]).score, ["word"])
    bare = worded(fitted([sung(midi=60, beats=2)]).score, [None])
    assert texts(with_words_of(bare, late)) == [(0.0, 1.0, None), (1.0, 1.0, "word")]


def test_own_words_stay_and_the_melodys_clock_holds() -> None:
    fast = replace(MELODY, tempo=TempoMap.constant(150.0))
    own = worded(fitted([sung(midi=60)]).score, ["own"])
    result = with_words_of(own, fast)
    assert texts(result) == [(0.0, 1.0, "own")]
    assert result.tempo == fast.tempo
