"""The network's matrices in eight bits, multiplied by onnxruntime: three times as fast as float32.

Each row of a matrix is cut into blocks of 32 numbers that share a scale; inputs are quantised block
by block as well (MatMulNBits of onnxruntime, accuracy level 4), so a row's result does not depend
on the other rows. Everything between two attentions is one small ONNX graph; attention stays in
NumPy, because every continuation has a past of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lyrics.writer.blocks import Layer, read_layer
from lyrics.writer.gguf import Float32, GgufFile

_BLOCK = 32
_ZERO = 128
_OPSET, _IR_VERSION = 17, 8


@dataclass(frozen=True)
class BlockRunner:
    """One graph ready to run: its inputs by name, its outputs in order."""

    session: Any

    def run(self, **inputs: Float32) -> list[Float32]:
        found: list[Float32] = self.session.run(None, inputs)
        return found


@dataclass(frozen=True)
class QuantizedBlocks:
    """All graphs of a network: before the first attention, then after each one.

    A graph after attention ends the layer and gives the next layer's queries, keys and values; the
    last one gives logits in their place.
    """

    first: BlockRunner
    after: tuple[BlockRunner, ...]

    @classmethod
    def of(cls, file: GgufFile, layers: int, output: Float32, epsilon: float) -> QuantizedBlocks:
        """Made layer by layer, so that never more than two of them are in memory as float32."""
        layer = read_layer(file, 0)
        first = _Graph(epsilon)
        first.projected("hidden", layer.attention_norm, layer.queries_keys_values)
        after = []
        for index in range(layers):
            graph = _Graph(epsilon)
            graph.finished(layer)
            if index + 1 < layers:
                layer = read_layer(file, index + 1)
                graph.projected("finished", layer.attention_norm, layer.queries_keys_values)
            else:
                graph.projected("finished", file.tensor("output_norm.weight"), output)
            after.append(graph.runner(("hidden", "mixed"), ("finished", "joint")))
        return cls(first.runner(("hidden",), ("joint",)), tuple(after))

    def start(self, hidden: Float32) -> Float32:
        """Queries, keys and values of the first layer (rows, out)."""
        return self.first.run(hidden=hidden)[0]

    def advance(self, index: int, hidden: Float32, mixed: Float32) -> tuple[Float32, Float32]:
        """The layer's result, and what the next one begins with (logits after the last)."""
        finished, joint = self.after[index].run(hidden=hidden, mixed=mixed)
        return finished, joint


class _Graph:
    """An ONNX graph in the making."""

    def __init__(self, epsilon: float) -> None:
        from onnx import helper, numpy_helper

        self.helper, self.tensors = helper, numpy_helper
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._constant("epsilon", np.array([epsilon], np.float32))

    def finished(self, layer: Layer) -> None:
        """From `hidden` and `mixed` to `finished`: output of attention, then SwiGLU."""
        self._matmul("mixed", "attended", layer.attention_out)
        self._node("Add", ("hidden", "attended"), "between")
        self._norm("between", "fed", layer.feed_norm)
        gate, up = np.split(layer.gate_and_up, 2)
        self._matmul("fed", "gate", gate)
        self._matmul("fed", "up", up)
        self._node("Sigmoid", ("gate",), "open")
        self._node("Mul", ("gate", "open"), "bent")
        self._node("Mul", ("bent", "up"), "wide")
        self._matmul("wide", "narrow", layer.down)
        self._node("Add", ("between", "narrow"), "finished")

    def projected(self, source: str, norm: Float32, weight: Float32) -> None:
        """From `source` to `joint`: a norm and a matrix."""
        self._norm(source, "normed", norm)
        self._matmul("normed", "joint", weight)

    def runner(self, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> BlockRunner:
        import onnxruntime

        helper = self.helper
        described = [
            [helper.make_tensor_value_info(name, 1, [None, None]) for name in names]
            for names in (inputs, outputs)
        ]
        graph = helper.make_graph(self.nodes, "block", *described, self.constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return BlockRunner(
            onnxruntime.InferenceSession(
                model.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
        )

    def _norm(self, source: str, target: str, weight: Float32) -> None:
        self._node("Mul", (source, source), f"{target}_square")
        axes = {"axes": [-1], "keepdims": 1}
        self._node("ReduceMean", (f"{target}_square",), f"{target}_mean", axes)
        self._node("Add", (f"{target}_mean", "epsilon"), f"{target}_sum")
        self._node("Sqrt", (f"{target}_sum",), f"{target}_root")
        self._node("Div", (source, f"{target}_root"), f"{target}_unit")
        self._constant(f"{target}_weight", weight)
        self._node("Mul", (f"{target}_unit", f"{target}_weight"), target)

    def _matmul(self, source: str, target: str, weight: Float32) -> None:
        rows, columns = weight.shape
        values, scales = quantized(weight)
        self._constant(f"{target}_values", values)
        self._constant(f"{target}_scales", scales)
        sizes = {"K": columns, "N": rows, "bits": 8, "block_size": _BLOCK, "accuracy_level": 4}
        names = (source, f"{target}_values", f"{target}_scales")
        self._node("MatMulNBits", names, target, sizes, "com.microsoft")

    def _constant(self, name: str, values: NDArray[Any]) -> None:
        self.constants.append(self.tensors.from_array(np.ascontiguousarray(values), name))

    def _node(
        self,
        kind: str,
        inputs: tuple[str, ...],
        output: str,
        attributes: dict[str, Any] | None = None,
        domain: str = "",
    ) -> None:
        self.nodes.append(
            self.helper.make_node(kind, inputs, [output], domain=domain, **(attributes or {}))
        )


def quantized(weight: Float32) -> tuple[NDArray[np.uint8], Float32]:
    """Bytes (rows, blocks, 32) around 128, and a scale for each block (rows, blocks)."""
    blocks = weight.reshape(len(weight), -1, _BLOCK)
    scales = np.maximum(np.abs(blocks).max(-1) / 127, np.float32(1e-12)).astype(np.float32)
    values = np.rint(blocks / scales[..., None]) + _ZERO
    return values.astype(np.uint8), scales
