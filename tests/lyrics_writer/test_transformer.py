"""The decoder against the equations of the paper written out one number at a time."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lyrics.writer.blocks import FloatBlocks, Layer
from lyrics.writer.errors import ModelError
from lyrics.writer.local_model import LanguageModel, bundled_model_path
from lyrics.writer.quantized import quantized
from lyrics.writer.transformer import Transformer

TEXT = [5, 60, 61, 8, 200, 61, 17, 5, 90, 33]
Vector = NDArray[np.float64]


def _normed(x: Vector, weight: Vector, epsilon: float) -> Vector:
    return x / math.sqrt(float((x**2).mean()) + epsilon) * weight


def _turned(head: Vector, position: int, base: float) -> Vector:
    result = head.copy()
    for pair in range(len(head) // 2):
        angle = position / base ** (2 * pair / len(head))
        even, odd = head[2 * pair], head[2 * pair + 1]
        result[2 * pair] = even * math.cos(angle) - odd * math.sin(angle)
        result[2 * pair + 1] = even * math.sin(angle) + odd * math.cos(angle)
    return result


def _layer_by_hand(network: Transformer, layer: Layer, hidden: list[Vector]) -> list[Vector]:
    s = network.shape
    width = s.head_width
    keys: list[list[Vector]] = []
    values: list[list[Vector]] = []
    result = []
    for position, x in enumerate(hidden):
        normed = _normed(x, layer.attention_norm.astype(float), s.epsilon)
        joint = layer.queries_keys_values.astype(float) @ normed
        heads = [joint[i * width : (i + 1) * width] for i in range(s.heads + 2 * s.key_heads)]
        queries = [_turned(h, position, s.rope_base) for h in heads[: s.heads]]
        ends = s.heads + s.key_heads
        keys.append([_turned(h, position, s.rope_base) for h in heads[s.heads : ends]])
        values.append(heads[ends:])
        mixed = []
        for number, query in enumerate(queries):
            group = number // (s.heads // s.key_heads)
            scores = np.array([query @ key[group] for key in keys]) / math.sqrt(width)
            weights = np.exp(scores) / np.exp(scores).sum()
            mixed.append(sum(w * v[group] for w, v in zip(weights, values, strict=True)))
        x = x + layer.attention_out.astype(float) @ np.concatenate(mixed)
        normed = _normed(x, layer.feed_norm.astype(float), s.epsilon)
        gate, up = np.split(layer.gate_and_up.astype(float) @ normed, 2)
        result.append(x + layer.down.astype(float) @ (gate / (1 + np.exp(-gate)) * up))
    return result


def _by_hand(network: Transformer, tokens: list[int]) -> Vector:
    hidden = [network.embeddings[token].astype(float) for token in tokens]
    blocks = network.blocks
    assert isinstance(blocks, FloatBlocks)
    for layer in blocks.layers:
        hidden = _layer_by_hand(network, layer, hidden)
    rows = []
    for x in hidden:
        last = _normed(x, blocks.last_norm.astype(float), network.shape.epsilon)
        logits = network.embeddings.astype(float) @ last
        rows.append(logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max())
    return np.array(rows)


def test_reading_follows_the_equations(model: LanguageModel) -> None:
    read = model.network.read(model.network.empty(), TEXT, all_positions=True)
    assert np.allclose(read.following, _by_hand(model.network, TEXT), atol=2e-4)


def test_reading_in_pieces_is_reading_at_once(model: LanguageModel) -> None:
    network = model.network
    long = (TEXT * 20)[:150]
    whole = network.read(network.empty(), long).following[-1]
    first = network.read(network.empty(), long[:37])
    assert np.allclose(network.read(first.memory, long[37:]).following[-1], whole, atol=1e-4)


def test_steps_of_many_equal_reading_each(model: LanguageModel) -> None:
    network = model.network
    shared = network.read(network.empty(), TEXT[:4]).memory
    tails = [[7, 8, 9], [60], [11, 300]]
    memories = [network.empty()] * 3
    for length in range(3):
        rows = [row for row, tail in enumerate(tails) if length < len(tail)]
        following, grown = network.step(
            shared, [memories[row] for row in rows], [tails[row][length] for row in rows]
        )
        for place, row in enumerate(rows):
            memories[row] = grown[place]
            alone = network.read(network.empty(), TEXT[:4] + tails[row][: length + 1])
            assert np.allclose(following[place], alone.following[-1], atol=1e-4)


def test_continuations_of_different_lengths_go_together(model: LanguageModel) -> None:
    network = model.network
    shared = network.read(network.empty(), TEXT[:3]).memory
    _, (one,) = network.step(shared, [network.empty()], [9])
    following, _ = network.step(shared, [one, network.empty()], [30, 30])
    longer = network.read(network.empty(), [*TEXT[:3], 9, 30]).following[-1]
    shorter = network.read(network.empty(), [*TEXT[:3], 30]).following[-1]
    assert np.allclose(following, [longer, shorter], atol=1e-4)


def test_text_survives_the_tokens(model: LanguageModel) -> None:
    text = "I don't know 12 of Über-things\n<|im_start|>you"
    tokens = model.codec.encode(text)
    assert model.codec.decode(tokens) == text
    assert 0 in tokens, "control words are one token"


def test_the_bundled_model_knows_some_english() -> None:
    try:
        path = bundled_model_path()
    except ModelError as error:
        pytest.skip(str(error))
    bundled = LanguageModel.of(path)
    network, codec = bundled.network, bundled.codec
    for text, after in (
        ("The capital of France is", " Paris"),
        ("Twinkle, twinkle, little", " star"),
    ):
        following = network.read(network.empty(), codec.encode(text)).following[-1]
        assert codec.decode([int(following.argmax())]) == after


def test_eight_bits_say_nearly_the_same(model: LanguageModel, model_path: Path) -> None:
    small = LanguageModel.of(model_path)
    exact, quick = (
        each.network.read(each.network.empty(), TEXT, all_positions=True).following
        for each in (model, small)
    )
    assert np.abs(exact - quick).max() < 0.2
    assert np.abs(exact - quick).mean() < 0.03
    assert not np.array_equal(exact, quick)


def test_eight_bit_rows_do_not_depend_on_their_neighbours(model_path: Path) -> None:
    network = LanguageModel.of(model_path).network
    shared = network.read(network.empty(), TEXT[:3]).memory
    both, _ = network.step(shared, [network.empty()] * 2, [9, 400])
    alone, _ = network.step(shared, [network.empty()], [400])
    assert np.allclose(both[1], alone[0], atol=1e-5)


def test_blocks_of_32_keep_their_own_scale() -> None:
    weight = np.concatenate((np.full(32, 0.001), np.linspace(-50, 50, 32))).astype(np.float32)
    values, scales = quantized(weight[None])
    restored = (values.astype(np.float32) - 128) * scales[..., None]
    assert np.allclose(restored.reshape(-1)[:32], 0.001, rtol=1e-3)
    assert np.abs(restored.reshape(-1)[32:] - weight[32:]).max() <= 50 / 127 / 2 + 1e-6
