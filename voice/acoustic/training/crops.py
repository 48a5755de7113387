"""Endless batches of crops: phones and frames as the networks take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from vocoder.frames import MEL_BANDS
from vocoder.pitch import PitchCurve, midi_to_hz
from voice.acoustic.comb import comb_of
from voice.acoustic.loudness import energy_of
from voice.acoustic.networks.prior import FrameTrack, PhoneTrack
from voice.acoustic.training.options import AcousticTrainingOptions
from voice.acoustic.training.phrases import NEPERS_PER_DB, PhraseArrays, narrow_band_mask

LOG_FLOOR = float(np.log(1e-5))


class Targets(NamedTuple):
    """What the networks should have said; `weight` (batch, mels, frames) is 0 where unknown.

    `deviation` in semitones counts where `steady` is 1; `labelled` (batch, frames);
    `log_seconds` (batch, phones) counts where `timed` is 1.
    """

    mel: Tensor
    weight: Tensor
    labelled: Tensor
    deviation: Tensor
    steady: Tensor
    log_seconds: Tensor
    timed: Tensor


class AcousticBatch(NamedTuple):
    speaker: Tensor
    phones: PhoneTrack
    frames: FrameTrack
    targets: Targets


class AcousticCrops(IterableDataset[AcousticBatch]):
    """Draws stores by their shares, recordings by their length, crops anywhere.

    `rank` is the number of the device, so that no two draw the same.
    """

    def __init__(
        self,
        phrases: Mapping[str, Sequence[PhraseArrays]],
        speakers: Mapping[str, int],
        options: AcousticTrainingOptions,
        first_step: int,
        rank: int = 0,
    ) -> None:
        self._pools = [list(pool) for pool in phrases.values()]
        shares = np.array([options.shares.get(name, 1.0) for name in phrases])
        self._shares = shares / shares.sum()
        lengths = [np.array([p.frames for p in pool], dtype=np.float64) for pool in self._pools]
        self._weights = [length / length.sum() for length in lengths]
        self._speakers = speakers
        self._options = options
        self._rng = np.random.default_rng((options.seed, first_step, *((rank,) if rank else ())))
        self._narrow = narrow_band_mask()

    def __iter__(self) -> Iterator[AcousticBatch]:
        while True:
            yield self._batch([self._crop() for _ in range(self._options.batch)])

    def _crop(self) -> dict[str, npt.NDArray[np.generic]]:
        rng, length = self._rng, self._options.crop_frames
        store = int(rng.choice(len(self._pools), p=self._shares))
        phrase = self._pools[store][
            int(rng.choice(len(self._pools[store]), p=self._weights[store]))
        ]
        start = int(rng.integers(0, max(1, phrase.frames - length + 1)))
        stop = min(start + length, phrase.frames)
        jitter_db = rng.uniform(-1.0, 1.0) * self._options.loudness_jitter_db
        return cut(phrase, start, stop, length, jitter_db, self._narrow) | {
            "speaker": np.array(self._speakers[phrase.speaker])
        }

    def _batch(self, crops: list[dict[str, npt.NDArray[np.generic]]]) -> AcousticBatch:
        longest = max(crop["phoneme"].shape[0] for crop in crops)

        def phones(name: str) -> Tensor:
            rows = [np.pad(c[name], (0, longest - c[name].shape[0])) for c in crops]
            return torch.from_numpy(np.stack(rows))

        def frames(name: str) -> Tensor:
            return torch.from_numpy(np.stack([crop[name] for crop in crops]))

        return AcousticBatch(
            speaker=frames("speaker"),
            phones=PhoneTrack(*(phones(n) for n in ("phoneme", "language", "stress", "seconds"))),
            frames=FrameTrack(*(frames(name) for name in FrameTrack._fields)),
            targets=Targets(
                frames("mel"),
                frames("weight"),
                frames("labelled"),
                frames("deviation"),
                frames("steady"),
                phones("log_seconds"),
                phones("timed"),
            ),
        )


def cut(
    phrase: PhraseArrays,
    start: int,
    stop: int,
    length: int,
    gain_db: float,
    narrow: npt.NDArray[np.float32],
) -> dict[str, npt.NDArray[np.generic]]:
    """Frames `[start, stop)` of a phrase, padded to `length`, with the phones they touch."""
    index = phrase.phone[start:stop]
    first, last = int(index[0]), int(index[-1]) + 1
    at = np.arange(start, stop)
    ends = np.append(phrase.first_frame[1:], phrase.frames)
    mel = np.maximum(
        phrase.mel[:, start:stop].astype(np.float32) + gain_db * NEPERS_PER_DB, LOG_FLOOR
    )
    voiced = phrase.voiced[start:stop]
    midi = phrase.midi[start:stop]
    breathy, tense = phrase.style == "whisper", phrase.style == "strong"
    labelled = phrase.labelled[start:stop].astype(np.float32)
    weight = np.broadcast_to(labelled, (MEL_BANDS, len(at)))
    if not phrase.full_band:
        weight = weight * narrow
    frames = {
        "phone": index - first,
        "since": (at - phrase.first_frame[index] + 0.5).astype(np.float32),
        "until": (ends[index] - at - 0.5).astype(np.float32),
        "note": phrase.note[start:stop],
        "midi": midi,
        "voiced": voiced.astype(np.float32),
        "energy": energy_of(mel).astype(np.float32),
        "breathiness": np.full(len(at), float(breathy), dtype=np.float32),
        "tension": np.full(len(at), float(tense), dtype=np.float32),
        "comb": comb_of(PitchCurve(midi_to_hz(midi), voiced)),
        "mel": mel,
        "weight": weight,
        "labelled": labelled,
        "deviation": np.clip(midi - phrase.note[start:stop], -2.0, 2.0),
        "steady": (voiced & phrase.sung_note).astype(np.float32) * labelled,
    }
    padded = {
        name: np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, length - array.shape[-1])])
        for name, array in frames.items()
    }
    chosen = slice(first, last)
    whole = np.ones(last - first, dtype=np.float32)
    whole[0] = whole[-1] = 0.0
    known = np.array([phrase.labelled[f] for f in phrase.first_frame[chosen]], dtype=np.float32)
    return padded | {
        "phoneme": phrase.phoneme[chosen],
        "language": np.full(last - first, phrase.language),
        "stress": phrase.stress[chosen],
        "seconds": phrase.seconds[chosen],
        "log_seconds": np.log(np.maximum(phrase.seconds[chosen], 0.01)),
        "timed": whole * known,
    }
