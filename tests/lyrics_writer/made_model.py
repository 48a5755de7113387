"""A language model small enough for tests, written as a real GGUF file with random weights."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

F32, F16, Q4_1, Q8_0 = 0, 1, 3, 8
_ALIGNMENT = 32
_STRING, _ARRAY, _U32, _I32, _FLOAT = 8, 9, 4, 5, 6
WIDTH, HEADS, KEY_HEADS, FEED, LAYERS = 32, 4, 2, 64, 2


@dataclass(frozen=True)
class MadeTensor:
    """A tensor as it stands in the file: `shape` is (rows, columns)."""

    shape: tuple[int, ...]
    kind: int
    data: bytes


def f32(values: NDArray[np.float32]) -> MadeTensor:
    return MadeTensor(values.shape, F32, values.astype("<f4").tobytes())


def f16(values: NDArray[np.float32]) -> MadeTensor:
    return MadeTensor(values.shape, F16, values.astype("<f2").tobytes())


def q8_0(scales: NDArray[np.float16], values: NDArray[np.int8]) -> MadeTensor:
    """Blocks of 32 in rows: `values` is (blocks, 32)."""
    data = b"".join(
        struct.pack("<e", scale) + row.tobytes()
        for scale, row in zip(scales, values.astype(np.int8), strict=True)
    )
    return MadeTensor((values.size,), Q8_0, data)


def q4_1(
    scales: NDArray[np.float16], least: NDArray[np.float16], nibbles: NDArray[np.uint8]
) -> MadeTensor:
    """Blocks of 32 four-bit numbers; the second half lies in the high bits."""
    data = b""
    for scale, low, row in zip(scales, least, nibbles.astype(np.uint8), strict=True):
        data += struct.pack("<ee", scale, low) + (row[:16] | (row[16:] << 4)).tobytes()
    return MadeTensor((nibbles.size,), Q4_1, data)


def write_gguf(path: Path, metadata: dict[str, object], tensors: dict[str, MadeTensor]) -> None:
    """A GGUF file of version 3."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        head += _text(key) + _typed(value)
    offset, body = 0, b""
    for name, tensor in tensors.items():
        head += _text(name) + struct.pack("<I", len(tensor.shape))
        head += b"".join(struct.pack("<Q", size) for size in tensor.shape[::-1])
        head += struct.pack("<IQ", tensor.kind, offset)
        padded = tensor.data + bytes(-len(tensor.data) % _ALIGNMENT)
        body, offset = body + padded, offset + len(padded)
    path.write_bytes(head + bytes(-len(head) % _ALIGNMENT) + body)


def write_tiny_model(path: Path, words: list[str], seed: int = 0) -> None:
    """A Llama of two layers whose tokens come from the words given."""
    pieces, merges = _vocabulary(words)
    random = np.random.default_rng(seed)

    def weights(*shape: int) -> MadeTensor:
        return f32((random.standard_normal(shape) * 0.3).astype(np.float32))

    head_width = WIDTH // HEADS
    tensors = {
        "token_embd.weight": weights(len(pieces), WIDTH),
        "output_norm.weight": f32(np.ones(WIDTH, np.float32)),
    }
    for layer in range(LAYERS):
        sizes = {
            "attn_norm": (WIDTH,),
            "attn_q": (WIDTH, WIDTH),
            "attn_k": (KEY_HEADS * head_width, WIDTH),
            "attn_v": (KEY_HEADS * head_width, WIDTH),
            "attn_output": (WIDTH, WIDTH),
            "ffn_norm": (WIDTH,),
            "ffn_gate": (FEED, WIDTH),
            "ffn_up": (FEED, WIDTH),
            "ffn_down": (WIDTH, FEED),
        }
        tensors |= {f"blk.{layer}.{name}.weight": weights(*size) for name, size in sizes.items()}
    metadata: dict[str, object] = {
        "llama.block_count": LAYERS,
        "llama.embedding_length": WIDTH,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": KEY_HEADS,
        "llama.rope.freq_base": 10_000.0,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.tokens": pieces,
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.token_type": [3 if piece.startswith("<|") else 1 for piece in pieces],
        "tokenizer.ggml.eos_token_id": 1,
    }
    write_gguf(path, metadata, tensors)


def _vocabulary(words: list[str]) -> tuple[list[str], list[str]]:
    """Byte-level pieces and merges, trained on the words."""
    import json

    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=700,
        special_tokens=["<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(
        [f" {word} {word} {word.capitalize()}" for word in words], trainer
    )
    model = json.loads(tokenizer.to_str())["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].get)
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    return pieces, merges


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _typed(value: object) -> bytes:
    if isinstance(value, int):
        return struct.pack("<II", _U32, value)
    if isinstance(value, float):
        return struct.pack("<If", _FLOAT, value)
    assert isinstance(value, list)
    if isinstance(value[0], int):
        items = b"".join(struct.pack("<i", item) for item in value)
        return struct.pack("<IIQ", _ARRAY, _I32, len(value)) + items
    return struct.pack("<IIQ", _ARRAY, _STRING, len(value)) + b"".join(map(_text, value))
