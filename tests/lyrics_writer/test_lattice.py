from __future__ import annotations

from lyrics.writer.lattice import OPEN, Fork, Lattice, capitalized
from lyrics.writer.local_model import LanguageModel
from lyrics.writer.wordbook import WordBook


def _ways(fork: Fork) -> dict[tuple[int, ...], int]:
    """Every token sequence through a fork and the word that it closes."""
    found: dict[tuple[int, ...], int] = {}
    for token, word, child in zip(fork.tokens, fork.words, fork.children, strict=True):
        if word != OPEN:
            found[(int(token),)] = int(word)
        else:
            assert child is not None
            found |= {(int(token), *rest): end for rest, end in _ways(child).items()}
    return found


def test_every_word_is_reached_by_its_own_tokens(model: LanguageModel, book: WordBook) -> None:
    lattice = Lattice.of(book, model.codec)
    inner, first = _ways(lattice.inner), _ways(lattice.first)
    assert len(inner) == len(first) == len(book.words)
    for tokens, number in inner.items():
        assert model.codec.decode(list(tokens)) == f" {book.words[number].text}"
    for tokens, number in first.items():
        assert model.codec.decode(list(tokens)) == capitalized(book.words[number].text)


def test_open_choices_know_the_words_that_may_come(model: LanguageModel, book: WordBook) -> None:
    fork = Lattice.of(book, model.codec).inner
    opened = [place for place, word in enumerate(fork.words) if word == OPEN]
    assert opened, "the tiny vocabulary cuts long words into pieces"
    for place in opened:
        child = fork.children[place]
        assert child is not None
        assert sorted(fork.below[place]) == sorted(_ways(child).values())


def test_bits_unite_what_lies_below(model: LanguageModel, book: WordBook) -> None:
    fork = Lattice.of(book, model.codec).inner
    bits = fork.bits(1 << book.counts)
    for place, words in enumerate(fork.below):
        union = 0
        for word in words:
            union |= 1 << int(book.counts[word])
        assert bits[place] == union


def test_capitals_behind_an_apostrophe() -> None:
    assert capitalized("'cause") == "'Cause"
    assert capitalized("don't") == "Don't"
