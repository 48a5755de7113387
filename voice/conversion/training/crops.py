"""Endless batches: disguised recordings, what was said in them, and who is to say it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from vocoder.pitch import CEILING_HZ, FLOOR_HZ, PitchCurve, midi_to_hz
from voice.acoustic.comb import comb_of
from voice.acoustic.networks.prior import FrameTrack, PhoneTrack
from voice.acoustic.training.crops import cut
from voice.acoustic.training.phrases import PhraseArrays, narrow_band_mask
from voice.conversion.config import ContentConfig
from voice.conversion.features import envelope_of
from voice.conversion.networks import Heard
from voice.conversion.training.disguise import disguised
from voice.conversion.training.options import ContentTrainingOptions

MEAN_EVERY = 6
SOUNDING_BELOW_LOUDEST = 3.5
WIDEST_SHIFT = 14
STRAY_SEMITONES = 4
SAME_PITCH_SHARE = 0.3
BLEND_SHARE = 0.25
MOST_BLENDED = 4

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Singer:
    """A speaker of the run: `row` of the acoustic model, `usual` mean envelope `(40,)`."""

    row: int
    usual: Floats32
    midi: float
    embeddings: Floats32


class ContentBatch(NamedTuple):
    """The first crops are reconstructed, the last `crossing` are said by another singer.

    `mel` (batch, mels, frames) is the recording's own; `present` (batch, frames) is 0 in padding.
    `blend` (batch, speakers) mixes the acoustic model's rows into the singer to be; `embedding`
    (batch, 256) stands for them where `by_embedding` (batch, 1) is 1. `frames` are the singer's
    to be: pitch, comb, energy.
    """

    heard: Heard
    phones: PhoneTrack
    frames: FrameTrack
    mel: Tensor
    present: Tensor
    labelled: Tensor
    blend: Tensor
    embedding: Tensor
    by_embedding: Tensor
    crossing: int


def meet_singers(
    phrases: Mapping[str, Sequence[PhraseArrays]],
    rows: Mapping[str, int],
    embeddings: Mapping[str, Floats32],
) -> dict[str, Singer]:
    """Every speaker's usual envelope and pitch, over a part of their recordings."""
    by_speaker: dict[str, list[PhraseArrays]] = {}
    for pool in phrases.values():
        for phrase in pool:
            by_speaker.setdefault(phrase.speaker, []).append(phrase)
    none = np.zeros((0, ContentConfig.embedding), dtype=np.float32)
    return {
        name: Singer(
            rows[name],
            np.mean([sounding_mean(phrase) for phrase in mine[::MEAN_EVERY]], axis=0),
            float(np.median(np.concatenate([p.midi[p.voiced] for p in mine[::MEAN_EVERY]]))),
            embeddings.get(name, none),
        )
        for name, mine in by_speaker.items()
    }


def sounding_mean(phrase: PhraseArrays) -> Floats32:
    """The mean envelope of a phrase where it sounds, `(40,)`."""
    mel = phrase.mel.astype(np.float32)
    level = mel.mean(axis=0)
    sounding = level > np.percentile(level, 95) - SOUNDING_BELOW_LOUDEST
    pitch = PitchCurve(_clipped_hz(phrase.midi), phrase.voiced)
    return np.asarray(envelope_of(mel, pitch)[:, sounding].mean(axis=1), dtype=np.float32)


