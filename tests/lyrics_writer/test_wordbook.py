from __future__ import annotations

import random

import pytest

from lyrics.english_dictionary import load_dictionary
from lyrics.pronounce import pronouncer_for
from lyrics.writer.errors import RequestError
from lyrics.writer.wordbook import load_word_lists, load_wordbook, singable, undisputed


@pytest.mark.parametrize("word", ["fire", "hour", "every", "prayer", "power", "choir", "higher"])
def test_words_that_people_count_differently_are_left_out(word: str) -> None:
    assert word not in load_wordbook().index
    with pytest.raises(RequestError, match=f"'{word}' is sung with"):
        singable(word)


def test_unknown_words_are_refused() -> None:
    with pytest.raises(RequestError, match="not in the dictionary"):
        singable("zzyzxing")


@pytest.mark.parametrize(
    ("word", "count"),
    [("don't", 1), ("I", 1), ("heaven", 2), ("tomorrow", 3), ("moonlight", 2), ("smile", 1)],
)
def test_syllables(word: str, count: int) -> None:
    assert len(singable(word).syllables) == count


def test_the_book_counts_as_the_singer_does() -> None:
    words = random.Random(1).sample(load_wordbook().words, 300)
    for word, sung in zip(
        words, pronouncer_for("en").pronounce([word.text for word in words]), strict=True
    ):
        assert len(word.syllables) == len(sung.syllables), word.text


def test_no_word_of_the_book_is_disputed() -> None:
    dictionary = load_dictionary()
    assert all(undisputed(word.key, dictionary) for word in load_wordbook().words)


def test_the_book_holds_no_word_twice_and_common_words_first() -> None:
    book = load_wordbook()
    assert len(book.index) == len(book.words) > 10_000
    assert book.index["love"] < book.index["metropolis"]


def test_i_is_printed_large() -> None:
    book = load_wordbook()
    assert book.words[book.index["i"]].text == "I"
    assert book.words[book.index["i'm"]].text == "I'm"
    assert book.words[book.index["in"]].text == "in"


def test_stress_patterns_tell_grammar_from_meaning() -> None:
    patterns = {word: singable(word).pattern for word in ("the", "moon", "tomorrow", "away")}
    assert patterns == {"the": "w", "moon": "s", "tomorrow": "012", "away": "01"}


def test_lines_do_not_end_on_articles() -> None:
    assert not singable("the").ends_lines
    assert not singable("my").ends_lines
    assert singable("me").ends_lines


def test_explicit_and_archaic_words_are_marked() -> None:
    assert load_word_lists().is_explicit("fucking")
    assert not load_word_lists().is_explicit("passion")
    assert singable("thee").archaic
    assert not singable("love").archaic


def test_further_words_join_the_book() -> None:
    grown = load_wordbook().with_words(["Wichita", "moon"])
    assert len(grown.words) == len(load_wordbook().words) + 1
    assert grown.words[grown.index["wichita"]].text == "Wichita"
