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

import torch
from torch import Tensor, nn

MEL_BANDS, HIDDEN, LAYERS, EMBEDDING = 40, 256, 3, 256


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
    """Write the network; returns its SHA-256."""
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
    return hashlib.sha256(out.read_bytes()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    sys.stdout.write(f"{export(parser.parse_args(arguments).out)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
