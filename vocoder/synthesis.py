"""From mel and pitch to sound, with ONNX Runtime and NumPy alone.

Long songs are made in chunks: each is run with context on both sides that is dropped again, so the
chunks join to the very sound that one piece would be, and memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as failures

from vocoder.audio import Audio
from vocoder.card import CLOCK, VocoderCard, VocoderKind, card_from_metadata
from vocoder.errors import VocoderError
from vocoder.frames import HOP_SAMPLES, MEL_BANDS, SAMPLE_RATE_HZ
from vocoder.overlap import istft, stft
from vocoder.pitch import PitchCurve
from vocoder.source import Excitation

CONTEXT_FRAMES = 32
CHUNK_FRAMES = 861
SEAM_FRAMES = 8
PROBE_FRAMES = 16

Floats32 = npt.NDArray[np.float32]
LOADING_FAILURES = (
    failures.Fail,
    failures.InvalidArgument,
    failures.InvalidGraph,
    failures.InvalidProtobuf,
    failures.NoSuchFile,
    failures.NotImplemented,
    failures.RuntimeException,
)
INPUTS: dict[VocoderKind, frozenset[str]] = {
    VocoderKind.ISTFT: frozenset({"mel", "log2_hz", "voiced"}),
    VocoderKind.HIFIGAN: frozenset({"mel", "harmonics", "noise"}),
    VocoderKind.COMMUNITY: frozenset({"mel", "f0"}),
}


@dataclass(frozen=True)
class Span:
    """Frames `[keep_from, keep_to)` to make, run with the context `[run_from, run_to)`."""

    run_from: int
    keep_from: int
    keep_to: int
    run_to: int


class Vocoder:
    """A vocoder file, opened: ours (inverse STFT or HiFi-GAN) or one of the community's."""

    def __init__(self, session: onnxruntime.InferenceSession, card: VocoderCard) -> None:
        self._session = session
        self.card = card

    @classmethod
    def open(cls, path: Path, threads: int = 1) -> Vocoder:
        """Open an ONNX vocoder.

        Files that carry no metadata of ours are taken for community vocoders (openvpi
        NSF-HiFi-GAN): inputs `mel` `(1, frames, 128)` and `f0` `(1, frames)`, output
        `(1, samples)`.

        Raises:
            VocoderError: no such file, not ONNX, or another clock or shape.
        """
        if not path.is_file():
            raise VocoderError(f"{path}: no such vocoder file; check the path")
        return cls._opened(str(path), str(path), threads)

    @classmethod
    def load(cls, data: bytes, name: str, threads: int = 1) -> Vocoder:
        """Open a vocoder from the bytes of its file; `name` stands in messages.

        Raises:
            VocoderError: not ONNX, or another clock or shape.
        """
        return cls._opened(data, name, threads)

    @classmethod
    def _opened(cls, model: str | bytes, name: str, threads: int) -> Vocoder:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except LOADING_FAILURES as error:
            raise VocoderError(
                f"{name}: not an ONNX model that can be run ({_first_line(error)}); give an .onnx "
                f"vocoder of {CLOCK}"
            ) from error
        try:
            vocoder = cls(session, _card_of(session))
            vocoder._probe()
        except VocoderError as error:
            raise VocoderError(f"{name}: {error}") from error
        return vocoder

    def synthesise(
        self,
        mel: Floats32,
        pitch: PitchCurve,
        seed: int,
        chunk_frames: int = CHUNK_FRAMES,
        progress: Callable[[float], None] = lambda share: None,
    ) -> Audio:
        """Make the sound of a mel spectrogram at a pitch.

        Args:
            mel: `(mels, frames)`, natural log amplitude, see `vocoder.mel`.
            pitch: as many frames.
            seed: of the noise; the same seed gives the same samples.
            progress: told the share that is done.

        Returns:
            Mono at 44.1 kHz, `frames * hop` samples.
        """
        if mel.ndim != 2 or mel.shape != (MEL_BANDS, len(pitch)) or chunk_frames < 1:
            raise VocoderError(
                f"a vocoder needs a mel of {MEL_BANDS} bands and as many frames as its pitch, not "
                f"{mel.shape} beside {len(pitch)} frames, in chunks of 1 frame or more"
            )
        samples = np.zeros(len(pitch) * HOP_SAMPLES, dtype=np.float32)
        source = Excitation(pitch, seed)
        community = self.card.kind is VocoderKind.COMMUNITY
        seam = SEAM_FRAMES if community else 0
        for span in _spans(len(pitch), chunk_frames, seam):
            made = self.synthesise_span(mel[:, span.run_from : span.run_to], source, span.run_from)
            begin = (span.keep_from - span.run_from) * HOP_SAMPLES
            kept = made[begin : begin + (span.keep_to - span.keep_from) * HOP_SAMPLES]
            _join(samples, kept, span.keep_from * HOP_SAMPLES, seam * HOP_SAMPLES)
            progress(span.keep_to / len(pitch))
        return Audio(samples[None], SAMPLE_RATE_HZ)

    def synthesise_span(self, mel: Floats32, source: Excitation, first_frame: int) -> Floats32:
        """The sound of a few frames of something longer, whose mel passes by in pieces.

        Args:
            mel: `(mels, frames)` of the span alone; `CONTEXT_FRAMES` on either side that are
                dropped again by the caller make spans join.
            source: of the whole.
            first_frame: where in the whole the span begins.

        Returns:
            shape `(frames * hop,)`.
        """
        pitch, length = source.pitch, mel.shape[1]
        frames = slice(first_frame, first_frame + length)
        piece = np.ascontiguousarray(mel, dtype=np.float32)
        hz, voiced = pitch.hz[frames], pitch.voiced[frames].astype(np.float32)
        if self.card.kind is VocoderKind.COMMUNITY:
            f0 = np.where(pitch.voiced[frames], hz, 0.0).astype(np.float32)
            return self._call({"mel": piece.T[None], "f0": f0[None]})[0].reshape(-1)
        harmonics = source.harmonics(first_frame, length)
        noise = source.noise(first_frame, length)
        if self.card.kind is VocoderKind.HIFIGAN:
            inputs = {"mel": piece[None], "harmonics": harmonics[None], "noise": noise[None]}
            return self._call(inputs)[0].reshape(-1)
        log2_hz = np.log2(hz).astype(np.float32)
        inputs = {"mel": piece[None], "log2_hz": log2_hz[None], "voiced": voiced[None]}
        gain, phase, hiss = (output[0] for output in self._call(inputs))
        filters = np.exp(gain + 1j * phase)
        return istft(stft(harmonics) * filters + stft(noise) * np.exp(hiss))

    def _call(self, inputs: dict[str, Floats32]) -> list[Floats32]:
        try:
            outputs: list[Floats32] = self._session.run(None, inputs)
        except LOADING_FAILURES as error:
            raise VocoderError(
                f"the model does not run on a mel of {CLOCK} ({_first_line(error)})"
            ) from error
        return outputs

    def _probe(self) -> None:
        """Run a few frames: a model of another clock gives another number of samples."""
        pitch = PitchCurve(np.full(PROBE_FRAMES, 220.0), np.ones(PROBE_FRAMES, dtype=np.bool_))
        mel = np.full((MEL_BANDS, PROBE_FRAMES), -6.0, dtype=np.float32)
        made = len(self.synthesise_span(mel, Excitation(pitch, 0), 0))
        if made != PROBE_FRAMES * HOP_SAMPLES:
            raise VocoderError(
                f"it makes {made / PROBE_FRAMES:g} samples of each frame, {HOP_SAMPLES} are "
                f"expected; give a vocoder of {CLOCK}"
            )


