"""From a model's tokens to whole words: which tokens may come next, and which word they make.

A word is one token or several. Where a token is a word by itself and also begins longer ones
("don" and "don't"), it stands twice: once closed as the word, once open. So every choice of the
search is either a whole word, whose syllables and stresses are known, or a step into a longer one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lyrics.writer.tokens import TokenCodec
from lyrics.writer.wordbook import WordBook

OPEN = -1

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Fork:
    """The choices at one point, in columns.

    Attributes:
        tokens: what the model reads for each choice.
        words: the number of the word that the choice closes, or OPEN.
        children: for open choices, the fork that follows.
        below: for open choices, all words that may come of them.
    """

    tokens: Numbers
    words: Numbers
    children: tuple[Fork | None, ...]
    below: tuple[tuple[int, ...], ...]

    @cached_property
    def closed(self) -> Flags:
        return np.asarray(self.words != OPEN)

    @cached_property
    def members(self) -> tuple[Numbers, Numbers]:
        """Words of all choices one after another, and where each choice's words begin."""
        sizes = [len(words) for words in self.below]
        starts = np.cumsum([0, *sizes[:-1]])
        flat = np.array([word for words in self.below for word in words], np.int64)
        return flat, starts

    def bits(self, of_words: Numbers) -> Numbers:
        """For each choice the union of the bit sets of the words that may come of it."""
        flat, starts = self.members
        return np.bitwise_or.reduceat(of_words[flat], starts)


@dataclass(frozen=True)
class Lattice:
    """Forks at the beginning of a line (capitals, no space before) and within it."""

    book: WordBook
    first: Fork
    inner: Fork

    @classmethod
    def of(cls, book: WordBook, codec: TokenCodec) -> Lattice:
        inner = codec.encode_all([f" {word.text}" for word in book.words])
        first = codec.encode_all([capitalized(word.text) for word in book.words])
        return cls(book, _fork(_tree(first)), _fork(_tree(inner)))


def capitalized(text: str) -> str:
    """With a capital first letter, also behind an apostrophe."""
    for index, char in enumerate(text):
        if char.isalpha():
            return text[:index] + char.upper() + text[index + 1 :]
    return text


@dataclass
class _Branch:
    words: list[int]
    branches: dict[int, _Branch]


def _tree(spellings: Sequence[Sequence[int]]) -> _Branch:
    root = _Branch([], {})
    for number, tokens in enumerate(spellings):
        branch = root
        for token in tokens:
            branch = branch.branches.setdefault(token, _Branch([], {}))
        branch.words.append(number)
    return root


def _fork(branch: _Branch) -> Fork:
    tokens: list[int] = []
    words: list[int] = []
    children: list[Fork | None] = []
    below: list[tuple[int, ...]] = []
    for token, next_branch in branch.branches.items():
        for word in next_branch.words[:1]:
            tokens.append(token)
            words.append(word)
            children.append(None)
            below.append((word,))
        if next_branch.branches:
            tokens.append(token)
            words.append(OPEN)
            children.append(_fork(next_branch))
            below.append(tuple(_under(next_branch.branches)))
    return Fork(np.array(tokens), np.array(words), tuple(children), tuple(below))


def _under(branches: Mapping[int, _Branch]) -> list[int]:
    found: list[int] = []
    for branch in branches.values():
        found += branch.words
        found += _under(branch.branches)
    return found
