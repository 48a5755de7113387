"""What is learned, from melodies whose law is known."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from voice.analysis.model import Key
from voice.composing.corpus import CorpusMelody, CorpusNote
from voice.composing.errors import TableError
from voice.composing.features import GROUPS, SIZE, STRANGE, Moves, indices, relation
from voice.composing.learning import (
    learn,
    learn_lengths,
    learn_weights,
    log_probabilities,
    perplexity,
    pitch_examples,
    unigram_perplexity,
)
from voice.composing.table import MelodyTable, melody_table, ratio_class, table_from_json
from voice.score.model import Meter

UP_AND_DOWN = (60, 62, 64, 65, 67, 65, 64, 62)


def melody(name: str, pitches: tuple[int, ...] = UP_AND_DOWN * 4) -> CorpusMelody:
    """Quarters in 4/4, eight to a line, stressed on the first and third beat, over C."""
    notes = tuple(
        CorpusNote(
            midi=midi,
            start_beats=Fraction(at),
            duration_beats=Fraction(1),
            bar=Fraction(4 * (at // 4)),
            stress=int(at % 2 == 0),
            line_end=at % 8 == 7,
            chord=(0, "major"),
        )
        for at, midi in enumerate(pitches)
    )
    return CorpusMelody(name, "hymn", "en", Meter(), Key(0, "major"), notes)


def test_a_law_of_melodies_is_found() -> None:
    known = pitch_examples([melody("one"), melody("two")])
    weights = learn_weights(known, 60)
    unseen = pitch_examples([melody("three", UP_AND_DOWN * 3)])
    assert perplexity(weights, unseen) < 1.3
    assert unigram_perplexity(known, unseen) > 2.5


def test_knowing_nothing_every_pitch_is_as_likely() -> None:
    examples = pitch_examples([melody("one")])
    assert np.allclose(log_probabilities(np.zeros(SIZE), examples), -np.log(25))


def test_learning_raises_what_was_sung() -> None:
    examples = pitch_examples([melody("one")])
    few, many = (perplexity(learn_weights(examples, rounds), examples) for rounds in (2, 30))
    assert many < few < 25


def test_leaps_beyond_an_octave_are_left_out() -> None:
    wide = melody("wide", (60, 62, 80, 81, 80, 81, 80, 81))
    assert len(pitch_examples([wide]).taken) == 6


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(TableError, match="no melody"):
        pitch_examples([])


def test_even_syllables_on_alternate_beats() -> None:
    lengths, places = learn_lengths([melody("one")] * 10)
    middle = lengths.shape[-1] // 2
    assert lengths[1, 0, 1].argmax() == middle
    assert np.allclose(np.exp(lengths).sum(-1), 1)
    assert places[3, 0].argmax() == 1
    assert places[1, 1].argmax() in (2, 3)


def test_rhythm_is_learned_from_english_only() -> None:
    german = replace(melody("eins"), language="de")
    lengths, _ = learn_lengths([german])
    assert np.allclose(lengths, lengths[0, 0, 0, 0])


def test_a_table_is_whole_and_says_where_it_comes_from() -> None:
    names = [f"m{number}" for number in range(30)]
    held = [name for name in names if melody(name).held_back]
    table = learn([melody(name) for name in names], rounds=5)
    assert 0 < len(held) < len(names)
    assert table.facts["held_back_melodies"] == len(held)
    assert table.facts["melodies"] == len(names) - len(held)
    assert "public domain" in table.facts["sources"]


def test_a_table_is_read_back() -> None:
    table = melody_table()
    again = table_from_json(table.to_json(), "again")
    assert np.array_equal(again.weights, table.weights)
    assert np.array_equal(again.lengths, table.lengths)
    assert again.facts == table.facts


@pytest.mark.parametrize("text", ["", "{}", '{"version": 0}', '{"version": 1}', "[]"])
def test_another_file_is_no_table(text: str) -> None:
    with pytest.raises(TableError, match="somewhere"):
        table_from_json(text, "somewhere")


def test_a_table_of_another_shape_is_refused() -> None:
    table = melody_table()
    with pytest.raises(TableError, match="another version"):
        MelodyTable(table.weights[:-1], table.lengths, table.places, {})


def test_the_table_that_is_shipped_knows_more_than_frequencies() -> None:
    facts = melody_table().facts
    assert facts["held_back_perplexity"] < 0.6 * facts["held_back_unigram_perplexity"]
    assert facts["held_back_notes"] > 1000


def test_every_group_has_its_own_weights() -> None:
    one = np.array(1)
    moves = Moves(one, np.arange(-12, 13), one, one, one, one, one, one, one, one, one, one, one,
                  one)  # fmt: skip
    found = indices(moves)
    edges = np.cumsum([0, *GROUPS.values()])
    for group, low, high in zip(found, edges, edges[1:], strict=False):
        assert np.all((group >= low) & (group < high))


def test_what_pitches_are_in_their_chord() -> None:
    pitches = np.array([60, 64, 67, 62, 70])
    assert relation(pitches, (0, 4, 7)).tolist() == [0, 1, 2, STRANGE, STRANGE]
    assert relation(pitches, (0, 4, 7, 10)).tolist()[-1] != STRANGE


def test_lengths_are_told_apart_in_half_octaves() -> None:
    assert ratio_class(np.array([0.01, 0.25, 0.5, 1.0, 2.0, 4.0, 100.0])).tolist() == [
        0, 0, 2, 4, 6, 8, 8,
    ]  # fmt: skip
