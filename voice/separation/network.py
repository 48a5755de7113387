"""Spleeter's U-Net as an ONNX graph, made from its weights.

Hennequin et al., "Spleeter: a fast and efficient music source separation tool with pre-trained
models", JOSS 2020; the weights are Deezer's, under MIT. Six halvings, six doublings that are handed
what was before each halving, and a mask over what came in.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from voice.separation.weights import Weights

Floats32 = npt.NDArray[np.float32]

DEPTH = 6
EPSILON = 1e-3
LEAK = 0.2
OPSET = 17
EDGES = [1, 1, 2, 2]


def mask_network(weights: Weights) -> bytes:
    """A model from magnitudes to the magnitudes of one stem, `(1, 2, frames, bins)` both.

    Frames and bins are multiples of 64.
    """
    from onnx import TensorProto, helper, numpy_helper

    graph = _Graph(weights)
    now = "mixture"
    skipped: list[str] = []
    for level in range(1, DEPTH + 1):
        now = graph.add(
            "Conv", [now, *graph.pair(f"down{level}_conv.1")], strides=[2, 2], pads=EDGES
        )
        skipped.append(now)
        now = graph.add("LeakyRelu", [graph.normalised(now, f"down{level}_act.0")], alpha=LEAK)
    now = skipped.pop()
    for level in range(1, DEPTH + 1):
        if level > 1:
            now = graph.add("Concat", [skipped.pop(), now], axis=1)
        now = graph.add(
            "ConvTranspose", [now, *graph.pair(f"up{level}.0")], strides=[2, 2], pads=EDGES
        )
        now = graph.normalised(graph.add("Relu", [now]), f"up{level}.3")
    now = graph.add("Conv", [now, *graph.pair("up7.0")], dilations=[2, 2], pads=[3, 3, 3, 3])
    graph.add("Mul", [graph.add("Sigmoid", [now]), "mixture"], output="stem")
    shape: list[str | int | None] = [1, 2, "frames", "bins"]
    made = helper.make_graph(
        graph.nodes,
        "spleeter",
        [helper.make_tensor_value_info("mixture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("stem", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(array, name) for name, array in graph.used.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    return bytes(model.SerializeToString())


class _Graph:
    """Nodes in their order, and the weights that they use."""

    def __init__(self, weights: Weights) -> None:
        self.nodes: list[Any] = []
        self.used: dict[str, Floats32] = {}
        self._weights = weights

    def add(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = output or f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def pair(self, layer: str) -> list[str]:
        return [self._use(f"{layer}.{part}") for part in ("weight", "bias")]

    def normalised(self, now: str, layer: str) -> str:
        parts = ("weight", "bias", "running_mean", "running_var")
        inputs = [now, *(self._use(f"{layer}.{part}") for part in parts)]
        return self.add("BatchNormalization", inputs, epsilon=EPSILON)

    def _use(self, name: str) -> str:
        self.used[name] = self._weights[name]
        return name
