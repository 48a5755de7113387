"""Copy-synthesis: held-back singing through mel, pitch and vocoder, against itself."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from benchmarks.errors import BenchmarkError
from benchmarks.hymns import SETS
from benchmarks.measures import CopyMeasures, copy_measures
from benchmarks.predicted_quality import dnsmos
from vocoder.audio import Audio, read_audio
from vocoder.frames import SAMPLE_RATE_HZ
from vocoder.mel import log_mel
from vocoder.pitch import PitchCurve
from voice.corpora.manifest import read_manifest
from voice.corpora.pitch_labels import heard_range_hz, label_pitch
from voice.corpora.recordings import Kind, Recording


@dataclass(frozen=True)
class RecordingSets:
    """Corpora of `sets.toml`: singing that is copied, speech that is listened to."""

    copied: tuple[str, ...]
    speech: str


def recording_sets(sets: Path = SETS) -> RecordingSets:
    row = tomllib.loads(sets.read_text(encoding="utf-8"))["recordings"]
    return RecordingSets(tuple(row["copied"]), row["speech"])


class Synthesiser(Protocol):
    """What makes sound of a mel and a pitch; `vocoder.synthesis.Vocoder` does."""

    def synthesise(self, mel: npt.NDArray[np.float32], pitch: PitchCurve, seed: int) -> Audio: ...


@dataclass(frozen=True)
class Copied:
    """One recording and what its copy lost; `quality` is DNSMOS."""

    recording: Recording
    measures: CopyMeasures
    recorded_quality: float
    copied_quality: float


def held_back(corpora: Path, corpus: str, most: int | None = None) -> tuple[Recording, ...]:
    """The recordings of a corpus that no training saw, one style and pitch after the other.

    Args:
        most: evenly chosen among them where there are more.

    Raises:
        BenchmarkError: none are held back.
    """
    kept = sorted(
        (recording for recording in read_manifest(corpora / corpus) if recording.held_back),
        key=lambda recording: (recording.style, recording.pitch_midi or 0, recording.name),
    )
    if not kept:
        raise BenchmarkError(f"{corpora / corpus}: no recording is held back; give all the corpus")
    if most is None or most >= len(kept):
        return tuple(kept)
    return tuple(kept[index * len(kept) // most] for index in range(most))


def loaded(recording: Recording) -> Audio:
    """The sound of a recording, mono at 44.1 kHz."""
    return read_audio(recording.path).mono().resampled(SAMPLE_RATE_HZ)


def copy_of(audio: Audio, pitch_midi: int | None, sung: bool, vocoder: Synthesiser) -> Audio:
    """What the vocoder makes of a recording's mel and pitch, as many samples."""
    samples = audio.samples[0]
    pitch = label_pitch(samples, *heard_range_hz(samples, pitch_midi, sung))
    made = vocoder.synthesise(log_mel(samples), pitch, seed=0)
    return Audio(made.samples[:, : audio.length_samples], made.rate_hz)


def copied(recordings: Sequence[Recording], vocoder: Synthesiser) -> Iterator[Copied]:
    for recording in recordings:
        audio = loaded(recording)
        copy = copy_of(audio, recording.pitch_midi, recording.kind is Kind.SUNG, vocoder)
        yield Copied(recording, copy_measures(audio, copy), dnsmos(audio), dnsmos(copy))
