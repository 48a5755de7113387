"""Who a mel sounds like, in torch: what is made can be drawn towards a person's embedding.

The speaker encoder (`voice.speaker`) as a network that gradients pass through, on mels of our
clock instead of its own; a moment's embedding agrees with the original's by a cosine of 0.94-0.98.
It hears what networks make and nothing else: recordings are embedded under a permit, there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from vocoder.frames import GRID, MEL_BANDS
from voice.conversion.features import band_of_hz
from voice.sound_bytes import SPEECH_RATE_HZ
from voice.speaker import (
    EMBEDDING_SIZE,
    HOP_SAMPLES,
    LEVEL_DBFS,
    MODEL,
    PARTIAL_FRAMES,
    WINDOW_SAMPLES,
)
from voice.speaker import MEL_BANDS as HEARD_BANDS

LAYERS = ("272", "292", "312")
"""Names of the first weights of the three recurrent layers in the exported file."""

Floats32 = npt.NDArray[np.float32]


class MelSpeakerEncoder(nn.Module):
    """Log-mels `(batch, mels, frames)` to embeddings `(batch, 256)` of length 1, at one level."""

    into_bands: Tensor
    into_power: Tensor

    def __init__(self) -> None:
        super().__init__()
        weights = _weights()
        self.recurrent = nn.LSTM(HEARD_BANDS, EMBEDDING_SIZE, len(LAYERS), batch_first=True)
        self.leave = nn.Linear(EMBEDDING_SIZE, EMBEDDING_SIZE)
        self.recurrent.load_state_dict(_recurrent(weights))
        self.leave.load_state_dict(
            {
                "weight": torch.from_numpy(weights["linear.weight"]),
                "bias": torch.from_numpy(weights["linear.bias"]),
            }
        )
        spread = _spread_over_bins()
        self.register_buffer("into_bands", torch.from_numpy(_bank() @ spread))
        self.register_buffer("into_power", torch.from_numpy(spread.sum(axis=0)))
        self.requires_grad_(False)

    def forward(self, mel: Tensor) -> Tensor:
        """The embedding of the first 1.6 s; `frames` must cover them."""
        power = torch.exp(2.0 * _at_its_rate(mel.float()))
        loud = torch.einsum("bkn,k->b", power, self.into_power) / PARTIAL_FRAMES
        level = _power_at_level() / loud.clamp_min(1e-12)
        heard = torch.einsum("jk,bkn->bnj", self.into_bands, power * level[:, None, None])
        states, _ = self.recurrent(heard)
        embedding: Tensor = torch.relu(self.leave(states[:, -1]))
        length: Tensor = embedding.norm(dim=1, keepdim=True)
        return embedding / length.clamp_min(1e-6)


def _at_its_rate(mel: Tensor) -> Tensor:
    """Frames every 10 ms, between those of our clock."""
    step = HOP_SAMPLES / SPEECH_RATE_HZ * GRID.frames_per_second
    place = torch.arange(PARTIAL_FRAMES, device=mel.device) * step
    before = place.floor().long().clamp(max=mel.shape[-1] - 2)
    share = (place - before).clamp(0.0, 1.0).to(mel.dtype)
    return mel[..., before] * (1.0 - share) + mel[..., before + 1] * share


def _power_at_level() -> float:
    """The power of a Hann-windowed frame of the level that all are brought to (Parseval)."""
    squares = WINDOW_SAMPLES * (3.0 / 8.0) * WINDOW_SAMPLES / 2.0
    return float(squares * 10.0 ** (LEVEL_DBFS / 10.0))


def _spread_over_bins() -> Floats32:
    """Our mel bands, read off at the bins of its spectrum, `(bins, mels)`."""
    hz = np.linspace(0.0, SPEECH_RATE_HZ / 2.0, WINDOW_SAMPLES // 2 + 1)
    band = np.clip(band_of_hz(hz), 0.0, MEL_BANDS - 1.0)
    below = np.minimum(band.astype(np.int64), MEL_BANDS - 2)
    share = (band - below).astype(np.float32)
    spread = np.zeros((len(hz), MEL_BANDS), dtype=np.float32)
    at = np.arange(len(hz))
    spread[at, below] = 1.0 - share
    spread[at, below + 1] += share
    return spread


def _bank() -> Floats32:
    import librosa

    bank: Floats32 = librosa.filters.mel(
        sr=SPEECH_RATE_HZ, n_fft=WINDOW_SAMPLES, n_mels=HEARD_BANDS
    )
    return bank


def _weights() -> dict[str, Floats32]:
    """Weights by name; those stored as 16-bit numbers have a scale beside them."""
    stored: dict[str, npt.NDArray[Any]] = {
        one.name: np.array(numpy_helper.to_array(one)) for one in onnx.load(MODEL).graph.initializer
    }
    whole = {n: np.asarray(v, dtype=np.float32) for n, v in stored.items() if "/" not in n}
    for name in stored:
        if name.endswith("/int16"):
            plain = name.removesuffix("/int16")
            whole[plain] = stored[name].astype(np.float32) * stored[f"{plain}/scale"]
    return {name: np.ascontiguousarray(values) for name, values in whole.items()}


def _recurrent(weights: dict[str, Floats32]) -> dict[str, Tensor]:
    """ONNX orders the gates input, output, forget, cell; torch input, forget, cell, output."""
    state: dict[str, Tensor] = {}
    for layer, first in enumerate(LAYERS):
        into, again, bias = (weights[f"onnx::LSTM_{int(first) + part}"][0] for part in range(3))
        for name, values in (
            ("weight_ih", into),
            ("weight_hh", again),
            ("bias_ih", bias[: 4 * EMBEDDING_SIZE]),
            ("bias_hh", bias[4 * EMBEDDING_SIZE :]),
        ):
            entry, out, forget, cell = np.split(values, 4)
            gates = np.concatenate([entry, forget, cell, out])
            state[f"{name}_l{layer}"] = torch.from_numpy(np.ascontiguousarray(gates))
    return state
