"""Weights of an exported network by the names they had in torch, to be read and to be replaced.

Biases, norms and convolutions keep their names in the file. The weight of a linear layer becomes a
nameless matrix, transposed, whose product the layer's bias is added to: that is how it is found.
Large weights are stored in halves or in bytes (`vocoder.export`) and widened by the graph itself;
what is put in their place is stored as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from voice.errors import VoiceError

HALVED, IN_BYTES, SCALE, WIDE = "/float16", "/int8", "/scale", "/wide"
BIAS, WEIGHT = ".bias", ".weight"

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Place:
    """Which tensor of the graph a weight is, and whether it lies on its side there."""

    tensor: str
    transposed: bool


def read_weights(model: onnx.ModelProto) -> dict[str, Floats32]:
    """All weights by torch's names."""
    tensors = _tensors(model)
    found = {}
    for name, place in _places(model, tensors).items():
        values = tensors[place.tensor]
        found[name] = values.T if place.transposed else values
    return found


def replace_weights(model: onnx.ModelProto, changes: Mapping[str, Floats32]) -> None:
    """Put other numbers in the place of some weights.

    Raises:
        VoiceError: the network has no such weight, or one of another shape.
    """
    tensors = _tensors(model)
    places = _places(model, tensors)
    put: dict[str, Floats32] = {}
    for name, values in changes.items():
        place = places.get(name)
        turned = values.T if place is not None and place.transposed else values
        if place is None or tensors[place.tensor].shape != turned.shape:
            raise VoiceError(f"the network has no weight {name} of shape {values.shape}")
        put[place.tensor] = np.ascontiguousarray(turned, dtype=np.float32)
    kept = [entry for entry in model.graph.initializer if _bare(entry.name) not in put]
    kept += [numpy_helper.from_array(values, tensor) for tensor, values in put.items()]
    widened = {tensor + suffix for tensor in put for suffix in ("", WIDE)}
    nodes = [node for node in model.graph.node if not set(node.output) & widened]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)


def _bare(name: str) -> str:
    for suffix in (HALVED, IN_BYTES, SCALE):
        name = name.removesuffix(suffix)
    return name


def _tensors(model: onnx.ModelProto) -> dict[str, Floats32]:
    """Every constant tensor of the graph, widened, by the name the graph calls it."""
    stored = {entry.name: entry for entry in model.graph.initializer}
    found = {}
    for name, entry in stored.items():
        if name.endswith(SCALE) and name.removesuffix(SCALE) + IN_BYTES in stored:
            continue
        values = np.asarray(numpy_helper.to_array(entry), dtype=np.float32)
        if name.endswith(IN_BYTES):
            values = values * numpy_helper.to_array(stored[_bare(name) + SCALE])
        found[_bare(name)] = values
    return found


def _places(model: onnx.ModelProto, tensors: Mapping[str, Floats32]) -> dict[str, Place]:
    found = {name: Place(name, transposed=False) for name in tensors if "." in name}
    products = {node.output[0]: node for node in model.graph.node if node.op_type == "MatMul"}
    for node in model.graph.node:
        if node.op_type != "Add":
            continue
        bias = next((one for one in node.input if one in found and one.endswith(BIAS)), None)
        product = next((products[one] for one in node.input if one in products), None)
        if bias is not None and product is not None and product.input[1] in tensors:
            layer = bias.removesuffix(BIAS)
            found[layer + WEIGHT] = Place(product.input[1], transposed=True)
    return found
