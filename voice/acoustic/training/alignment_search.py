"""Monotonic alignment search: where each phone of a transcript lies in a recording without times.

As in Glow-TTS (Kim et al. 2020) and VITS, the most likely monotonic path of phones through the
shared latents; here each phone has a beginning, a middle and an end, and pauses between words are
optional.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lyrics.phonemes import INVENTORY, SILENCE
from vocoder.frames import GRID
from vocoder.pitch import hz_to_midi
from vocoder.store import Sound
from voice.acoustic.config import language_id
from voice.acoustic.loudness import energy_of
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.networks.prior import FrameTrack, PhoneTrack, gather_phones
from voice.corpora.labels import LabelledPhone

NOMINAL_FRAMES = 8
SUB_STATES = (1, 4, 6)
"""A phone is sung for eight frames in the mind; three of them stand for its parts."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Said:
    """One phone of a transcript; a pause between words may be left out."""

    symbol: str
    stress: int = 0
    optional: bool = False


def with_optional_pauses(words: Sequence[Sequence[Said]]) -> tuple[Said, ...]:
    """A transcript with silence around it and room for a pause between any two words."""
    said: list[Said] = [Said(SILENCE.symbol)]
    for index, word in enumerate(words):
        if index:
            said.append(Said(SILENCE.symbol, optional=True))
        said += word
    return (*said, Said(SILENCE.symbol))


def best_path(log_likelihood: Floats, skippable: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """The state of every frame on the most likely monotonic path from first to last state.

    Args:
        log_likelihood: `(states, frames)`.
        skippable: `(states,)`; the path may step over a skippable state.

    Returns:
        `(frames,)`; raises ValueError where there are too few frames for the states.
    """
    states, frames = log_likelihood.shape
    if frames < states - int(skippable.sum()):
        raise ValueError(f"{states} states do not fit into {frames} frames")
    score = np.full(states, -np.inf)
    score[0] = log_likelihood[0, 0]
    came_from = np.zeros((frames, states), dtype=np.int8)
    over = np.concatenate([[False, False], skippable[1:-1]])[:states]
    for frame in range(1, frames):
        stay = score
        step = np.concatenate([[-np.inf], score[:-1]])
        skipped = np.concatenate([[-np.inf, -np.inf], score[:-2]])[:states]
        skip = np.where(over, skipped, -np.inf)
        choices = np.stack([stay, step, skip])
        came_from[frame] = np.argmax(choices, axis=0)
        score = choices.max(axis=0) + log_likelihood[:, frame]
    if score[-1] == -np.inf:
        raise ValueError(f"no path leads through {states} states in {frames} frames")
    path = np.zeros(frames, dtype=np.int64)
    path[-1] = states - 1
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = path[frame] - came_from[frame, path[frame]]
    return path


@torch.no_grad()
def align_said(
    model: AcousticModel, sound: Sound, said: Sequence[Said], language: str, gain_nepers: float
) -> tuple[LabelledPhone, ...]:
    """Times for a transcript, by the average speaker's flow.

    Args:
        gain_nepers: added to the log-mel to bring the recording to the trained level.
    """
    mel = sound.mel + np.float32(gain_nepers)
    speaker = model.speakers.weight.mean(dim=0, keepdim=True)
    mean, _ = model.posterior(torch.from_numpy(mel)[None], speaker)
    shared = model.flow(mean, speaker)[0].double().numpy()
    likelihood = _state_likelihood(model, sound, mel, said, language, speaker, shared)
    optional = np.repeat([one.optional for one in said], len(SUB_STATES))
    kept, owner = _collapsed(optional)
    path = best_path(likelihood[kept], optional[kept])
    return _runs(said, owner[path], mel.shape[1])


def _collapsed(
    optional: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Sub-states that are kept (of an optional pause only its middle) and the phone each is of."""
    index = np.arange(len(optional))
    sub = index % len(SUB_STATES)
    kept = index[~optional | (sub == 1)]
    return kept, kept // len(SUB_STATES)


def _state_likelihood(
    model: AcousticModel,
    sound: Sound,
    mel: npt.NDArray[np.float32],
    said: Sequence[Said],
    language: str,
    speaker: Tensor,
    shared: Floats,
) -> Floats:
    """log p(shared latent of a frame | sub-state of a phone), `(states, frames)`.

    Pitch, level and voicing are conditions of the prior, so every state is asked at the values of
    the recording's own typical voiced and quiet frames.
    """
    count = len(said)
    phones = PhoneTrack(
        torch.tensor([[INVENTORY.id_of(one.symbol) for one in said]]),
        torch.full((1, count), language_id(language)),
        torch.tensor([[one.stress for one in said]]),
        torch.full((1, count), NOMINAL_FRAMES * GRID.frame_s),
    )
    owner = np.repeat(np.arange(count), NOMINAL_FRAMES)
    since = np.tile(np.arange(NOMINAL_FRAMES) + 0.5, count)
    voiced = np.array([INVENTORY[one.symbol].voiced for one in said])[owner]
    pauses = np.array([INVENTORY[one.symbol].is_pause for one in said])[owner]
    quiet, loud = np.percentile(energy_of(mel), [5, 75])
    midi = float(np.median(hz_to_midi(sound.pitch.hz[sound.pitch.voiced])))

    def track(values: npt.ArrayLike) -> Tensor:
        return torch.tensor(np.asarray(values, dtype=np.float32)[None])

    zeros = np.zeros(len(owner))
    frames = FrameTrack(
        phone=torch.from_numpy(owner[None]),
        since=track(since),
        until=track(NOMINAL_FRAMES - since),
        note=track(zeros + midi),
        midi=track(zeros + midi),
        voiced=track(voiced),
        energy=track(np.where(pauses, quiet, loud)),
        breathiness=track(zeros),
        tension=track(zeros),
        comb=torch.zeros(1, mel.shape[0], len(owner)),
    )
    encoded = gather_phones(model.phones(phones, speaker), frames.phone)
    chosen = (np.arange(count)[:, None] * NOMINAL_FRAMES + np.array(SUB_STATES)).ravel()
    mean, log_std = (
        part[0].double().numpy()[:, chosen] for part in model.prior(encoded, frames, speaker)
    )
    precision = np.exp(-2.0 * log_std)
    squares = (
        precision.T @ shared**2
        - 2.0 * (precision * mean).T @ shared
        + (precision * mean**2).sum(axis=0)[:, None]
    )
    return np.asarray(-0.5 * squares - log_std.sum(axis=0)[:, None])


def _runs(
    said: Sequence[Said], owner: npt.NDArray[np.int64], frames: int
) -> tuple[LabelledPhone, ...]:
    turns = np.flatnonzero(np.diff(owner)) + 1
    edges = [0, *turns.tolist(), frames]
    return tuple(
        LabelledPhone(
            said[int(owner[first])].symbol,
            GRID.frames_to_seconds(first),
            GRID.frames_to_seconds(last),
            said[int(owner[first])].stress,
        )
        for first, last in itertools.pairwise(edges)
    )
