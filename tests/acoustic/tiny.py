"""An acoustic model small enough to train and export in a test, and scores for it to sing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from vocoder.export import SMALLEST_STORED, in_steps
from vocoder.frames import GRID
from vocoder.pitch import PitchCurve, midi_to_hz
from voice.acoustic.config import AcousticConfig
from voice.acoustic.export import ACOUSTIC_FILE, CURVES_FILE, DURATIONS_FILE, export_acoustic
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.singer import AcousticSinger
from voice.expression import FramedNote, FramedPhone, FrameScore

TINY = AcousticConfig(
    speakers=4,
    speaker_width=8,
    phone_width=16,
    phone_blocks=1,
    prior_width=24,
    prior_blocks=2,
    latent=8,
    posterior_width=16,
    posterior_layers=1,
    flow_width=12,
    flow_layers=1,
    flow_couplings=2,
    decoder_width=24,
    decoder_blocks=1,
    predictor_width=16,
    predictor_blocks=1,
)
FILES = {"acoustic": ACOUSTIC_FILE, "curves": CURVES_FILE, "durations": DURATIONS_FILE}


def tiny_model(seed: int = 1) -> AcousticModel:
    """Random weights, none of them zero, each a number that its file holds exactly."""
    torch.manual_seed(seed)
    model = AcousticModel(TINY).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
            parameter.copy_(stored(parameter))
    return model


def stored(parameter: torch.Tensor) -> torch.Tensor:
    """The numbers nearest to a parameter's that an exported file holds: bytes or halves."""
    if parameter.ndim < 2 or parameter.numel() < SMALLEST_STORED:
        return parameter.half().float()
    steps, scale = in_steps(parameter.numpy())
    return torch.from_numpy(steps * scale)


def tiny_speaker() -> torch.Tensor:
    return tiny_model().speakers.weight[1:2].detach()


@lru_cache(maxsize=1)
def tiny_files() -> Mapping[str, bytes]:
    """The exported tiny model, file by file."""
    with tempfile.TemporaryDirectory() as folder:
        export_acoustic(tiny_model(), Path(folder))
        return {name: (Path(folder) / file).read_bytes() for name, file in FILES.items()}


@lru_cache(maxsize=1)
def tiny_sessions() -> Mapping[str, onnxruntime.InferenceSession]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return {
        name: onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        for name, data in tiny_files().items()
    }


def tiny_singer() -> AcousticSinger:
    sessions = tiny_sessions()
    return AcousticSinger(
        sessions["acoustic"], sessions["curves"], sessions["durations"], tiny_speaker().numpy()
    )


def framed_phones(*rows: tuple[str, int]) -> tuple[FramedPhone, ...]:
    """Phones one after the other, each so many frames long."""
    starts = np.cumsum([0, *(frames for _, frames in rows)])
    return tuple(
        FramedPhone(symbol, int(start), frames)
        for (symbol, frames), start in zip(rows, starts, strict=False)
    )


def frame_score(phones: Sequence[FramedPhone], midi: float = 60.0, seed: int = 0) -> FrameScore:
    """A score on one pitch whose curves move a little."""
    frames = sum(phone.frames for phone in phones)
    waves = np.sin(np.arange(frames) / 20.0)
    length_s = GRID.frames_to_seconds(frames)
    return FrameScore(
        voice="tiny",
        language="en",
        seed=seed,
        length_samples=GRID.frames_to_samples(frames),
        lead_in_s=0.0,
        phones=tuple(phones),
        notes=(FramedNote(0.0, length_s, midi, "la"),),
        written_midi=np.full(frames, midi),
        pitch=PitchCurve(midi_to_hz(midi + 0.3 * waves), np.arange(frames) % 40 > 4),
        energy=np.round(0.5 * waves, 4),
        breathiness=np.zeros(frames),
        tension=np.full(frames, 0.25),
        gender=np.zeros(frames),
    )
