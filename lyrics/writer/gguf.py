"""GGUF, the file format of quantised language models: metadata, and tensors as float32.

Read by the specification of ggml (docs/gguf.md): little-endian, version 3. The tensor types are
those of the models used here: F32, F16, Q8_0 (a scale and 32 signed bytes) and Q4_1 (a scale, a
minimum and 32 four-bit numbers).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lyrics.writer.errors import ModelError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q",
    12: "<d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9
_BLOCK = 32
_MOST_ITEMS = 2_000_000
_MOST_BYTES = 64_000_000

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class TensorPlace:
    """Where a tensor lies in the file; `shape` is (rows, columns), the last axis contiguous."""

    shape: tuple[int, ...]
    kind: int
    offset: int


@dataclass(frozen=True)
class GgufFile:
    """A model file: what its metadata says and where its tensors are."""

    path: Path
    metadata: Mapping[str, object]
    tensors: Mapping[str, TensorPlace]
    data: mmap.mmap

    @classmethod
    def open(cls, path: Path) -> GgufFile:
        """Raises ModelError naming the file if it is missing, cut short or of another format."""
        try:
            with path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise ModelError(f"cannot open the language model {path}: {error}") from error
        try:
            return _Reader(data).file(path)
        except (struct.error, UnicodeDecodeError, IndexError) as error:
            raise ModelError(f"{path} is cut short or damaged; install it again") from error

    def integer(self, key: str) -> int:
        value = self.metadata.get(key)
        if not isinstance(value, int):
            raise ModelError(f"{self.path} does not state {key}; it is no model for this program")
        return value

    def number(self, key: str) -> float:
        value = self.metadata.get(key)
        if not isinstance(value, float):
            raise ModelError(f"{self.path} does not state {key}; it is no model for this program")
        return value

    def strings(self, key: str) -> list[str]:
        value = self.metadata.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ModelError(f"{self.path} has no list {key}; it is no model for this program")
        return value

    def tensor(self, name: str) -> Float32:
        """A tensor in float32, dequantised."""
        place = self.tensors.get(name)
        if place is None:
            raise ModelError(f"{self.path} has no tensor {name!r}; it is no model for this program")
        decode = _DECODERS.get(place.kind)
        if decode is None:
            raise ModelError(f"{self.path}: tensor {name!r} is of type {place.kind}, not readable")
        count = int(np.prod(place.shape))
        try:
            return decode(self.data, place.offset, count).reshape(place.shape)
        except ValueError as error:
            raise ModelError(f"{self.path} is cut short; install it again") from error


class _Reader:
    """Walks over the header once."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.at = 0

    def file(self, path: Path) -> GgufFile:
        if self.data[:4] != _MAGIC:
            raise ModelError(f"{path} is no GGUF file; install the model again")
        self.at = 4
        version = self._scalar("<I")
        if version not in _VERSIONS:
            raise ModelError(f"{path} is GGUF version {version}; versions 2 and 3 are readable")
        tensor_count, value_count = self._scalar("<Q"), self._scalar("<Q")
        if max(tensor_count, value_count) > _MOST_ITEMS:
            raise ModelError(f"{path} claims {tensor_count} tensors; it is damaged")
        metadata = {self._string(): self._value(self._scalar("<I")) for _ in range(value_count)}
        places = [self._place() for _ in range(tensor_count)]
        alignment = metadata.get("general.alignment", 32)
        step = alignment if isinstance(alignment, int) else 32
        start = -(-self.at // step) * step
        tensors = {
            name: TensorPlace(shape, kind, start + offset) for name, shape, kind, offset in places
        }
        return GgufFile(path, metadata, tensors, self.data)

    def _scalar(self, code: str) -> int:
        (value,) = struct.unpack_from(code, self.data, self.at)
        self.at += struct.calcsize(code)
        return value  # type: ignore[no-any-return]

    def _string(self) -> str:
        length = self._scalar("<Q")
        if length > _MOST_BYTES:
            raise IndexError(length)
        text = self.data[self.at : self.at + length].decode("utf-8")
        self.at += length
        return text

    def _value(self, kind: int) -> object:
        if kind == _STRING:
            return self._string()
        if kind == _ARRAY:
            item, count = self._scalar("<I"), self._scalar("<Q")
            if count > _MOST_ITEMS:
                raise IndexError(count)
            return [self._value(item) for _ in range(count)]
        if kind not in _SCALARS:
            raise IndexError(kind)
        return self._scalar(_SCALARS[kind])

    def _place(self) -> tuple[str, tuple[int, ...], int, int]:
        name = self._string()
        shape = tuple(self._scalar("<Q") for _ in range(self._scalar("<I")))[::-1]
        kind = self._scalar("<I")
        return name, shape, kind, self._scalar("<Q")


def _f32(data: mmap.mmap, offset: int, count: int) -> Float32:
    return np.frombuffer(data, "<f4", count, offset).astype(np.float32)


def _f16(data: mmap.mmap, offset: int, count: int) -> Float32:
    return np.frombuffer(data, "<f2", count, offset).astype(np.float32)


def _q8_0(data: mmap.mmap, offset: int, count: int) -> Float32:
    layout = np.dtype([("scale", "<f2"), ("values", "i1", _BLOCK)])
    blocks = np.frombuffer(data, layout, count // _BLOCK, offset)
    scales: Float32 = blocks["scale"].astype(np.float32)
    return np.asarray(blocks["values"] * scales[:, None], np.float32).reshape(-1)


def _q4_1(data: mmap.mmap, offset: int, count: int) -> Float32:
    layout = np.dtype([("scale", "<f2"), ("least", "<f2"), ("pairs", "u1", _BLOCK // 2)])
    blocks = np.frombuffer(data, layout, count // _BLOCK, offset)
    scale: Float32 = blocks["scale"].astype(np.float32)[:, None]
    least: Float32 = blocks["least"].astype(np.float32)[:, None]
    values = np.empty((len(blocks), _BLOCK), np.float32)
    half = _BLOCK // 2
    np.multiply(blocks["pairs"] & 15, scale, out=values[:, :half])
    np.multiply(blocks["pairs"] >> 4, scale, out=values[:, half:])
    values += least
    return values.reshape(-1)


_DECODERS = {0: _f32, 1: _f16, 3: _q4_1, 8: _q8_0}
