"""Whose voice is it: GE2E speaker embeddings (Wan et al. 2018, arXiv:1710.10467) by ONNX.

The weights are Resemblyzer's (Apache-2.0), exported once by `voice.training.speaker_export`.
Nothing is embedded without a permit for these very bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from consent.canonical import sha256_hex
from consent.checks import identity_digest
from consent.folder import digest_files
from consent.gate import digest_audio, verify
from consent.grant import Operation
from consent.permit import Permit
from voice.errors import VoiceError
from voice.sound_bytes import SPEECH_RATE_HZ, Samples, decode_speech

MODEL = Path(__file__).parent / "data" / "ge2e.onnx"
MODEL_SHA256 = "bae876bc24a73b4f287bdd72570da2414a0e205c6a43e6527fcbe7e546300686"
EMBEDDING_SIZE = 256
MEL_BANDS = 40
WINDOW_SAMPLES, HOP_SAMPLES = 400, 160
PARTIAL_FRAMES, PARTIAL_STEP = 160, 77
"""Windows of 1.6 s, 1.3 of them a second, as the encoder was published with."""
LEVEL_DBFS = -30.0
SILENCE_DB = 32.0
_FRAME = 480
_MIN_SPEECH_S = 0.6

Floats = npt.NDArray[np.float32]


class SpeakerEncoder:
    """Turns seconds of audio into 256 numbers of length 1 that are close for one voice.

    The network hears how loud a recording is. As published, only quiet ones are brought to one
    level; `even_level` brings all of them there, so that sounds that were not recorded alike can
    be compared. Identity checks and enrolment keep to what their limits were measured with.
    """

    def __init__(self, model: Path = MODEL, even_level: bool = False) -> None:
        self._path = model
        self._even_level = even_level

    @property
    def model(self) -> str:
        """SHA-256 of the network."""
        return MODEL_SHA256

    def embed_folder(
        self, files: Mapping[str, bytes], names: Sequence[str], permit: Permit, at: datetime
    ) -> Floats:
        """Embeddings `(names, 256)` of some recordings of a folder, under leave for the whole.

        Args:
            files: All files of the folder, as `consent.folder.read_folder` gives them; the digest
                that the permit must name is computed here from these bytes.

        Raises:
            RefusedError: no leave. VoiceError: too little speech.
        """
        digest = digest_files({name: sha256_hex(data) for name, data in files.items()})
        verify(permit, Operation.EMBED, digest, at)
        return np.stack([self._embed_one(files[name], name) for name in names])

    def embed_recording(self, recording: bytes, permit: Permit, at: datetime) -> Floats:
        """The embedding `(256,)` of one recording, under leave for exactly this one."""
        verify(permit, Operation.EMBED, digest_audio(recording), at)
        return self._embed_one(recording, "the recording")

    def embed_to_identify(
        self, statement: bytes, material: Sequence[bytes], permit: Permit, at: datetime
    ) -> Floats:
        """Embeddings `(1 + material, 256)` while a challenge is open; the caller forgets them."""
        verify(permit, Operation.IDENTIFY, identity_digest(statement, material), at)
        named = [("the statement", statement)]
        named += [(f"recording {i + 1}", data) for i, data in enumerate(material)]
        return np.stack([self._embed_one(data, what) for what, data in named])

    def _embed_one(self, data: bytes, what: str) -> Floats:
        speech = trim_silence(raise_level(decode_speech(data, what)))
        if self._even_level:
            speech = at_level(speech)
        if speech.size < _MIN_SPEECH_S * SPEECH_RATE_HZ:
            raise VoiceError(
                f"{what}: {speech.size / SPEECH_RATE_HZ:.1f} s of sound, too little to tell a "
                f"voice by; record at least {_MIN_SPEECH_S} s"
            )
        partials = slice_partials(speech_mel(speech))
        (embeddings,) = self._session.run(None, {"mels": partials})
        mean = np.asarray(embeddings, dtype=np.float32).mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        try:
            data = self._path.read_bytes()
        except OSError as fault:
            raise VoiceError(f"{self._path}: cannot be read ({fault.strerror})") from fault
        if hashlib.sha256(data).hexdigest() != MODEL_SHA256:
            raise VoiceError(f"{self._path}: not the speaker encoder of this release; reinstall")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def raise_level(samples: Samples) -> Samples:
    """Quiet recordings are brought to -30 dBFS; loud ones are left alone."""
    return np.asarray(samples * max(1.0, _gain_to_level(samples)), dtype=np.float32)


def at_level(samples: Samples) -> Samples:
    """Every recording is brought to -30 dBFS."""
    return np.asarray(samples * _gain_to_level(samples), dtype=np.float32)


def _gain_to_level(samples: Samples) -> float:
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0
    return 10.0 ** (LEVEL_DBFS / 20.0) / rms if rms > 0.0 else 1.0


def sounding_frames(samples: Samples) -> npt.NDArray[np.bool_]:
    """Which frames of 30 ms are within 32 dB of the loud ones, shape `(frames,)`."""
    count = samples.size // _FRAME
    if count == 0:
        return np.zeros(0, dtype=bool)
    frames = samples[: count * _FRAME].reshape(count, _FRAME)
    level_db = 10.0 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12)
    return np.asarray(level_db > np.percentile(level_db, 95) - SILENCE_DB)


def trim_silence(samples: Samples) -> Samples:
    """Drop what is silent for longer than about 0.2 s."""
    sounding = sounding_frames(samples)
    widened = np.convolve(sounding, np.ones(7), mode="same") > 0.5
    return samples[: sounding.size * _FRAME][np.repeat(widened, _FRAME)]


def speech_mel(samples: Samples) -> Floats:
    """Power mel spectrogram `(frames, 40)`, 25 ms windows every 10 ms, as the encoder wants it."""
    import librosa

    power = librosa.feature.melspectrogram(
        y=samples,
        sr=SPEECH_RATE_HZ,
        n_fft=WINDOW_SAMPLES,
        hop_length=HOP_SAMPLES,
        n_mels=MEL_BANDS,
    )
    return np.asarray(power.T, dtype=np.float32)


def slice_partials(mel: Floats) -> Floats:
    """Overlapping windows `(windows, 160, 40)`; the end is padded if three quarters are there."""
    frames = mel.shape[0]
    starts = list(range(0, max(1, frames - PARTIAL_FRAMES + PARTIAL_STEP), PARTIAL_STEP))
    if len(starts) > 1 and (frames - starts[-1]) < 0.75 * PARTIAL_FRAMES:
        starts.pop()
    needed = starts[-1] + PARTIAL_FRAMES
    padded = np.pad(mel, ((0, max(0, needed - frames)), (0, 0)))
    return np.stack([padded[start : start + PARTIAL_FRAMES] for start in starts])
