"""Random crops of stored sound, moved in pitch and loudness, as training batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from vocoder.errors import SoundError
from vocoder.frames import FFT_SAMPLES, GRID, HOP_SAMPLES
from vocoder.pitch import CEILING_HZ, FLOOR_HZ, PitchCurve
from vocoder.source import Excitation
from vocoder.store import INT16_FULL_SCALE, SoundStore, StoredSound
from vocoder.training.options import VocoderTrainingOptions
from vocoder.training.resampling import Resampler, quantised_speed, read_with_soxr

MEL_MARGIN_SAMPLES = (FFT_SAMPLES - HOP_SAMPLES) // 2
SPARE_FRAMES = 4
SPEECH = "speech"
LOUDEST_PEAK = 0.99


class CropBatch(NamedTuple):
    """`framed` is the wave with the margin that its mel needs at both ends.

    `mel` is None where it is to be computed from the wave.
    """

    framed: Tensor  # (batch, samples + 2 * margin)
    log2_hz: Tensor  # (batch, frames)
    voiced: Tensor  # (batch, frames)
    harmonics: Tensor  # (batch, samples)
    noise: Tensor  # (batch, samples)
    mel: Tensor | None = None  # (batch, mels, frames)

    @property
    def wave(self) -> Tensor:
        """The middle of `framed`, `(batch, samples)`."""
        return self.framed[:, MEL_MARGIN_SAMPLES : self.framed.shape[1] - MEL_MARGIN_SAMPLES]


@dataclass(frozen=True)
class Pool:
    """Recordings to draw from, with the chance of each by its length."""

    rows: tuple[tuple[SoundStore, StoredSound], ...]

    def draw(
        self, random: np.random.Generator, edges: np.ndarray
    ) -> tuple[SoundStore, StoredSound]:
        return self.rows[int(np.searchsorted(edges, random.uniform(0.0, edges[-1]), side="right"))]

    def edges(self) -> np.ndarray:
        return np.cumsum([float(row.frames) for _, row in self.rows])


def pools(stores: Sequence[SoundStore], options: VocoderTrainingOptions) -> tuple[Pool, Pool]:
    """What may be trained on: everything but speech, and speech; never what is held back."""
    shortest = _frames_read(options.crop_frames, options.pitch_shift_semitones)
    usable = [
        (store, row)
        for store in stores
        for row in store.recordings
        if not row.held_back
        and row.frames >= shortest
        and (row.full_band or not options.only_full_band)
    ]
    sung = Pool(tuple(pair for pair in usable if pair[1].kind != SPEECH))
    spoken = Pool(tuple(pair for pair in usable if pair[1].kind == SPEECH))
    if (not sung.rows and options.share_of_speech < 1.0) or (
        not spoken.rows and options.share_of_speech > 0.0
    ):
        folders = ", ".join(str(store.folder) for store in stores)
        raise SoundError(
            f"{folders}: {len(sung.rows)} sung and {len(spoken.rows)} spoken recordings of "
            f"at least {shortest} frames may be trained on, too few for a share of speech of "
            f"{options.share_of_speech:g}; add recordings or change the share"
        )
    return sung, spoken


class Crops(IterableDataset[CropBatch]):
    """Endless batches; the same seed and first step give the same ones."""

    def __init__(
        self,
        stores: Sequence[SoundStore],
        options: VocoderTrainingOptions,
        first_step: int = 0,
        rank: int = 0,
        resampler: Resampler = read_with_soxr,
    ) -> None:
        self._sung, self._spoken = pools(stores, options)
        self._options = options
        self._first_step = first_step
        self._rank = rank
        self._resampler = resampler

    def __iter__(self) -> Iterator[CropBatch]:
        options = self._options
        random = np.random.default_rng((options.seed, self._first_step, self._rank))
        sung_edges, spoken_edges = self._sung.edges(), self._spoken.edges()
        while True:
            crops = []
            for _ in range(options.batch):
                speech = random.uniform() < options.share_of_speech
                pool, edges = (self._spoken, spoken_edges) if speech else (self._sung, sung_edges)
                store, row = pool.draw(random, edges)
                crops.append(draw_crop(store, row, options, random, self._resampler))
            yield _stacked(crops)


def draw_crop(
    store: SoundStore,
    row: StoredSound,
    options: VocoderTrainingOptions,
    random: np.random.Generator,
    resampler: Resampler = read_with_soxr,
) -> CropBatch:
    """One crop, without the batch axis.

    Read at another speed where the pitch is moved, so that pitch and formants move together.
    """
    if options.stored_mels:
        return _stored_crop(store, row, options, random)
    shift = 0.0
    if random.uniform() < options.share_of_pitch_shifted:
        shift = random.uniform(-1.0, 1.0) * options.pitch_shift_semitones
    speed = quantised_speed(shift)
    needed = _frames_read(options.crop_frames, shift)
    first = int(random.integers(0, row.frames - needed + 1))
    pitch = _pitch(store, row, options.crop_frames, first, float(speed))
    raw = _audio(store, row, first, needed)
    moved = raw if speed == 1 else resampler(raw, speed)
    length = options.crop_frames * HOP_SAMPLES + 2 * MEL_MARGIN_SAMPLES
    framed = _loudness(np.ascontiguousarray(moved[:length]), options, random)
    return _crop(framed, pitch, random)


def _stored_crop(
    store: SoundStore,
    row: StoredSound,
    options: VocoderTrainingOptions,
    random: np.random.Generator,
) -> CropBatch:
    """A crop on the frames of the store, with the mel that the store holds."""
    edge = -(-MEL_MARGIN_SAMPLES // HOP_SAMPLES)
    first = int(random.integers(edge, row.frames - options.crop_frames - edge + 1))
    sound = store.read(row, first, options.crop_frames)
    begin = (row.first_frame + first) * HOP_SAMPLES - MEL_MARGIN_SAMPLES
    length = options.crop_frames * HOP_SAMPLES + 2 * MEL_MARGIN_SAMPLES
    framed = store.audio[begin : begin + length].astype(np.float32) / INT16_FULL_SCALE
    return _crop(framed, sound.pitch, random)._replace(mel=torch.from_numpy(sound.mel))


def _crop(framed: np.ndarray, pitch: PitchCurve, random: np.random.Generator) -> CropBatch:
    frames = len(pitch)
    source = Excitation(pitch, seed=0, first_cycle=random.uniform())
    noise = random.standard_normal(frames * HOP_SAMPLES, dtype=np.float32)
    return CropBatch(
        framed=torch.from_numpy(framed),
        log2_hz=torch.from_numpy(np.log2(pitch.hz).astype(np.float32)),
        voiced=torch.from_numpy(pitch.voiced.astype(np.float32)),
        harmonics=torch.from_numpy(source.harmonics(0, frames)),
        noise=torch.from_numpy(noise),
    )


def _stacked(crops: Sequence[CropBatch]) -> CropBatch:
    mels = [crop.mel for crop in crops if crop.mel is not None]
    return CropBatch(
        framed=torch.stack([crop.framed for crop in crops]),
        log2_hz=torch.stack([crop.log2_hz for crop in crops]),
        voiced=torch.stack([crop.voiced for crop in crops]),
        harmonics=torch.stack([crop.harmonics for crop in crops]),
        noise=torch.stack([crop.noise for crop in crops]),
        mel=torch.stack(mels) if mels else None,
    )


def _frames_read(crop_frames: int, shift_semitones: float) -> int:
    """Frames of a recording that a crop needs once it is read at another speed.

    The spare ones also cover what the quantised speed is faster than this one.
    """
    margin_frames = -(-2 * MEL_MARGIN_SAMPLES // HOP_SAMPLES)
    return (
        int(np.ceil((crop_frames + margin_frames) * 2.0 ** (shift_semitones / 12.0))) + SPARE_FRAMES
    )


def _audio(store: SoundStore, row: StoredSound, first: int, frames: int) -> np.ndarray:
    begin = (row.first_frame + first) * HOP_SAMPLES
    stored = store.audio[begin : begin + frames * HOP_SAMPLES]
    return np.asarray(stored.astype(np.float32) / INT16_FULL_SCALE)


def _pitch(
    store: SoundStore, row: StoredSound, crop_frames: int, first: int, speed: float
) -> PitchCurve:
    """Pitch at the frame centres of the crop, which starts one mel margin into what is read."""
    margin_frames = MEL_MARGIN_SAMPLES / HOP_SAMPLES
    position = (GRID.centres_s(crop_frames) * GRID.frames_per_second + margin_frames) * speed - 0.5
    span = slice(row.first_frame + first, row.first_frame + row.frames)
    known = np.arange(span.stop - span.start)
    log2_hz = np.interp(position, known, np.log2(store.f0[span].astype(np.float64)))
    hz = np.clip(np.exp2(log2_hz) * speed, FLOOR_HZ, CEILING_HZ)
    nearest = np.clip(np.round(position).astype(np.int64), 0, len(known) - 1)
    return PitchCurve(hz, np.asarray(store.voiced[span])[nearest])


def _loudness(
    wave: np.ndarray, options: VocoderTrainingOptions, random: np.random.Generator
) -> np.ndarray:
    gain = 10.0 ** (random.uniform(*options.loudness_db) / 20.0)
    peak = float(np.max(np.abs(wave)))
    return np.asarray(wave * min(gain, LOUDEST_PEAK / max(peak, 1e-6)), dtype=np.float32)
