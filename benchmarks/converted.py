"""Conversions as a user makes them, of sources into bundled voices and into somebody enrolled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.conversion_sources import Source, SourceKind
from benchmarks.copies import loaded
from benchmarks.embedding import embedded_recordings
from consent.grant import Operation
from vocoder.audio import Audio, read_audio, write_audio
from vocoder.frames import SAMPLE_RATE_HZ
from voice.bank import VoiceBank
from voice.card import ENROLLED, VoiceCard
from voice.conversion.convert import ConversionOrder, convert_file
from voice.conversion.converter import convert_pieces
from voice.conversion.enrolling import (
    Description,
    Person,
    Tuning,
    first_hearing,
    middle_of,
    range_of,
)
from voice.conversion.options import ENROLLED_LIKENESS, ConversionOptions
from voice.conversion.recording import open_recording, read_blocks
from voice.conversion.sessions import open_networks
from voice.conversion.statement import SourceStatement
from voice.conversion.survey import Survey, survey
from voice.conversion.transposing import Transposition, shift_for
from voice.corpora.recordings import Recording

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Converted:
    """A source, what became of it in a voice, and how far it was moved."""

    source: Source
    voice: str
    made: Audio
    semitones: float


Convert = Callable[[Source], Converted]


def now() -> datetime:
    return datetime.now(UTC)


def into_voice(bank: VoiceBank, voice: str, folder: Path, threads: int) -> Convert:
    """Converts files into a voice of the bank: singing with `--transpose auto`, speech `spoken`."""

    def convert(source: Source) -> Converted:
        recording = _saved(source, folder)
        statement = SourceStatement(open_recording(recording).sha256, now())
        output = folder / f"{recording.stem}-{voice}.wav"
        order = ConversionOrder(recording, voice, output, statement, wanted_for(source), bits="32f")
        made = convert_file(bank, order, now, threads=threads)
        return Converted(source, voice, read_audio(output), made.transposed_semitones)

    return convert


@dataclass(frozen=True, eq=False)
class Newcomer:
    """A speaker whom no training met, enrolled from some recordings."""

    name: str
    base: str
    person: Person
    card: VoiceCard
    seconds: float


def enrolled(
    bank: VoiceBank,
    base: str,
    corpus: Path,
    recordings: Sequence[Recording],
    folder: Path,
    tuning: Tuning | None = None,
) -> Newcomer:
    """A newcomer from recordings of a corpus, embedded under its grant."""
    heard = [_surveyed(one, folder) for one in recordings]
    described = Description(
        _embedding(corpus, recordings, even_level=False),
        _embedding(corpus, recordings, even_level=True),
        middle_of(heard),
    )
    voice = bank.open_voice(base, now())
    person = first_hearing(bank, voice, described.embedding, heard, now)
    if tuning is not None:
        person = tuning.tune(voice, described, person, heard if tuning.on_recordings else ())
    card = replace(voice.card, kind=ENROLLED, likeness=ENROLLED_LIKENESS, range=range_of(heard))
    seconds = sum(one.recording.duration_s for one in heard)
    return Newcomer(recordings[0].speaker, base, person, card, seconds)


def _embedding(corpus: Path, recordings: Sequence[Recording], even_level: bool) -> Floats32:
    mean = embedded_recordings(corpus, recordings, even_level).mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def wanted_for(source: Source) -> Transposition:
    """Singing keeps its key; speech comes to where the voice speaks."""
    return "spoken" if source.kind is SourceKind.SPEECH else "auto"


def into_newcomer(bank: VoiceBank, newcomer: Newcomer, folder: Path, threads: int) -> Convert:
    """Converts into somebody enrolled, who has no folder of their own; speech to their pitch."""
    person = newcomer.person

    def convert(source: Source) -> Converted:
        recording = open_recording(_saved(source, folder))
        sha256 = recording.sha256
        base = bank.open_voice(newcomer.base, now(), Operation.CONVERT, sha256)
        models = {**base.models, "acoustic": person.acoustic}
        voice = replace(base, card=newcomer.card, models=models, speaker=person.speaker)
        networks = open_networks(voice, sha256, now(), threads)
        heard = survey(recording)
        shift = shift_for(heard.pitch, newcomer.card, wanted_for(source))
        options = ConversionOptions(shift, likeness=newcomer.card.likeness)
        pieces = convert_pieces(heard, read_blocks(recording), networks, options)
        samples = np.concatenate(list(pieces))
        return Converted(source, newcomer.name, Audio(samples[None], SAMPLE_RATE_HZ), shift)

    return convert


def _surveyed(recording: Recording, folder: Path) -> Survey:
    path = folder / f"enrolled-{recording.name}.wav".replace("/", "-")
    write_audio(path, loaded(recording), "32f")
    return survey(open_recording(path))


def _saved(source: Source, folder: Path) -> Path:
    path = folder / f"{source.corpus}-{source.name}.wav".replace("/", "-")
    if not path.exists():
        write_audio(path, source.audio, "32f")
    return path
