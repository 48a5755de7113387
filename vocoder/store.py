"""A folder of sound ready to train on: waves, log-mels and pitch of many recordings, memory-mapped.

index.json   {"recordings": [{"name", "first_frame", "frames", "speaker", "held_back", "kind"}]}
audio.npy    int16 (frames * hop,)      44.1 kHz, each recording padded to whole frames
mel.npy      float16 (frames, mels)     natural log amplitude
f0.npy       float32 (frames,)          Hz, positive everywhere
voiced.npy   bool (frames,)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID, MEL_BANDS
from vocoder.pitch import PitchCurve

INT16_FULL_SCALE = 32_767.0


@dataclass(frozen=True)
class StoredSound:
    """Where one recording lies in the store.

    `held_back` recordings never train; `full_band` is false where nothing above 12 kHz was
    recorded.
    """

    name: str
    first_frame: int
    frames: int
    speaker: str
    kind: str
    held_back: bool
    full_band: bool = True


@dataclass(frozen=True)
class Sound:
    """What a store keeps of a recording: `audio` float32 `(samples,)`, `mel` `(mels, frames)`."""

    audio: npt.NDArray[np.float32]
    mel: npt.NDArray[np.float32]
    pitch: PitchCurve


@dataclass(frozen=True)
class SoundStore:
    """An opened store; arrays are memory maps and cost nothing until they are read."""

    folder: Path

    @cached_property
    def recordings(self) -> tuple[StoredSound, ...]:
        rows = json.loads((self.folder / "index.json").read_text(encoding="utf-8"))["recordings"]
        return tuple(StoredSound(**row) for row in rows)

    @cached_property
    def audio(self) -> npt.NDArray[np.int16]:
        audio: npt.NDArray[np.int16] = self._map("audio")
        return audio

    @cached_property
    def mel(self) -> npt.NDArray[np.float16]:
        mel: npt.NDArray[np.float16] = self._map("mel")
        return mel

    @cached_property
    def f0(self) -> npt.NDArray[np.float32]:
        f0: npt.NDArray[np.float32] = self._map("f0")
        return f0

    @cached_property
    def voiced(self) -> npt.NDArray[np.bool_]:
        voiced: npt.NDArray[np.bool_] = self._map("voiced")
        return voiced

    def _map(self, name: str) -> npt.NDArray[Any]:
        array: npt.NDArray[Any] = np.load(
            self.folder / f"{name}.npy", mmap_mode="r", allow_pickle=False
        )
        return array

    def read(self, stored: StoredSound, first_frame: int = 0, frames: int | None = None) -> Sound:
        """Frames `[first_frame, first_frame + frames)` of one recording, all of it by default."""
        begin = stored.first_frame + first_frame
        end = begin + (stored.frames - first_frame if frames is None else frames)
        hop = GRID.hop_samples
        audio = self.audio[begin * hop : end * hop].astype(np.float32) / INT16_FULL_SCALE
        mel = np.ascontiguousarray(self.mel[begin:end].T, dtype=np.float32)
        pitch = PitchCurve(self.f0[begin:end].astype(np.float64), np.array(self.voiced[begin:end]))
        return Sound(audio, mel, pitch)


def write_store(folder: Path, sounds: Iterable[tuple[StoredSound, Sound]]) -> SoundStore:
    """Write recordings one after the other; `first_frame` of the rows is set here."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[StoredSound] = []
    parts: list[Sound] = []
    first = 0
    for stored, sound in sounds:
        frames = sound.mel.shape[1]
        rows.append(StoredSound(**{**asdict(stored), "first_frame": first, "frames": frames}))
        parts.append(sound)
        first += frames
    hop = GRID.hop_samples
    audio = np.zeros(first * hop, dtype=np.int16)
    mel = np.zeros((first, MEL_BANDS), dtype=np.float16)
    f0 = np.zeros(first, dtype=np.float32)
    voiced = np.zeros(first, dtype=np.bool_)
    for row, sound in _pairs(rows, parts):
        span = slice(row.first_frame, row.first_frame + row.frames)
        wave = np.clip(np.round(sound.audio * INT16_FULL_SCALE), -32_768, 32_767)
        start = row.first_frame * hop
        audio[start : start + len(wave)] = wave[: row.frames * hop]
        mel[span] = sound.mel.T
        f0[span] = sound.pitch.hz
        voiced[span] = sound.pitch.voiced
    for name, array in (("audio", audio), ("mel", mel), ("f0", f0), ("voiced", voiced)):
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    index = {"recordings": [asdict(row) for row in rows]}
    (folder / "index.json").write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")
    return SoundStore(folder)


def _pairs(
    rows: Sequence[StoredSound], parts: Sequence[Sound]
) -> Iterator[tuple[StoredSound, Sound]]:
    return zip(rows, parts, strict=True)
