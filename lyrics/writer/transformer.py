"""A Llama-type decoder in NumPy: what comes next, for many continuations of one text at once.

Grouped-query attention, rotary positions in interleaved pairs as GGUF stores them, RMS norms and
SwiGLU (Touvron et al., 2023). The text that all continuations share is computed once; each
continuation carries only the keys and values of its own few tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lyrics.writer.blocks import Blocks, FloatBlocks
from lyrics.writer.gguf import Float32, GgufFile
from lyrics.writer.quantized import QuantizedBlocks

_CHUNK = 128


@dataclass(frozen=True)
class Shape:
    """Sizes of the network, as its file states them."""

    layers: int
    width: int
    heads: int
    key_heads: int
    head_width: int
    rope_base: float
    epsilon: float

    @classmethod
    def of(cls, file: GgufFile) -> Shape:
        width = file.integer("llama.embedding_length")
        heads = file.integer("llama.attention.head_count")
        return cls(
            layers=file.integer("llama.block_count"),
            width=width,
            heads=heads,
            key_heads=file.integer("llama.attention.head_count_kv"),
            head_width=width // heads,
            rope_base=file.number("llama.rope.freq_base"),
            epsilon=file.number("llama.attention.layer_norm_rms_epsilon"),
        )


@dataclass(frozen=True)
class Memory:
    """Keys and values of a stretch of text: (layers, 2, tokens, key_heads, head_width)."""

    values: Float32

    @property
    def tokens(self) -> int:
        return int(self.values.shape[2])

    def joined(self, later: Memory) -> Memory:
        return Memory(np.concatenate((self.values, later.values), axis=2))


@dataclass(frozen=True)
class Read:
    """A text after reading: its memory and log-probabilities (tokens, vocabulary) after each."""

    memory: Memory
    following: Float32


@dataclass(frozen=True)
class Transformer:
    """The network. Embeddings (vocabulary, width) are also its output weights."""

    shape: Shape
    embeddings: Float32
    blocks: Blocks

    @classmethod
    def of(cls, file: GgufFile, quantize: bool = True) -> Transformer:
        """The network of a file, in eight bits or in float32."""
        shape = Shape.of(file)
        embeddings = file.tensor("token_embd.weight")
        kind = QuantizedBlocks if quantize else FloatBlocks
        blocks: Blocks = kind.of(file, shape.layers, embeddings, shape.epsilon)
        return cls(shape, embeddings, blocks)

    def empty(self) -> Memory:
        s = self.shape
        return Memory(np.zeros((s.layers, 2, 0, s.key_heads, s.head_width), np.float32))

    def read(self, memory: Memory, tokens: Sequence[int], all_positions: bool = False) -> Read:
        """Read `tokens` after what `memory` holds; log-probabilities after the last or all."""
        following = []
        for start in range(0, len(tokens), _CHUNK):
            piece = np.asarray(tokens[start : start + _CHUNK], np.int64)
            logits, memory = self._read_piece(memory, piece, all_positions)
            following.append(_log_probabilities(logits))
        return Read(memory, np.concatenate(following if all_positions else following[-1:]))

    def step(
        self, shared: Memory, own: Sequence[Memory], tokens: Sequence[int]
    ) -> tuple[Float32, tuple[Memory, ...]]:
        """One token more for each of several continuations of `shared`.

        Args:
            own: what each continuation holds beyond the shared text.
        Returns:
            Log-probabilities (continuations, vocabulary), and each one's memory with its token.
        """
        lengths = np.array([memory.tokens for memory in own])
        longest = int(lengths.max()) + 1
        s = self.shape
        past = np.zeros(
            (s.layers, 2, len(own), longest, s.key_heads, s.head_width), dtype=np.float32
        )
        for row, memory in enumerate(own):
            past[:, :, row, : memory.tokens] = memory.values
        hidden = self.embeddings[np.asarray(tokens, np.int64)]
        angles = self._angles(shared.tokens + lengths)
        hidden_by_time = np.arange(longest)[None, :] > lengths[:, None]
        rows = np.arange(len(own))
        joint = self.blocks.start(hidden)
        for index in range(s.layers):
            queries, keys, values = self._parted(joint, angles)
            past[index, 0, rows, lengths] = keys
            past[index, 1, rows, lengths] = values
            mixed = self._attend_two(queries, shared.values[index], past[index], hidden_by_time)
            hidden, joint = self.blocks.advance(index, hidden, mixed)
        grown = tuple(
            Memory(past[:, :, row, : length + 1].copy()) for row, length in enumerate(lengths)
        )
        return _log_probabilities(joint), grown

    def _read_piece(
        self, memory: Memory, tokens: np.ndarray, all_positions: bool
    ) -> tuple[Float32, Memory]:
        """Logits after the last token or all of them, and the memory with them."""
        start, count = memory.tokens, len(tokens)
        hidden = self.embeddings[tokens]
        angles = self._angles(np.arange(start, start + count))
        future = np.arange(start + count)[None, :] > np.arange(start, start + count)[:, None]
        fresh = np.empty((self.shape.layers, 2, count, *memory.values.shape[3:]), np.float32)
        grown = memory.joined(Memory(fresh))
        joint = self.blocks.start(hidden)
        last = self.shape.layers - 1
        for index in range(self.shape.layers):
            queries, keys, values = self._parted(joint, angles)
            grown.values[index, 0, start:] = keys
            grown.values[index, 1, start:] = values
            mixed = self._attend(queries, grown.values[index], future)
            if index == last and not all_positions:
                hidden, mixed = hidden[-1:], mixed[-1:]
            hidden, joint = self.blocks.advance(index, hidden, mixed)
        return joint, grown

    def _parted(
        self, joint: Float32, angles: tuple[Float32, Float32]
    ) -> tuple[Float32, Float32, Float32]:
        """Queries (rows, heads, head_width), keys and values (rows, key_heads, head_width)."""
        s = self.shape
        apart = joint.reshape(len(joint), -1, s.head_width)
        turned = _rotate(apart[:, : s.heads + s.key_heads], angles)
        return turned[:, : s.heads], turned[:, s.heads :], apart[:, s.heads + s.key_heads :]

    def _attend(self, queries: Float32, past: Float32, future: np.ndarray) -> Float32:
        """One text attends to itself; `future` (rows, tokens) is hidden."""
        grouped = self._grouped(queries)
        scores = np.matmul(grouped, past[0].transpose(1, 2, 0))
        heads_per_key = self.shape.heads // self.shape.key_heads
        scores[np.broadcast_to(np.tile(future, (heads_per_key, 1)), scores.shape)] = -np.inf
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        return self._ungrouped(np.matmul(weights, past[1].transpose(1, 0, 2)), len(queries))

    def _attend_two(
        self, queries: Float32, shared: Float32, own: Float32, hidden: np.ndarray
    ) -> Float32:
        """Each row attends to the shared text and to its own tokens, in one softmax."""
        s = self.shape
        rows, each = len(queries), s.heads // s.key_heads
        grouped = self._grouped(queries)
        to_shared = np.matmul(grouped, shared[0].transpose(1, 2, 0))
        by_row = queries.reshape(rows, s.key_heads, each, s.head_width)
        by_row = by_row * np.float32(s.head_width**-0.5)
        to_own = np.matmul(by_row, own[0].transpose(0, 2, 3, 1))
        to_own = np.where(hidden[:, None, None, :], np.float32(-np.inf), to_own)
        shared_rows = to_shared.reshape(s.key_heads, each, rows, -1).transpose(2, 0, 1, 3)
        scores = np.concatenate((shared_rows, to_own), axis=-1)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        split = shared.shape[1]
        mixed_own = np.matmul(weights[..., split:], own[1].transpose(0, 2, 1, 3))
        weights_shared = weights[..., :split].transpose(1, 2, 0, 3).reshape(to_shared.shape)
        mixed_shared = np.matmul(weights_shared, shared[1].transpose(1, 0, 2))
        mixed: Float32 = self._ungrouped(mixed_shared, rows) + mixed_own.reshape(rows, -1)
        return mixed

    def _grouped(self, queries: Float32) -> Float32:
        """(rows, heads, width) to (key_heads, heads per key × rows, width), scaled."""
        s = self.shape
        each = s.heads // s.key_heads
        apart = queries.reshape(len(queries), s.key_heads, each, s.head_width)
        grouped = apart.transpose(1, 2, 0, 3).reshape(s.key_heads, -1, s.head_width)
        return np.multiply(grouped, np.float32(s.head_width**-0.5))

    def _ungrouped(self, mixed: Float32, rows: int) -> Float32:
        s = self.shape
        apart = mixed.reshape(s.key_heads, s.heads // s.key_heads, rows, s.head_width)
        rows_first: Float32 = apart.transpose(2, 0, 1, 3).reshape(rows, -1)
        return rows_first

    def _angles(self, positions: np.ndarray) -> tuple[Float32, Float32]:
        turns = positions[:, None] * self._frequencies[None, :]
        return np.cos(turns).astype(np.float32), np.sin(turns).astype(np.float32)

    @cached_property
    def _frequencies(self) -> np.ndarray:
        exponents = np.arange(0, self.shape.head_width, 2) / self.shape.head_width
        return np.asarray(self.shape.rope_base**-exponents)


def _rotate(joint: Float32, angles: tuple[Float32, Float32]) -> Float32:
    """Turn pairs of neighbours (rows, heads, width) by their position's angles (rows, width/2)."""
    cosine, sine = (angle[:, None, :] for angle in angles)
    even, odd = joint[..., 0::2], joint[..., 1::2]
    turned = np.empty_like(joint)
    turned[..., 0::2] = even * cosine - odd * sine
    turned[..., 1::2] = even * sine + odd * cosine
    return turned


def _log_probabilities(logits: Float32) -> Float32:
    shifted = logits - logits.max(-1, keepdims=True)
    result: Float32 = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return result
