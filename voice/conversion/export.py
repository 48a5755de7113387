"""A trained content encoder as an ONNX file, with the way from an embedding to a singer in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from voice.acoustic.export import EXAMPLE_FRAMES, write_network
from voice.conversion.config import CONTENT_FILE
from voice.conversion.networks import ContentEncoder, Heard, SpeakerProjection
from voice.conversion.projection import BIAS, WEIGHT


class _Content(nn.Module):
    """The recording as the encoder hears it to the shared latents, and how sure it is."""

    def __init__(self, encoder: ContentEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(
        self,
        envelope: Tensor,
        usual: Tensor,
        trust: Tensor,
        midi: Tensor,
        voiced: Tensor,
        shift: Tensor,
        speaker: Tensor,
    ) -> tuple[Tensor, Tensor]:
        heard = Heard(envelope, usual, trust, midi, voiced, shift)
        content = self.encoder(heard, speaker)
        sure = torch.softmax(content.phones, dim=1).amax(dim=1)
        return content.shared, sure


def export_content(encoder: ContentEncoder, projection: SpeakerProjection, folder: Path) -> Path:
    """Write `content.onnx` to `folder`, whole or not at all, matrices in bytes.

    The projection lies in the file as two unused initialisers, so that voices of one model cannot
    be enrolled by the projection of another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = encoder.config
    frames = torch.export.Dim("frames", min=1, max=1_000_000)
    curve = torch.ones(1, EXAMPLE_FRAMES)
    path = folder / CONTENT_FILE
    fixed: dict[int, torch.export.Dim] = {}
    write_network(
        _Content(encoder.eval()),
        (
            torch.zeros(1, config.bands, EXAMPLE_FRAMES),
            torch.zeros(1, config.bands),
            torch.ones(1, 1),
            *[curve] * 3,
            torch.zeros(1, config.speaker_width),
        ),
        path,
        ["envelope", "usual", "trust", "midi", "voiced", "shift", "speaker"],
        ["shared", "sure"],
        ({2: frames}, fixed, fixed, *[{1: frames}] * 3, fixed),
    )
    _add(path, projection)
    return path


def _add(path: Path, projection: SpeakerProjection) -> None:
    model = onnx.load(path)
    for name, values in ((WEIGHT, projection.linear.weight), (BIAS, projection.linear.bias)):
        halved = values.detach().numpy().astype(np.float16)
        model.graph.initializer.append(numpy_helper.from_array(halved, name))
    onnx.save(model, path)