class ContentCrops(IterableDataset[ContentBatch]):
    """Draws stores by their shares, recordings by their length, crops anywhere."""

    def __init__(
        self,
        phrases: Mapping[str, Sequence[PhraseArrays]],
        singers: Mapping[str, Singer],
        speakers: int,
        options: ContentTrainingOptions,
        first_step: int,
    ) -> None:
        self._pools = [list(pool) for pool in phrases.values()]
        shares = np.array([options.shares.get(name, 1.0) for name in phrases])
        self._shares = shares / shares.sum()
        lengths = [np.array([p.frames for p in pool], dtype=np.float64) for pool in self._pools]
        self._weights = [length / length.sum() for length in lengths]
        self._singers = singers
        self._names = sorted(singers)
        self._speakers = speakers
        self._options = options
        self._rng = np.random.default_rng((options.seed, first_step))
        self._narrow = narrow_band_mask()

    def __iter__(self) -> Iterator[ContentBatch]:
        options = self._options
        crossing = round(options.batch * options.crossing_share)
        while True:
            crops = [self._crop(i >= options.batch - crossing) for i in range(options.batch)]
            yield _stacked(crops, crossing)

    def _crop(self, crossing: bool) -> dict[str, npt.NDArray[np.generic]]:
        rng, length = self._rng, self._options.crop_frames
        store = int(rng.choice(len(self._pools), p=self._shares))
        pool = self._pools[store]
        phrase = pool[int(rng.choice(len(pool), p=self._weights[store]))]
        start = int(rng.integers(0, max(1, phrase.frames - length + 1)))
        stop = min(start + length, phrase.frames)
        crop = cut(phrase, start, stop, length, 0.0, self._narrow)
        pitch = PitchCurve(_clipped_hz(phrase.midi[start:stop]), phrase.voiced[start:stop])
        singer = self._singers[phrase.speaker]
        mel = crop["mel"][:, : stop - start].astype(np.float32)
        heard = disguised(mel, pitch, singer.usual, rng)
        aim = self._aim() if crossing else [singer]
        shift = self._shift(singer, aim) if crossing else 0.0
        shown = np.full(ContentConfig.embedding, 0.0, dtype=np.float32)
        known = len(aim) == 1 and len(aim[0].embeddings) > 0
        by_embedding = known and rng.random() < self._options.embedding_share
        if by_embedding:
            shown = aim[0].embeddings[int(rng.integers(len(aim[0].embeddings)))]
        blend = np.zeros(self._speakers, dtype=np.float32)
        blend[[one.row for one in aim]] = 1.0 / len(aim)
        room = length - (stop - start)
        moved = crop | _moved(crop, shift, stop - start, length)
        return moved | {
            "envelope": np.pad(heard.envelope, ((0, 0), (0, room)), mode="edge"),
            "usual": heard.usual,
            "trust": np.array([heard.trust], dtype=np.float32),
            "source_midi": crop["midi"],
            "shift": np.full(length, shift, dtype=np.float32),
            "present": np.pad(np.ones(stop - start, dtype=np.float32), (0, room)),
            "blend": blend,
            "embedding": shown,
            "by_embedding": np.array([by_embedding], dtype=np.float32),
        }

    def _aim(self) -> list[Singer]:
        """Who is to say it: a singer of the model, or an invention blended of several."""
        rng = self._rng
        count = 1 if rng.random() >= BLEND_SHARE else int(rng.integers(2, MOST_BLENDED + 1))
        first = self._singers[self._names[int(rng.integers(len(self._names)))]]
        near = sorted(self._singers.values(), key=lambda one: abs(one.midi - first.midi))
        others = rng.permutation(np.arange(1, min(len(near), 10)))[: count - 1]
        return [first, *(near[int(i)] for i in others)]

    def _shift(self, singer: Singer, aim: Sequence[Singer]) -> float:
        """Semitones towards the pitch that the singer to be is at home in."""
        if self._rng.random() < SAME_PITCH_SHARE:
            return 0.0
        home = float(np.mean([one.midi for one in aim]))
        stray = self._rng.integers(-STRAY_SEMITONES, STRAY_SEMITONES + 1)
        return float(np.clip(round(home - singer.midi) + stray, -WIDEST_SHIFT, WIDEST_SHIFT))


def _moved(
    crop: Mapping[str, npt.NDArray[np.generic]], shift: float, present: int, length: int
) -> dict[str, npt.NDArray[np.generic]]:
    """Pitch, note and comb of a crop, transposed."""
    if shift == 0.0:
        return {}
    midi = crop["midi"].astype(np.float32) + np.float32(shift)
    note = crop["note"].astype(np.float32) + np.float32(shift)
    voiced = crop["voiced"][:present].astype(np.bool_)
    comb = comb_of(PitchCurve(_clipped_hz(midi[:present]), voiced))
    padded = np.pad(comb, ((0, 0), (0, length - present)))
    return {"midi": midi, "note": note, "comb": padded}


def _clipped_hz(midi: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    return np.clip(midi_to_hz(midi.astype(np.float64)), FLOOR_HZ, CEILING_HZ)


def _stacked(crops: Sequence[Mapping[str, npt.NDArray[np.generic]]], crossing: int) -> ContentBatch:
    longest = max(crop["phoneme"].shape[0] for crop in crops)

    def phones(name: str) -> Tensor:
        rows = [np.pad(c[name], (0, longest - c[name].shape[0])) for c in crops]
        return torch.from_numpy(np.stack(rows))

    def rows(name: str) -> Tensor:
        return torch.from_numpy(np.stack([crop[name] for crop in crops]))

    return ContentBatch(
        heard=Heard(
            *(rows(n) for n in ("envelope", "usual", "trust", "source_midi", "voiced", "shift"))
        ),
        phones=PhoneTrack(*(phones(n) for n in ("phoneme", "language", "stress", "seconds"))),
        frames=FrameTrack(*(rows(name) for name in FrameTrack._fields)),
        mel=rows("mel"),
        present=rows("present"),
        labelled=rows("labelled"),
        blend=rows("blend"),
        embedding=rows("embedding"),
        by_embedding=rows("by_embedding"),
        crossing=crossing,
    )
