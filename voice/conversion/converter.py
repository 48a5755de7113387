"""A recording in another voice, piece by piece: envelope to content, content to mel, mel to sound.

Each piece is run with context on both sides that is dropped again, so that pieces join to the very
sound that the whole at once would be, and memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.frames import HOP_SAMPLES
from vocoder.pitch import PitchCurve
from vocoder.source import Excitation
from vocoder.synthesis import CONTEXT_FRAMES as VOCODER_CONTEXT
from voice.conversion.config import NEPERS_PER_DB
from voice.conversion.detail import with_detail
from voice.conversion.excerpts import excerpts_of
from voice.conversion.formants import with_formants
from voice.conversion.levels import followed_db, silence_gate_db
from voice.conversion.matching import Match, matched
from voice.conversion.options import ConversionOptions
from voice.conversion.stream import MelWindow, mel_pieces
from voice.conversion.sung import Networks, moved_pitch, sung_mel
from voice.conversion.survey import Survey

CHUNK_FRAMES = 1_024
NETWORK_CONTEXT = 80
CONTEXT_FRAMES = NETWORK_CONTEXT + VOCODER_CONTEXT

Floats32 = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Span:
    """Frames `[first, last)` to be kept of a run over `[begin, end)`."""

    begin: int
    first: int
    last: int
    end: int


@dataclass(frozen=True)
class _Voice:
    """Who sings, and how the recording is brought to them."""

    networks: Networks
    match: Match
    options: ConversionOptions


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
    match = matched(excerpts_of(survey, networks, options), networks.usual)
    left = survey.recording.clock_samples
    for first in range(0, survey.frames, chunk_frames):
        each(first / survey.frames)
        last = min(first + chunk_frames, survey.frames)
        begin = max(0, first - CONTEXT_FRAMES)
        end = min(survey.frames, last + CONTEXT_FRAMES)
        span = Span(begin, first, last, end)
        made = _piece(survey, window.at(begin, end), _Voice(networks, match, options), source, span)
        yield made[:left]
        left -= len(made)


def _piece(
    survey: Survey,
    mel: Floats32,
    voice: _Voice,
    source: Excitation,
    span: Span,
) -> Floats32:
    options, networks = voice.options, voice.networks
    heard = mel + np.float32(survey.gain_db * NEPERS_PER_DB)
    run = slice(span.begin, span.end)
    here = PitchCurve(survey.pitch.hz[run], survey.pitch.voiced[run])
    plain = sung_mel(survey, heard, here, networks, options)
    detailed = with_detail(plain, heard, here, voice.match, options)
    sung = with_formants(detailed, options.formants)
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


def _as_samples(gain_db: Floats, span: Span, first: int, last: int) -> Floats32:
    """A curve over the frames of a run as a factor for each sample of `[first, last)`."""
    at = (np.arange((last - first) * HOP_SAMPLES) + 0.5) / HOP_SAMPLES - 0.5 + first - span.begin
    factor = 10.0 ** (gain_db / 20.0)
    return np.asarray(np.interp(at, np.arange(len(factor)), factor), dtype=np.float32)
