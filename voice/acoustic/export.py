"""A trained acoustic model as three ONNX files: consonant lengths, frame curves, and the mel."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from vocoder.export import drop_traces, halve_weights, weights_in_bytes
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.networks.prior import FrameTrack, PhoneTrack, gather_phones

OPSET = 18
EXAMPLE_PHONES = 7
EXAMPLE_FRAMES = 45
SHARED_OUTPUT = "shared"
ACOUSTIC_FILE, CURVES_FILE, DURATIONS_FILE = "acoustic.onnx", "curves.onnx", "durations.onnx"


class _Singer(nn.Module):
    """Score to mel with everything that a FrameScore holds.

    The shared latent is an output too, so that its way to the mel can be cut out of the file and
    driven by a recording instead (`voice.conversion.decoding`).
    """

    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        phoneme: Tensor,
        language: Tensor,
        stress: Tensor,
        seconds: Tensor,
        phone: Tensor,
        since: Tensor,
        until: Tensor,
        midi: Tensor,
        voiced: Tensor,
        energy: Tensor,
        breathiness: Tensor,
        tension: Tensor,
        comb: Tensor,
        noise: Tensor,
        speaker: Tensor,
    ) -> tuple[Tensor, Tensor]:
        phones = PhoneTrack(phoneme, language, stress, seconds)
        frames = FrameTrack(
            phone, since, until, midi, midi, voiced, energy, breathiness, tension, comb
        )
        encoded = gather_phones(self.model.phones(phones, speaker), phone)
        mean, log_std = self.model.prior(encoded, frames, speaker)
        shared = mean + noise * torch.exp(log_std)
        mel: Tensor = self.model.decoder(self.model.flow.inverse(shared, speaker), frames, speaker)
        return mel, shared


class _Curves(nn.Module):
    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        phoneme: Tensor,
        language: Tensor,
        stress: Tensor,
        seconds: Tensor,
        phone: Tensor,
        since: Tensor,
        until: Tensor,
        note: Tensor,
        breathiness: Tensor,
        tension: Tensor,
        speaker: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        encoded = gather_phones(
            self.model.phones(PhoneTrack(phoneme, language, stress, seconds), speaker), phone
        )
        frames = FrameTrack(phone, since, until, note, note, note, note, breathiness, tension, note)
        curves = self.model.curves(encoded, frames, speaker)
        return torch.sigmoid(curves.voicing), curves.energy, curves.deviation


class _Durations(nn.Module):
    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        self.durations = model.durations

    def forward(self, phoneme: Tensor, language: Tensor, stress: Tensor, speaker: Tensor) -> Tensor:
        phones = PhoneTrack(phoneme, language, stress, stress)
        return torch.exp(self.durations(phones, speaker))


def export_acoustic(model: AcousticModel, folder: Path) -> None:
    """Write the three files to `folder`, each whole or not at all, matrices in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    model = model.eval()
    phones = {name: torch.zeros(1, EXAMPLE_PHONES, dtype=torch.long) for name in ("p", "l", "s")}
    ids = (phones["p"], phones["l"], phones["s"])
    seconds = torch.full((1, EXAMPLE_PHONES), 0.1)
    speaker = torch.zeros(1, model.config.speaker_width)
    phone = torch.zeros(1, EXAMPLE_FRAMES, dtype=torch.long)
    curve = torch.ones(1, EXAMPLE_FRAMES)
    comb = torch.zeros(1, model.config.mels, EXAMPLE_FRAMES)
    noise = torch.zeros(1, model.config.latent, EXAMPLE_FRAMES)
    p = torch.export.Dim("phones", min=1, max=100_000)
    t = torch.export.Dim("frames", min=1, max=1_000_000)
    by_phone, by_frame, banded = {1: p}, {1: t}, {2: t}
    fixed: dict[int, torch.export.Dim] = {}
    heads = ["phoneme", "language", "stress"]
    write_network(
        _Singer(model),
        (*ids, seconds, phone, *[curve] * 7, comb, noise, speaker),
        folder / ACOUSTIC_FILE,
        [*heads, "seconds", "phone", "since", "until", "midi", "voiced", "energy", "breathiness",
         "tension", "comb", "noise", "speaker"],
        ["mel", SHARED_OUTPUT],
        (*[by_phone] * 4, *[by_frame] * 8, banded, banded, fixed),
    )  # fmt: skip
    write_network(
        _Curves(model),
        (*ids, seconds, phone, *[curve] * 5, speaker),
        folder / CURVES_FILE,
        [*heads, "seconds", "phone", "since", "until", "note", "breathiness", "tension", "speaker"],
        ["voicing", "energy", "deviation"],
        (*[by_phone] * 4, *[by_frame] * 6, fixed),
    )
    write_network(
        _Durations(model),
        (*ids, speaker),
        folder / DURATIONS_FILE,
        [*heads, "speaker"],
        ["seconds"],
        (*[by_phone] * 3, fixed),
    )


def write_network(
    network: nn.Module,
    arguments: tuple[Tensor, ...],
    path: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic_shapes: tuple[object, ...],
) -> None:
    """Write one network as ONNX, matrices in bytes, without traces, whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        torch.onnx.export(
            network.eval(),
            tuple(argument.clone() for argument in arguments),
            partial,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=dynamic_shapes,
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        model = onnx.load(partial)
        weights_in_bytes(model)
        halve_weights(model)
        drop_traces(model)
        onnx.save(model, partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
