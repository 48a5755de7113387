"""Weights in bytes: a quarter of the file, and close to the numbers they stand for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from vocoder.export import halve_weights, in_steps, weights_in_bytes

RANDOM = np.random.default_rng(0)


def product_by(weight: npt.NDArray[np.float32]) -> onnx.ModelProto:
    """A model of one matrix product."""
    rows, columns = weight.shape
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["told", "weight"], ["made"])],
        "product",
        [helper.make_tensor_value_info("told", TensorProto.FLOAT, ["n", rows])],
        [helper.make_tensor_value_info("made", TensorProto.FLOAT, ["n", columns])],
        [numpy_helper.from_array(weight, "weight")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def run(model: onnx.ModelProto, told: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    made: npt.NDArray[np.float32] = session.run(None, {"told": told})[0]
    return made


def test_bytes_take_a_quarter_and_lose_little() -> None:
    weight = RANDOM.standard_normal((96, 64)).astype(np.float32)
    model = product_by(weight)
    before = model.ByteSize()
    weights_in_bytes(model)
    halve_weights(model)
    assert model.ByteSize() < 0.3 * before
    told = RANDOM.standard_normal((50, 96)).astype(np.float32)
    lost = run(model, told) - told @ weight
    assert 0.0 < np.std(lost) < 0.01 * np.std(told @ weight)


def test_small_tensors_and_vectors_stay_as_they_are() -> None:
    weight = RANDOM.standard_normal((8, 8)).astype(np.float32)
    model = product_by(weight)
    weights_in_bytes(model)
    np.testing.assert_array_equal(numpy_helper.to_array(model.graph.initializer[0]), weight)


@pytest.mark.parametrize("axis", [0, 1])
def test_the_axis_that_loses_less_is_taken(axis: int) -> None:
    """Rows, or columns, of very different size keep their precision."""
    weight = RANDOM.standard_normal((40, 40)).astype(np.float32)
    weight *= np.expand_dims(10.0 ** np.linspace(-4, 0, 40, dtype=np.float32), 1 - axis)
    steps, scale = in_steps(weight)
    assert scale.shape == ((40, 1) if axis == 0 else (1, 40))
    np.testing.assert_allclose(steps * scale, weight, atol=float(scale.max()) / 2)


def test_numbers_that_are_whole_steps_come_back_exactly() -> None:
    steps, scale = in_steps(RANDOM.standard_normal((30, 50)).astype(np.float32))
    again, same = in_steps(steps * scale)
    np.testing.assert_allclose(again * same, steps * scale, rtol=1e-6)


def test_a_channel_of_zeros_is_stored_as_zeros() -> None:
    steps, scale = in_steps(np.zeros((4, 5), dtype=np.float32))
    assert not steps.any()
    assert np.isfinite(scale).all()
