"""Export Resemblyzer's GE2E speaker encoder to ONNX, once.

    python benchmarks/export_speaker_encoder.py voice/data/ge2e.onnx

Needs the packages torch, onnx and resemblyzer, none of which Melisma installs for singing.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

MEL_BANDS, HIDDEN, LAYERS, EMBEDDING = 40, 256, 3, 256
SMALLEST_SHORTENED = 1_024
SMALLEST_SHORTENED = 1_024


class Ge2e(nn.Module):
    """Three LSTM layers, a projection, a rectifier, unit length."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(MEL_BANDS, HIDDEN, LAYERS, batch_first=True)
        self.linear = nn.Linear(HIDDEN, EMBEDDING)

    def forward(self, mels: Tensor) -> Tensor:
        """`(windows, frames, mels)` to `(windows, 256)`."""
        hidden = self.lstm(mels)[0][:, -1]
        embedding: Tensor = torch.relu(self.linear(hidden))
        unit: Tensor = embedding / torch.linalg.vector_norm(embedding, dim=1, keepdim=True)
        return unit


def load_published(weights: Path) -> Ge2e:
    """The published weights, read without running anything that a pickle may hold."""
    state = torch.load(weights, map_location="cpu", weights_only=True)["model_state"]
    network = Ge2e()
    own = network.state_dict()
    network.load_state_dict({name: state[name] for name in own})
    return network.eval()


def published_weights() -> Path:
    """The file inside the installed package `resemblyzer`, which is not imported."""
    spec = find_spec("resemblyzer")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package resemblyzer is not installed: pip install resemblyzer")
    return Path(spec.origin).with_name("pretrained.pt")


def export(out: Path) -> str:
    """Write the network, its weights as 16-bit integers; returns its SHA-256."""
    network = load_published(published_weights())
    torch.onnx.export(
        network,
        (torch.zeros(2, 160, MEL_BANDS),),
        str(out),
        input_names=["mels"],
        output_names=["embeddings"],
        dynamic_axes={"mels": {0: "windows", 1: "frames"}, "embeddings": {0: "windows"}},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(out)
    shorten_weights(model)
    onnx.save(model, out)
    return hashlib.sha256(out.read_bytes()).hexdigest()


def shorten_weights(model: onnx.ModelProto) -> None:
    """Store large weights as int16 with a scale for each row: half the size, finer than float16.

    The graph widens them at its beginning, which ONNX Runtime does once, on loading. The first
    layer stays as it is: its rows span five decades, for the mels that it reads are no logarithms.
    """
    first = next(node for node in model.graph.node if node.op_type == "LSTM")
    widened = []
    for weight in list(model.graph.initializer):
        values = numpy_helper.to_array(weight)
        small = values.dtype != np.float32 or values.size < SMALLEST_SHORTENED
        if small or weight.name in first.input:
            continue
        scale = np.abs(values).max(axis=-1, keepdims=True).clip(min=1e-12) / 32_767.0
        short = np.round(values / scale).astype(np.int16)
        stored, wide, factor = (f"{weight.name}/{part}" for part in ("int16", "wide", "scale"))
        widened.append(helper.make_node("Cast", [stored], [wide], to=TensorProto.FLOAT))
        widened.append(helper.make_node("Mul", [wide, factor], [weight.name]))
        model.graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), factor))
        weight.CopyFrom(numpy_helper.from_array(short, stored))
    nodes = [*widened, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    sys.stdout.write(f"{export(parser.parse_args(arguments).out)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
