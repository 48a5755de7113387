"""Voices on disk: those that ship with Melisma and those of the user, opened through the gate."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from consent.folder import SEALED_FILE, FolderBytes
from consent.gate import open_voice
from consent.grant import Operation
from consent.permit import Permit
from voice.card import SHARED, ModelFile, VoiceCard, read_card
from voice.errors import VoiceError
from voice.take import VoiceUse

CARD_FILE, SPEAKER_FILE = "card.json", "speaker.npy"
SHARED_FOLDER = "models"
BUNDLED = Path(__file__).parent / "voices"
MAX_MODEL_BYTES = 512 << 20


@dataclass(frozen=True)
class Voice:
    """A voice folder as it was read, with leave to sing from it, or to convert into it.

    `models` holds the bytes of the ONNX files, each checked against the card.
    """

    card: VoiceCard
    folder: FolderBytes
    permit: Permit
    speaker: npt.NDArray[np.float32]
    models: Mapping[str, bytes]

    @property
    def use(self) -> VoiceUse:
        """Whose voice it is and by which grant, for takes and their records."""
        return VoiceUse(self.card.name, self.permit.grant_id, self.folder.digest)


@dataclass(frozen=True)
class VoiceBank:
    """All voices there are: the bundled folder and the user's own."""

    bundled: Path
    own: Path

    @classmethod
    def open(cls, home: Path | None = None) -> VoiceBank:
        return cls(BUNDLED, (home or user_home()) / "voices")

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._folders()))

    def card(self, name: str) -> VoiceCard:
        """What a voice says of itself, read without asking leave to sing."""
        folder = self._folder(name)
        if (folder / SEALED_FILE).is_file():
            sealed = open_voice(folder, Operation.SING, datetime.now(UTC))
            return read_card(_needed(sealed.files, CARD_FILE, folder), f"{folder}/{CARD_FILE}")
        return read_card(_bytes_of(folder / CARD_FILE), f"{folder}/{CARD_FILE}")

    def is_bundled(self, name: str) -> bool:
        return self._folder(name).parent == self.bundled

    def folder(self, name: str) -> Path:
        return self._folder(name)

    def open_voice(
        self,
        name: str,
        at: datetime,
        operation: Operation = Operation.SING,
        source: str | None = None,
    ) -> Voice:
        """Read a voice and get leave to sing with it, or to convert into it.

        Args:
            source: to convert, the SHA-256 of the bytes of the recording.

        Raises:
            VoiceError: unknown or damaged; consent.errors.RefusedError: no leave.
        """
        path = self._folder(name)
        opened = open_voice(path, operation, at, source)
        folder = FolderBytes(path.name, opened.files, None, opened.digest)
        card = read_card(_needed(folder.files, CARD_FILE, path), f"{path}/{CARD_FILE}")
        speaker = _speaker_of(_needed(folder.files, SPEAKER_FILE, path), path)
        models = {key: self._model(folder, model, path) for key, model in card.models.items()}
        return Voice(card, folder, opened.permit, speaker, models)

    def add(self, folder: Path, at: datetime) -> str:
        """Copy a voice folder into the user's bank; its grant must hold."""
        opened = open_voice(folder, Operation.SING, at)
        name = folder.resolve().name
        if name in self._folders():
            raise VoiceError(f"there is a voice {name!r} already; `melisma voices remove {name}`")
        if CARD_FILE not in opened.files:
            raise VoiceError(f"{folder}: no {CARD_FILE}; give the folder of a voice")
        read_card(opened.files[CARD_FILE], f"{folder}/{CARD_FILE}")
        target = self.own / name
        partial = self.own / f".{name}.partial"
        try:
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(folder, partial)
            os.replace(partial, target)
        except OSError as error:
            raise VoiceError(
                f"{target}: the voice cannot be copied there ({error.strerror or error}); choose "
                "another MELISMA_HOME or free some space"
            ) from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return name

    def remove(self, name: str) -> None:
        """Delete one of the user's voices; bundled ones stay."""
        if self.is_bundled(name):
            raise VoiceError(f"{name} ships with Melisma and stays; only added voices are removed")
        folder = self._folder(name)
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise VoiceError(f"{folder}: cannot be removed ({error.strerror})") from error

    def _folders(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for place in (self.own, self.bundled):
            if place.is_dir():
                for folder in place.iterdir():
                    whole = any((folder / file).is_file() for file in (CARD_FILE, SEALED_FILE))
                    if whole and not folder.name.startswith("."):
                        found[folder.name] = folder
        return found

    def _folder(self, name: str) -> Path:
        folders = self._folders()
        if name not in folders:
            known = ", ".join(sorted(folders)) or "none yet"
            raise VoiceError(f"there is no voice {name!r}; the voices are: {known}")
        return folders[name]

    def _model(self, folder: FolderBytes, model: ModelFile, path: Path) -> bytes:
        if model.file.startswith(SHARED):
            data = _bytes_of(self.bundled / SHARED_FOLDER / model.file.removeprefix(SHARED))
        elif model.file in folder.files:
            data = folder.files[model.file]
        else:
            raise VoiceError(f"{path}: no {model.file}; the voice is not whole, add it again")
        if hashlib.sha256(data).hexdigest() != model.sha256:
            raise VoiceError(
                f"{model.file} of voice {path.name} is not the file its card names; reinstall it"
            )
        return data


def user_home() -> Path:
    """Where the user's voices live: MELISMA_HOME, or melisma in the XDG data folder."""
    chosen = os.environ.get("MELISMA_HOME")
    if chosen:
        return Path(chosen)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "melisma"


def _speaker_of(data: bytes, path: Path) -> npt.NDArray[np.float32]:
    try:
        vector = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except ValueError as error:
        raise VoiceError(
            f"{path}: {SPEAKER_FILE} holds no vector ({error}); add it again"
        ) from error
    return np.asarray(vector, dtype=np.float32)


def _needed(files: Mapping[str, bytes], name: str, path: Path) -> bytes:
    if name not in files:
        raise VoiceError(f"{path}: no {name}; the voice is not whole, add it again")
    return files[name]


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_MODEL_BYTES:
            raise VoiceError(f"{path}: larger than {MAX_MODEL_BYTES >> 20} MiB; not a voice's file")
        return path.read_bytes()
    except OSError as error:
        raise VoiceError(f"{path}: cannot be read ({error.strerror})") from error
