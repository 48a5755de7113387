"""The exported acoustic model at work: ONNX Runtime and NumPy alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vocoder.frames import MEL_BANDS
from vocoder.pitch import hz_to_midi
from voice.acoustic.comb import comb_of
from voice.acoustic.formants import with_formants_moved
from voice.acoustic.hush import hushed
from voice.acoustic.inputs import PhoneInputs, phone_inputs, position_inputs
from voice.expression import FramedPhone, FrameScore

if TYPE_CHECKING:
    import onnxruntime

CHUNK_FRAMES = 1_024
CONTEXT_FRAMES = 80

Floats32 = npt.NDArray[np.float32]
Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class PredictedCurves:
    """What the network would do where nobody says otherwise; each `(frames,)`.

    `voicing` is a probability, `deviation` semitones from the written pitch.
    """

    voicing: Floats32
    energy: Floats32
    deviation: Floats32


class AcousticSinger:
    """Three ONNX sessions and the vector of one singer."""

    def __init__(
        self,
        acoustic: onnxruntime.InferenceSession,
        curves: onnxruntime.InferenceSession,
        durations: onnxruntime.InferenceSession,
        speaker: Floats32,
    ) -> None:
        self._acoustic = acoustic
        self._curves = curves
        self._durations = durations
        self._speaker = speaker.reshape(1, -1).astype(np.float32)
        self._latent = int(_shape(acoustic, "noise")[1])

    def spoken_seconds(
        self, phonemes: Sequence[int], stresses: Sequence[int], language: int
    ) -> npt.NDArray[np.float64]:
        """How long each phone would last in plain speech, `(phones,)`."""
        if not len(phonemes):
            return np.zeros(0)
        feeds = {
            "phoneme": np.array([phonemes], dtype=np.int64),
            "language": np.full((1, len(phonemes)), language, dtype=np.int64),
            "stress": np.array([stresses], dtype=np.int64),
            "speaker": self._speaker,
        }
        seconds = self._durations.run(None, feeds)[0][0]
        return np.asarray(seconds, dtype=np.float64)

    def curves(
        self,
        phones: tuple[FramedPhone, ...],
        language: str,
        written_midi: npt.NDArray[np.float64],
        breathiness: npt.NDArray[np.float64],
        tension: npt.NDArray[np.float64],
    ) -> PredictedCurves:
        """Voicing, energy and pitch lean for phones on written pitches."""
        if not phones:
            return PredictedCurves(*np.zeros((3, 0), dtype=np.float32))
        frames: dict[str, Array] = position_inputs(phones).named() | {
            "note": written_midi[None].astype(np.float32),
            "breathiness": breathiness[None].astype(np.float32),
            "tension": tension[None].astype(np.float32),
        }
        parts = list(self._chunks(self._curves, phone_inputs(phones, language), frames))
        voicing, energy, deviation = (np.concatenate(rows) for rows in zip(*parts, strict=True))
        return PredictedCurves(voicing, energy, deviation)

    def mel(
        self,
        score: FrameScore,
        temperature: float,
        progress: Callable[[float], None] = lambda share: None,
        chunk_frames: int = CHUNK_FRAMES,
    ) -> Floats32:
        """The mel of a FrameScore, `(mels, frames)`.

        `temperature` scales the noise of the prior: 0 is the most likely take, the same every
        time; more is livelier and less sure. The score's seed decides the noise. `progress` is
        told the share that is done.
        """
        if score.frames == 0:
            return np.zeros((MEL_BANDS, 0), dtype=np.float32)
        random = np.random.default_rng(score.seed)
        noise = random.standard_normal((1, score.frames, self._latent), dtype=np.float32)
        frames: dict[str, Array] = position_inputs(score.phones).named() | {
            "midi": hz_to_midi(score.pitch.hz)[None].astype(np.float32),
            "voiced": score.pitch.voiced[None].astype(np.float32),
            "energy": score.energy[None].astype(np.float32),
            "breathiness": score.breathiness[None].astype(np.float32),
            "tension": score.tension[None].astype(np.float32),
            "comb": comb_of(score.pitch)[None],
            "noise": temperature * noise.transpose(0, 2, 1),
        }
        phones = phone_inputs(score.phones, score.language)
        parts: list[Floats32] = []
        for rows in self._chunks(self._acoustic, phones, frames, chunk_frames):
            parts.append(rows[0])
            progress(min(1.0, len(parts) * chunk_frames / score.frames))
        mel = with_formants_moved(np.concatenate(parts, axis=1), score.pitch, score.gender)
        return hushed(mel, score.phones)

    def _chunks(
        self,
        session: onnxruntime.InferenceSession,
        phones: PhoneInputs,
        frames: Mapping[str, Array],
        chunk_frames: int = CHUNK_FRAMES,
    ) -> Iterator[list[Floats32]]:
        """Run in pieces with context on both sides that is dropped: pieces equal the whole."""
        total = frames["phone"].shape[1]
        told = phones.named() | {"speaker": self._speaker}
        for first in range(0, total, chunk_frames):
            last = min(first + chunk_frames, total)
            begin, end = max(0, first - CONTEXT_FRAMES), min(total, last + CONTEXT_FRAMES)
            piece = {
                name: np.ascontiguousarray(track[..., begin:end]) for name, track in frames.items()
            }
            outputs: list[Floats32] = session.run(None, {**told, **piece})
            yield [output[0][..., first - begin : last - begin] for output in outputs]


def _shape(session: onnxruntime.InferenceSession, name: str) -> Sequence[int | str]:
    found: Sequence[int | str] = next(i.shape for i in session.get_inputs() if i.name == name)
    return found
