"""A recording in another voice, piece by piece: envelope to content, content to mel, mel to sound.

Each piece is run with context on both sides that is dropped again, so that pieces join to the very
sound that the whole at once would be, and memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnxruntime

from vocoder.frames import HOP_SAMPLES
from vocoder.pitch import CEILING_HZ, FLOOR_HZ, PitchCurve, hz_to_midi
from vocoder.source import Excitation
from vocoder.synthesis import CONTEXT_FRAMES as VOCODER_CONTEXT
from vocoder.synthesis import Vocoder
from voice.acoustic.comb import comb_of
from voice.acoustic.loudness import energy_of
from voice.conversion.config import NEPERS_PER_DB
from voice.conversion.features import envelope_of
from voice.conversion.formants import with_formants
from voice.conversion.levels import followed_db, silence_gate_db
from voice.conversion.stream import MelWindow, mel_pieces
from voice.conversion.survey import Survey

CHUNK_FRAMES = 2_048
NETWORK_CONTEXT = 80
CONTEXT_FRAMES = NETWORK_CONTEXT + VOCODER_CONTEXT

Floats32 = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ConversionOptions:
    """What a caller wants of a conversion.

    Attributes:
        transpose: semitones.
        formants: semitones by which the voice's throat is to be shorter.
        follow_dynamics: the loudness of the recording moment by moment, rather than as the voice
            would carry it.
        seed: of the noise in breath and hiss.
    """

    transpose: float = 0.0
    formants: float = 0.0
    follow_dynamics: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if not -36.0 <= self.transpose <= 36.0:
            raise ValueError(f"a transposition lies within 36 semitones, not {self.transpose}")
        if not -8.0 <= self.formants <= 8.0:
            raise ValueError(f"formants move by at most 8 semitones, not {self.formants}")


@dataclass(frozen=True)
class Networks:
    """What a voice converts with: opened files and the vector of the singer."""

    content: onnxruntime.InferenceSession
    decoder: onnxruntime.InferenceSession
    vocoder: Vocoder
    speaker: Floats32


@dataclass(frozen=True)
class Span:
    """Frames `[first, last)` to be kept of a run over `[begin, end)`."""

    begin: int
    first: int
    last: int
    end: int


def convert_pieces(
    survey: Survey,
    blocks: Iterable[Floats32],
    networks: Networks,
    options: ConversionOptions,
    chunk_frames: int = CHUNK_FRAMES,
    each: Callable[[float], None] = lambda share: None,
) -> Iterator[Floats32]:
    """The recording in the voice, mono at 44.1 kHz, `clock_samples` of it in all.

    Args:
        blocks: the recording once more, see `read_blocks`.
        each: told the share that is done, before every piece; what it raises ends the work.
    """
    wanted = moved_pitch(survey.pitch, options.transpose)
    source = Excitation(wanted, options.seed)
    window = MelWindow(mel_pieces(blocks, chunk_frames))
    left = survey.recording.clock_samples
    for first in range(0, survey.frames, chunk_frames):
        each(first / survey.frames)
        last = min(first + chunk_frames, survey.frames)
        begin = max(0, first - CONTEXT_FRAMES)
        end = min(survey.frames, last + CONTEXT_FRAMES)
        span = Span(begin, first, last, end)
        made = _piece(survey, window.at(begin, end), networks, options, source, span)
        yield made[:left]
        left -= len(made)


def moved_pitch(pitch: PitchCurve, semitones: float) -> PitchCurve:
    """A melody transposed."""
    hz = np.clip(pitch.hz * 2.0 ** (semitones / 12.0), FLOOR_HZ, CEILING_HZ)
    return PitchCurve(hz, pitch.voiced)


def _piece(
    survey: Survey,
    mel: Floats32,
    networks: Networks,
    options: ConversionOptions,
    source: Excitation,
    span: Span,
) -> Floats32:
    heard = mel + np.float32(survey.gain_db * NEPERS_PER_DB)
    run = slice(span.begin, span.end)
    here = PitchCurve(survey.pitch.hz[run], survey.pitch.voiced[run])
    energy = energy_of(heard)
    sung = sung_mel(survey, heard, here, energy, networks, options)
    sound_first = max(span.begin, span.first - VOCODER_CONTEXT)
    sound_last = min(span.end, span.last + VOCODER_CONTEXT)
    inner = slice(sound_first - span.begin, sound_last - span.begin)
    samples = networks.vocoder.synthesise_span(sung[:, inner], source, sound_first)
    gain_db = silence_gate_db(heard) - survey.gain_db
    if options.follow_dynamics:
        gain_db = gain_db + followed_db(heard, sung)
    samples = samples * _as_samples(gain_db, span, sound_first, sound_last)
    kept = slice((span.first - sound_first) * HOP_SAMPLES, (span.last - sound_first) * HOP_SAMPLES)
    return np.ascontiguousarray(samples[kept], dtype=np.float32)


def sung_mel(
    survey: Survey,
    heard: Floats32,
    pitch: PitchCurve,
    energy: Floats,
    networks: Networks,
    options: ConversionOptions,
) -> Floats32:
    """The mel `(mels, frames)` of the voice saying what was heard, at the trained level."""
    speaker = networks.speaker.reshape(1, -1).astype(np.float32)
    voiced = pitch.voiced.astype(np.float32)[None]
    content = networks.content.run(
        ["shared"],
        {
            "envelope": envelope_of(heard, pitch)[None],
            "usual": survey.usual[None],
            "trust": np.array([[survey.trust]], dtype=np.float32),
            "midi": _track(hz_to_midi(pitch.hz)),
            "voiced": voiced,
            "shift": np.full((1, len(pitch)), options.transpose, dtype=np.float32),
            "speaker": speaker,
        },
    )
    tone = moved_pitch(pitch, options.transpose - options.formants)
    decoded = networks.decoder.run(
        ["mel"],
        {
            "shared": content[0],
            "midi": _track(hz_to_midi(tone.hz)),
            "voiced": voiced,
            "energy": _track(energy),
            "comb": comb_of(tone)[None],
            "speaker": speaker,
        },
    )
    return with_formants(np.asarray(decoded[0][0], dtype=np.float32), options.formants)


def _track(values: Floats) -> Floats32:
    return np.asarray(values, dtype=np.float32)[None]


def _as_samples(gain_db: Floats, span: Span, first: int, last: int) -> Floats32:
    """A curve over the frames of a run as a factor for each sample of `[first, last)`."""
    at = (np.arange((last - first) * HOP_SAMPLES) + 0.5) / HOP_SAMPLES - 0.5 + first - span.begin
    factor = 10.0 ** (gain_db / 20.0)
    return np.asarray(np.interp(at, np.arange(len(factor)), factor), dtype=np.float32)
