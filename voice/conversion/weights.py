"""Weights of an exported network by the names they had in torch, to be read and to be replaced.

Biases, norms and convolutions keep their names in the file. The weight of a linear layer becomes a
nameless matrix, transposed, whose product the layer's bias is added to: that is how it is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from voice.errors import VoiceError

HALVED = "/float16"
BIAS, WEIGHT = ".bias", ".weight"

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Place:
    """Where in the file a weight lies: the name of its initialiser, and whether on its side."""

    initializer: str
    transposed: bool


def read_weights(model: onnx.ModelProto) -> dict[str, Floats32]:
    """All weights by torch's names."""
    held = {entry.name: entry for entry in model.graph.initializer}
    found = {}
    for name, place in _places(model).items():
        values = numpy_helper.to_array(held[place.initializer]).astype(np.float32)
        found[name] = values.T if place.transposed else values
    return found


def replace_weights(model: onnx.ModelProto, changes: Mapping[str, Floats32]) -> None:
    """Put other numbers in the place of some weights, in the precision they are stored in.

    Raises:
        VoiceError: the network has no such weight, or one of another shape.
    """
    held = {entry.name: entry for entry in model.graph.initializer}
    places = _places(model)
    for name, values in changes.items():
        place = places.get(name)
        turned = values.T if place is not None and place.transposed else values
        entry = None if place is None else held[place.initializer]
        if entry is None or tuple(entry.dims) != turned.shape:
            raise VoiceError(f"the network has no weight {name} of shape {values.shape}")
        kept = numpy_helper.to_array(entry).dtype
        entry.CopyFrom(
            numpy_helper.from_array(np.ascontiguousarray(turned.astype(kept)), entry.name)
        )


def _places(model: onnx.ModelProto) -> dict[str, Place]:
    names = {entry.name for entry in model.graph.initializer}
    plain = {
        name.removesuffix(HALVED): Place(name, transposed=False) for name in names if "." in name
    }
    products = {node.output[0]: node for node in model.graph.node if node.op_type == "MatMul"}
    for node in model.graph.node:
        if node.op_type != "Add":
            continue
        bias = next((one for one in node.input if one in plain and one.endswith(BIAS)), None)
        product = next((products[one] for one in node.input if one in products), None)
        if bias is not None and product is not None:
            matrix = product.input[1]
            stored = next((n for n in (matrix, matrix + HALVED) if n in names), None)
            if stored is not None:
                plain[bias.removesuffix(BIAS) + WEIGHT] = Place(stored, transposed=True)
    return plain
