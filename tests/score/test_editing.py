"""A melody after an editor's hand: what moved moved, and the rest is as it was."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.errors import ScoreFormatError, ScoreLimitError
from voice.score.editing import EditedNote, Span, edited, excerpt, phrases, written
from voice.score.inline import read_inline
from voice.score.model import Articulation, Lyric, Score, Syllabic

LINE = "tempo=90 meter=3/4 C4 A- D4 ma- E4:2 zing G4:1 grace, R:1 A4:1 how G4 _ E4:1/2 sweet"


def as_rows(score: Score) -> list[EditedNote]:
    return [
        EditedNote(n.start_beats, n.duration_beats, n.midi, written(n.lyrics[0]), index)
        for index, n in enumerate(score.notes)
    ]


def test_handing_back_what_was_given_changes_nothing() -> None:
    score = read_inline(LINE)
    assert edited(score, as_rows(score)) == score


def test_a_moved_note_keeps_what_the_editor_does_not_show() -> None:
    score = read_inline(LINE)
    loud = replace(
        score.notes[2], dynamic=0.9, articulations=frozenset({Articulation.ACCENT}), cents=-20.0
    )
    score = replace(score, notes=(*score.notes[:2], loud, *score.notes[3:]))
    rows = as_rows(score)
    rows[2] = replace(rows[2], start_beats=Fraction(5, 2), duration_beats=Fraction(1), midi=65)
    note = edited(score, rows).notes[2]
    assert (note.midi, note.start_beats, note.duration_beats) == (65, Fraction(5, 2), 1)
    assert (note.dynamic, note.cents) == (0.9, -20.0)
    assert note.articulations == {Articulation.ACCENT}
    assert str(note.place) == "bar 1, beat 3.5"


def test_a_split_note_holds_its_syllable_until_it_gets_one_of_its_own() -> None:
    score = read_inline(LINE)
    rows = as_rows(score)
    half = rows[2].duration_beats / 2
    rows[2:3] = [
        replace(rows[2], duration_beats=half),
        EditedNote(rows[2].start_beats + half, half, rows[2].midi, "", None),
    ]
    split = edited(score, rows)
    assert [written(n.lyrics[0]) for n in split.notes[:4]] == ["A-", "ma-", "zing", ""]
    rows[3] = replace(rows[3], text="bird")
    assert written(edited(score, rows).notes[3].lyrics[0]) == "bird"


def test_retyping_half_a_word_lets_its_hyphens_agree() -> None:
    score = read_inline(LINE)
    rows = as_rows(score)
    rows[1] = replace(rows[1], text="men")
    lyrics = [n.lyrics[0] for n in edited(score, rows).notes]
    assert lyrics[0] == Lyric("A", Syllabic.BEGIN)
    assert lyrics[1] == Lyric("men", Syllabic.END)
    assert lyrics[2] == Lyric("zing", Syllabic.SINGLE)


def test_a_typed_syllable_ends_a_slur() -> None:
    score = read_inline(LINE)
    slurred = replace(score.notes[5], slur=True)
    score = replace(score, notes=(*score.notes[:5], slurred, *score.notes[6:]))
    rows = as_rows(score)
    assert edited(score, rows).notes[5].slur
    rows[5] = replace(rows[5], text="so")
    assert not edited(score, rows).notes[5].slur


def test_notes_beyond_the_last_bar_get_bars() -> None:
    score = read_inline(LINE)
    far = EditedNote(Fraction(14), Fraction(2), 60, "on", None)
    longer = edited(score, [*as_rows(score), far])
    assert longer.bars[-1].end_beats >= 16
    assert [bar.number for bar in longer.bars] == list(range(1, len(longer.bars) + 1))


@pytest.mark.parametrize(
    ("rows", "error", "told"),
    [
        ([], ScoreFormatError, "no notes left"),
        (
            [
                EditedNote(Fraction(0), Fraction(2), 60, "a"),
                EditedNote(Fraction(1), Fraction(1), 62, "b"),
            ],
            ScoreFormatError,
            "bar 1, beat 2: two notes at once",
        ),
        ([EditedNote(Fraction(0), Fraction(1), 5, "a")], ScoreLimitError, "MIDI note 5"),
    ],
)
def test_what_cannot_be_sung_is_refused_in_words(
    rows: list[EditedNote], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        edited(read_inline(LINE), rows)


def test_phrases_end_at_commas_and_rests_and_cover_every_note() -> None:
    score = read_inline(LINE)
    spans = phrases(score)
    assert [(s.start_beats, s.end_beats) for s in spans] == [(0, 5), (6, Fraction(17, 2))]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(["la", "la,", "sing", "", "a-"]), min_size=1, max_size=40))
def test_every_note_belongs_to_exactly_one_phrase(texts: list[str]) -> None:
    line = " ".join(f"C4:1 {text or '_'}" for text in texts)
    score = read_inline(f"tempo=100 {line}")
    spans = phrases(score)
    for note in score.notes:
        inside = [s for s in spans if s.start_beats <= note.start_beats < s.end_beats]
        assert len(inside) == 1


def test_an_excerpt_begins_at_zero_with_the_tempo_it_has_there() -> None:
    score = read_inline(LINE)
    part = excerpt(score, phrases(score)[1])
    assert [n.start_beats for n in part.notes] == [0, 1, 2]
    assert [written(n.lyrics[0]) for n in part.notes] == ["how", "", "sweet"]
    assert part.tempo.quarters_per_minute_at(0) == 90
    assert part.length_beats == Fraction(5, 2)
    with pytest.raises(ScoreFormatError, match="no note begins there"):
        excerpt(score, Span(Fraction(5), Fraction(6)))