def _card_of(session: onnxruntime.InferenceSession) -> VocoderCard:
    card = card_from_metadata(session.get_modelmeta().custom_metadata_map)
    if card is None:
        card = VocoderCard(VocoderKind.COMMUNITY)
    shapes = {entry.name: entry.shape for entry in session.get_inputs()}
    wanted = INPUTS[card.kind]
    if set(shapes) != wanted:
        raise VocoderError(
            f"it takes the inputs {', '.join(sorted(shapes))}; a vocoder of kind {card.kind} takes "
            f"{', '.join(sorted(wanted))}"
        )
    band_axis = 2 if card.kind is VocoderKind.COMMUNITY else 1
    mel_shape = shapes["mel"]
    bands = mel_shape[band_axis] if len(mel_shape) == 3 else 0
    if isinstance(bands, int) and bands != MEL_BANDS:
        layout = "(1, frames, 128)" if band_axis == 2 else "(1, 128, frames)"
        raise VocoderError(
            f"its mel input has the shape {mel_shape}, {layout} is expected; give a vocoder of "
            f"{CLOCK}"
        )
    return card


def _spans(frames: int, chunk_frames: int, seam_frames: int) -> Iterator[Span]:
    """Chunks one after the other; each but the first starts `seam_frames` early, to be joined."""
    for first in range(0, frames, chunk_frames):
        keep_from = max(0, first - seam_frames)
        keep_to = min(frames, first + chunk_frames)
        yield Span(
            run_from=max(0, keep_from - CONTEXT_FRAMES),
            keep_from=keep_from,
            keep_to=keep_to,
            run_to=min(frames, keep_to + CONTEXT_FRAMES),
        )


def _join(samples: Floats32, made: Floats32, begin: int, seam: int) -> None:
    """Put a chunk in its place, fading over where it overlaps the one before."""
    if begin and seam:
        ramp = np.linspace(0.0, 1.0, seam, dtype=np.float32)
        before = samples[begin : begin + seam] * (1.0 - ramp)
        made = np.concatenate([made[:seam] * ramp + before, made[seam:]])
    samples[begin : begin + len(made)] = made


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
