"""What lies between two attentions of a Llama-type decoder: norms, matrices and SwiGLU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lyrics.writer.gguf import Float32, GgufFile


class Blocks(Protocol):
    """The network without its attentions."""

    def start(self, hidden: Float32) -> Float32:
        """Queries, keys and values of the first layer, side by side (rows, out)."""
        ...

    def advance(self, index: int, hidden: Float32, mixed: Float32) -> tuple[Float32, Float32]:
        """The result of layer `index`, and what the next begins with; after the last, logits.

        Args:
            hidden: what went into the layer (rows, width).
            mixed: what its attention gathered (rows, width).
        """
        ...


@dataclass(frozen=True)
class Layer:
    """Weights of one block, each (out, in); queries, keys and values stand below one another."""

    attention_norm: Float32
    queries_keys_values: Float32
    attention_out: Float32
    feed_norm: Float32
    gate_and_up: Float32
    down: Float32


@dataclass(frozen=True)
class FloatBlocks:
    """In float32 with NumPy: what the quantised blocks are held against."""

    layers: tuple[Layer, ...]
    last_norm: Float32
    output: Float32
    epsilon: float

    @classmethod
    def of(cls, file: GgufFile, layers: int, output: Float32, epsilon: float) -> FloatBlocks:
        found = tuple(read_layer(file, index) for index in range(layers))
        return cls(found, file.tensor("output_norm.weight"), output, epsilon)

    def start(self, hidden: Float32) -> Float32:
        return self._projected(hidden, 0)

    def advance(self, index: int, hidden: Float32, mixed: Float32) -> tuple[Float32, Float32]:
        layer = self.layers[index]
        between = hidden + mixed @ layer.attention_out.T
        normed = _rms_norm(between, layer.feed_norm, self.epsilon)
        gate, up = np.split(normed @ layer.gate_and_up.T, 2, axis=-1)
        finished: Float32 = between + (gate / (1 + np.exp(-gate)) * up) @ layer.down.T
        if index + 1 < len(self.layers):
            return finished, self._projected(finished, index + 1)
        return finished, _rms_norm(finished, self.last_norm, self.epsilon) @ self.output.T

    def _projected(self, hidden: Float32, index: int) -> Float32:
        layer = self.layers[index]
        normed = _rms_norm(hidden, layer.attention_norm, self.epsilon)
        joint: Float32 = normed @ layer.queries_keys_values.T
        return joint


def read_layer(file: GgufFile, index: int) -> Layer:
    """One layer of a file in float32."""

    def weight(name: str) -> Float32:
        return file.tensor(f"blk.{index}.{name}.weight")

    attention = [weight(f"attn_{name}") for name in ("q", "k", "v")]
    return Layer(
        attention_norm=weight("attn_norm"),
        queries_keys_values=np.concatenate(attention),
        attention_out=weight("attn_output"),
        feed_norm=weight("ffn_norm"),
        gate_and_up=np.concatenate((weight("ffn_gate"), weight("ffn_up"))),
        down=weight("ffn_down"),
    )


def _rms_norm(hidden: Float32, weight: Float32, epsilon: float) -> Float32:
    mean = np.mean(np.square(hidden), axis=-1, keepdims=True)
    normed: Float32 = hidden / np.sqrt(mean + np.float32(epsilon)) * weight
    return normed
