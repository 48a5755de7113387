"""Words that belong to a theme: its own, and those that the model holds to be near them.

Nearness is the cosine of the model's word embeddings after their mean and strongest common
directions are taken out ("all but the top", Mu and Viswanath, 2018): without that, every word is
near to "the".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from lyrics.writer.gguf import Float32
from lyrics.writer.tokens import TokenCodec
from lyrics.writer.wordbook import WordBook

_COMMON_DIRECTIONS = 8
_NEIGHBOURS = 12
_NEAR = 0.27
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


@dataclass(frozen=True)
class Neighbours:
    """Word vectors of unit length in a space where frequency says nothing."""

    words: tuple[str, ...]
    vectors: Float32
    mean: Float32
    common: Float32
    embeddings: Float32
    codec: TokenCodec

    @classmethod
    def of(cls, book: WordBook, codec: TokenCodec, embeddings: Float32) -> Neighbours:
        """All words of the book that mean something and are one token."""
        entries = [word for word in book.words if word.carries_meaning]
        tokens = codec.encode_all([f" {word.text}" for word in entries])
        kept = [number for number, each in enumerate(tokens) if len(each) == 1]
        raw = embeddings[[tokens[number][0] for number in kept]]
        mean = raw.mean(axis=0)
        centred = raw - mean
        _, directions = np.linalg.eigh(centred.T @ centred)
        common = np.ascontiguousarray(directions[:, -_COMMON_DIRECTIONS:])
        words = tuple(entries[number].key for number in kept)
        return cls(words, _unit(centred - (centred @ common) @ common.T), mean, common, embeddings,
                   codec)  # fmt: skip

    def near(self, word: str) -> tuple[str, ...]:
        """Words near to one word, nearest first."""
        vector = self.embeddings[self.codec.encode(f" {word}")].mean(axis=0) - self.mean
        likeness = self.vectors @ _unit((vector - (vector @ self.common) @ self.common.T)[None])[0]
        order = np.argsort(-likeness, kind="stable")[:_NEIGHBOURS]
        return tuple(self.words[place] for place in order if likeness[place] >= _NEAR)


def theme_stems(theme: str, book: WordBook) -> tuple[str, ...]:
    """The words of a theme that carry meaning."""
    found = dict.fromkeys(_WORD.findall(theme.lower()))
    return tuple(
        word
        for word in found
        if word not in book.index or book.words[book.index[word]].carries_meaning
    )


def _unit(vectors: Float32) -> Float32:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-6), np.float32)
