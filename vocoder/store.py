"""A folder of sound ready to train on: waves, log-mels and pitch of many recordings, memory-mapped.

index.json   {"recordings": [{"name", "first_frame", "frames", "speaker", "held_back", "kind"}]}
audio.npy    int16 (frames * hop,)      44.1 kHz, each recording padded to whole frames
mel.npy      float16 (frames, mels)     natural log amplitude
f0.npy       float32 (frames,)          Hz, positive everywhere
voiced.npy   bool (frames,)
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID, MEL_BANDS
from vocoder.pitch import PitchCurve

INT16_FULL_SCALE = 32_767.0
COLUMNS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "audio": ("<i2", ()),
    "mel": ("<f2", (MEL_BANDS,)),
    "f0": ("<f4", ()),
    "voiced": ("|b1", ()),
}


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
    """Write recordings one after the other; `first_frame` and `frames` of the rows are set here.

    Only one recording is held in memory. What lies in the folder stays until all is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = {name: folder / f".{name}.npy.partial" for name in COLUMNS}
    try:
        with ExitStack() as files:
            columns = {
                name: files.enter_context(_Column.begin(path, *COLUMNS[name]))
                for name, path in partial.items()
            }
            rows = [_append(columns, stored, sound) for stored, sound in sounds]
        for name, path in partial.items():
            os.replace(path, folder / f"{name}.npy")
    finally:
        for path in partial.values():
            path.unlink(missing_ok=True)
    index = {"recordings": [asdict(row) for row in rows]}
    (folder / "index.json").write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")
    return SoundStore(folder)


def _append(columns: Mapping[str, _Column], stored: StoredSound, sound: Sound) -> StoredSound:
    first, frames = columns["mel"].length, sound.mel.shape[1]
    wave = np.zeros(frames * GRID.hop_samples)
    heard = sound.audio[: len(wave)] * INT16_FULL_SCALE
    wave[: len(heard)] = np.clip(np.round(heard), -32_768, 32_767)
    columns["audio"].append(wave)
    columns["mel"].append(sound.mel.T)
    columns["f0"].append(sound.pitch.hz)
    columns["voiced"].append(sound.pitch.voiced)
    return replace(stored, first_frame=first, frames=frames)


@dataclass
class _Column:
    """One growing .npy file; NumPy leaves room in its header for the length to come."""

    file: BinaryIO
    dtype: np.dtype[Any]
    inner: tuple[int, ...]
    length: int = 0

    @classmethod
    @contextmanager
    def begin(cls, path: Path, dtype: str, inner: tuple[int, ...]) -> Iterator[_Column]:
        with path.open("wb") as file:
            column = cls(file, np.dtype(dtype), inner)
            column.write_header()
            yield column
            file.seek(0)
            column.write_header()

    def append(self, part: npt.NDArray[Any]) -> None:
        self.file.write(np.ascontiguousarray(part, dtype=self.dtype).tobytes())
        self.length += len(part)

    def write_header(self) -> None:
        shape = (self.length, *self.inner)
        told = {
            "descr": np.lib.format.dtype_to_descr(self.dtype),
            "fortran_order": False,
            "shape": shape,
        }
        np.lib.format.write_array_header_1_0(self.file, told)
