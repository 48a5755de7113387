"""A speaker vector and the decoder behind it, tuned until others sound like the person in it.

Zero-shot, an embedding alone says how the person sounds; few-shot, a minute or more of their
recordings is rebuilt as well. All that is needed lies in the voice's own files: the weights are
read from the ONNX models, tuned in torch, and put back in their places. The content encoder stays
as it is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import Tensor, nn

from vocoder.pitch import PitchCurve
from voice.acoustic.exported_weights import replace_weights
from voice.acoustic.networks.decoder import MelDecoder
from voice.acoustic.networks.posterior import SpeakerFlow
from voice.acoustic.networks.prior import FrameTrack
from voice.acoustic.training.losses import mel_loss
from voice.conversion.features import envelope_of
from voice.conversion.listening import HeardMel
from voice.conversion.networks import ContentEncoder, Heard
from voice.conversion.training.disguise import disguised
from voice.conversion.training.heard_frames import frames_of, rows
from voice.conversion.training.likeness import Aim, Likeness, Saying, Strangers
from voice.conversion.training.rebuilding import rebuilt_content, rebuilt_decoder
from voice.conversion.training.strangers import strangers

GRADIENT_CEILING = 1.0
LAST_RATE_SHARE = 0.05
OWN_WEIGHT = 0.3

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class AdaptOptions:
    """What a caller wants of the tuning; the defaults take two or three minutes on a core.

    `batch` crops of the recordings and of `strangers` are heard in every step.
    """

    steps: int = 300
    batch: int = 6
    strangers: int = 4
    crop_frames: int = 120
    learning_rate: float = 5e-4
    speaker_rate: float = 1e-2
    seed: int = 0
    threads: int = 2

    def __post_init__(self) -> None:
        least = min(self.steps, self.batch, self.strangers)
        if least < 1 or self.crop_frames < 16:
            raise ValueError(
                f"tuning needs a step, a crop, a stranger and 16 frames at least, not "
                f"{self.steps}, {self.batch}, {self.strangers} and {self.crop_frames}"
            )


@dataclass(frozen=True)
class Adapted:
    """A tuned voice: its vector, its acoustic model, and the loss before and after."""

    speaker: Floats32
    acoustic: bytes
    first_loss: float
    last_loss: float
    elapsed_s: float


class _Tuned(nn.Module):
    """The parts that are tuned, and the encoder that is not."""

    def __init__(self, acoustic: onnx.ModelProto, content: onnx.ModelProto, row: Floats32) -> None:
        super().__init__()
        self.flow: SpeakerFlow
        self.decoder: MelDecoder
        self.flow, self.decoder = rebuilt_decoder(acoustic)
        self.encoder: ContentEncoder = rebuilt_content(content).requires_grad_(False)
        self.row = nn.Parameter(torch.from_numpy(row.reshape(-1).astype(np.float32)))

    def forward(self, heard: Heard, frames: FrameTrack) -> Tensor:
        speaker = self.row[None].expand(len(heard.midi), -1)
        content = self.encoder(heard, speaker)
        mel: Tensor = self.decoder(self.flow.inverse(content.shared, speaker), frames, speaker)
        return mel


def adapt(
    acoustic: bytes,
    content: bytes,
    speaker: Floats32,
    aim: Aim,
    recordings: Sequence[HeardMel],
    options: AdaptOptions,
    progress: Callable[[float], None] = lambda share: None,
) -> Adapted:
    """Tune a voice's vector, flow and decoder.

    Args:
        aim: whom it is to sound like.
        recordings: of that person, to be said as they are; none, and the aim is all there is.
    """
    began = time.monotonic()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    model, listener = onnx.load_from_string(acoustic), onnx.load_from_string(content)
    tuned = _Tuned(model, listener, speaker)
    before = _Tuned(model, listener, speaker).requires_grad_(False)
    moving = [*tuned.flow.parameters(), *tuned.decoder.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": [tuned.row], "lr": options.speaker_rate},
            {"params": moving, "lr": options.learning_rate},
        ],
        weight_decay=0.0,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _fall(step, options.steps))
    people = strangers()
    likeness = Likeness(before.encoder, before.row[None], aim, people)
    others = Strangers(people, aim, options.strangers, options.seed)
    crops = _Crops(recordings, options) if recordings else None
    losses: list[float] = []
    for step in range(options.steps):
        progress(step / options.steps)
        saying = others.draw()
        made, first = _said(tuned, saying), _said(before, saying)
        loss = likeness(made, first, saying)
        if crops is not None:
            heard, frames, mel = crops.draw()
            with torch.autocast("cpu", torch.bfloat16):
                own = tuned(heard, frames)
            loss = loss + OWN_WEIGHT * mel_loss(own.float(), mel, torch.ones_like(mel))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([tuned.row, *moving], GRADIENT_CEILING)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    replace_weights(model, _weights(tuned))
    few = max(1, min(20, len(losses) // 4))
    return Adapted(
        tuned.row.detach().numpy().copy(),
        bytes(model.SerializeToString()),
        float(np.mean(losses[:few])),
        float(np.mean(losses[-few:])),
        time.monotonic() - began,
    )


def _said(voice: _Tuned, saying: Saying) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        mel: Tensor = voice(saying.heard, saying.frames)
    return mel.float()


def _weights(tuned: _Tuned) -> dict[str, Floats32]:
    parts: dict[str, nn.Module] = {"model.flow": tuned.flow, "model.decoder": tuned.decoder}
    return {
        f"{name}.{key}": value.detach().numpy()
        for name, part in parts.items()
        for key, value in part.state_dict().items()
    }


def _fall(step: int, steps: int) -> float:
    half = 0.5 * (1.0 + math.cos(math.pi * step / steps))
    return LAST_RATE_SHARE + (1.0 - LAST_RATE_SHARE) * half


class _Crops:
    """Disguised crops of a few recordings, and what they were."""

    def __init__(self, recordings: Sequence[HeardMel], options: AdaptOptions) -> None:
        self._recordings = [one for one in recordings if one.mel.shape[1] >= options.crop_frames]
        if not self._recordings:
            raise ValueError(f"tuning needs a recording of {options.crop_frames} frames at least")
        lengths = np.array([one.mel.shape[1] for one in self._recordings], dtype=np.float64)
        self._weights = lengths / lengths.sum()
        self._options = options
        self._random = np.random.default_rng(options.seed)
        means = [envelope_of(one.mel, one.pitch)[:, one.sounding] for one in self._recordings]
        self._usual = np.concatenate(means, axis=1).mean(axis=1)

    def draw(self) -> tuple[Heard, FrameTrack, Tensor]:
        crops = [self._crop() for _ in range(self._options.batch)]

        disguises = [disguised(mel, pitch, self._usual, self._random) for mel, pitch in crops]
        frames = frames_of([mel for mel, _ in crops], [pitch for _, pitch in crops])
        heard = Heard(
            rows([one.envelope for one in disguises]),
            rows([one.usual for one in disguises]),
            rows([np.array([one.trust]) for one in disguises]),
            frames.midi,
            frames.voiced,
            torch.zeros_like(frames.midi),
        )
        return heard, frames, rows([mel for mel, _ in crops])

    def _crop(self) -> tuple[Floats32, PitchCurve]:
        length = self._options.crop_frames
        one = self._recordings[int(self._random.choice(len(self._recordings), p=self._weights))]
        start = int(self._random.integers(0, one.mel.shape[1] - length + 1))
        span = slice(start, start + length)
        return one.mel[:, span], PitchCurve(one.pitch.hz[span], one.pitch.voiced[span])
