"""Turns a corpus into a sound store with phone labels beside it: everything training reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from vocoder.audio import read_audio
from vocoder.frames import GRID
from vocoder.mel import log_mel
from vocoder.store import Sound, SoundStore, StoredSound, write_store
from voice.corpora.kokoro import label_kokoro
from voice.corpora.label_files import PhoneLabels, write_labels
from voice.corpora.labels import LabelledPhone
from voice.corpora.oto_labels import label_oto
from voice.corpora.pitch_labels import heard_range_hz, label_pitch
from voice.corpora.recordings import Kind, Recording


def prepare(
    recordings: Sequence[Recording], folder: Path, progress: Callable[[int, int], None]
) -> SoundStore:
    """Measure every recording and write the store and its labels to `folder`."""
    labels: dict[str, PhoneLabels] = {}

    def measured() -> Iterator[tuple[StoredSound, Sound]]:
        for index, recording in enumerate(recordings):
            progress(index, len(recordings))
            sound = measure(recording)
            labels[recording.name] = label(recording, sound)
            yield _row(recording), sound

    store = write_store(folder, measured())
    write_labels(folder, labels)
    return store


def measure(recording: Recording) -> Sound:
    """The recording at 44.1 kHz, mono, with mel and pitch."""
    samples = read_audio(recording.path).mono().resampled(GRID.sample_rate_hz).samples[0]
    frames = GRID.samples_to_frames(len(samples))
    padded = np.pad(samples, (0, GRID.frames_to_samples(frames) - len(samples)))
    floor_hz, ceiling_hz = heard_range_hz(padded, recording.pitch_midi, recording.kind is Kind.SUNG)
    return Sound(padded, log_mel(padded), label_pitch(padded, floor_hz, ceiling_hz))


def label(recording: Recording, sound: Sound) -> PhoneLabels:
    phones: tuple[LabelledPhone, ...] = ()
    if recording.oto:
        phones = label_oto(recording, sound.mel)
    elif recording.given:
        phones = label_kokoro(recording, sound.mel)
    return PhoneLabels(
        recording.language, recording.style, recording.pitch_midi, recording.text, phones
    )


def _row(recording: Recording) -> StoredSound:
    return StoredSound(
        name=recording.name,
        first_frame=0,
        frames=0,
        speaker=recording.speaker,
        kind=recording.kind.value,
        held_back=recording.held_back,
        full_band=recording.full_band,
    )
