"""Trained networks as ONNX files that any length of mel goes through.

The time axis is dynamic, and the source is an input, so that the same seed gives the same sound.
What a file is stands in its metadata: kind, clock and the context that a chunk needs.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from vocoder.card import VocoderCard, VocoderKind
from vocoder.frames import HOP_SAMPLES, MEL_BANDS
from vocoder.networks.hifigan import HifiGanVocoder
from vocoder.networks.istft import IstftVocoder
from vocoder.networks.network import VocoderNetwork

OPSET = 18
EXAMPLE_FRAMES = 40
SMALLEST_STORED = 1_024
MOST_STEPS = 127

Floats32 = npt.NDArray[np.float32]


def export_vocoder(network: VocoderNetwork, path: Path, half_weights: bool = True) -> VocoderCard:
    """Write `network` to `path` (whole or not at all) and return what its metadata says.

    `half_weights` stores large weights as float16, which halves the file; they are widened when
    the file is opened and all arithmetic stays float32.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        if isinstance(network, IstftVocoder):
            card = _export_istft(network, partial)
        elif isinstance(network, HifiGanVocoder):
            card = _export_hifigan(network, partial)
        else:
            raise TypeError(f"there is no export for {type(network).__name__}")
        model = onnx.load(partial)
        if half_weights:
            halve_weights(model)
        drop_traces(model)
        helper.set_model_props(model, card.metadata())
        onnx.save(model, partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return card


def _export_istft(network: IstftVocoder, path: Path) -> VocoderCard:
    frames = torch.export.Dim("frames", min=1, max=1_000_000)
    arguments = (
        torch.zeros(1, MEL_BANDS, EXAMPLE_FRAMES),
        torch.full((1, EXAMPLE_FRAMES), 8.0),
        torch.ones(1, EXAMPLE_FRAMES),
    )
    outputs = ["harmonic_log_gain", "phase_offset", "noise_log_gain"]
    twin = IstftVocoder(network.config)
    twin.load_state_dict({key: value.cpu() for key, value in network.state_dict().items()})
    _export(
        twin,
        arguments,
        path,
        ["mel", "log2_hz", "voiced"],
        outputs,
        ({2: frames}, {1: frames}, {1: frames}),
    )
    return VocoderCard(VocoderKind.ISTFT)


def _export_hifigan(network: HifiGanVocoder, path: Path) -> VocoderCard:
    """Folds weight norm in a new network, since folding one deep copy would break the others."""
    folded = HifiGanVocoder(network.config)
    folded.load_state_dict({key: value.cpu() for key, value in network.state_dict().items()})
    folded.fold_weight_norm()
    frames = torch.export.Dim("frames", min=1, max=1_000_000)
    samples = EXAMPLE_FRAMES * HOP_SAMPLES
    arguments = (
        torch.zeros(1, MEL_BANDS, EXAMPLE_FRAMES),
        torch.zeros(1, samples),
        torch.zeros(1, samples),
    )
    _export(
        folded,
        arguments,
        path,
        ["mel", "harmonics", "noise"],
        ["waveform"],
        ({2: frames}, {1: HOP_SAMPLES * frames}, {1: HOP_SAMPLES * frames}),
    )
    return VocoderCard(VocoderKind.HIFIGAN)


def _export(
    network: VocoderNetwork,
    arguments: tuple[Tensor, ...],
    path: Path,
    inputs: list[str],
    outputs: list[str],
    dynamic_shapes: tuple[dict[int, object], ...],
) -> None:
    torch.onnx.export(
        network.eval(),
        arguments,
        path,
        input_names=inputs,
        output_names=outputs,
        dynamic_shapes=dynamic_shapes,
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def halve_weights(model: onnx.ModelProto) -> None:
    """Store large float32 weights as float16 and widen each by a Cast at the graph's beginning."""
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(weight)
        if values.size < SMALLEST_STORED:
            continue
        name = weight.name
        stored = f"{name}/float16"
        casts.append(helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), stored))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def weights_in_bytes(model: onnx.ModelProto) -> None:
    """Store large float32 matrices and kernels as int8 with a scale for each row or column.

    Symmetric, per channel along the axis that loses less (Krishnamoorthi 2018, section 3.1); the
    graph widens and scales them at its beginning, so all arithmetic stays float32.
    """
    widened = []
    for weight in list(model.graph.initializer):
        if weight.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(weight)
        if values.size < SMALLEST_STORED or values.ndim < 2:
            continue
        name = weight.name
        steps, scale = in_steps(values)
        weight.CopyFrom(numpy_helper.from_array(steps, f"{name}/int8"))
        model.graph.initializer.append(numpy_helper.from_array(scale, f"{name}/scale"))
        widened += [
            helper.make_node("Cast", [f"{name}/int8"], [f"{name}/wide"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}/wide", f"{name}/scale"], [name]),
        ]
    nodes = [*widened, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def in_steps(values: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], Floats32]:
    """The weights in steps of a 127th of their channel's largest, and the steps' sizes."""
    tried = []
    for axis in (0, 1):
        others = tuple(other for other in range(values.ndim) if other != axis)
        largest = np.abs(values).max(axis=others, keepdims=True)
        scale = np.where(largest > 0, largest / MOST_STEPS, 1.0).astype(np.float32)
        steps = np.round(values / scale).astype(np.int8)
        tried.append((float(np.square(steps * scale - values).sum()), steps, scale))
    _, steps, scale = min(tried, key=lambda one: one[0])
    return steps, scale


def drop_traces(model: onnx.ModelProto) -> None:
    """Take out where in the source each node came from; it is up to three quarters of a small file.

    Shapes within the graph go as well, since whoever runs the file infers them anew.
    """
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        value.ClearField("metadata_props")
    model.graph.ClearField("metadata_props")
    model.graph.ClearField("value_info")
