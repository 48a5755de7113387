"""Labelled recordings as the arrays that crops are cut from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.ndimage

from lyrics.phonemes import INVENTORY, SILENCE
from vocoder.frames import GRID, MEL_BANDS, MEL_CEILING_HZ, MEL_FLOOR_HZ
from vocoder.pitch import hz_to_midi
from vocoder.store import SoundStore, StoredSound
from voice.acoustic.config import language_id
from voice.acoustic.loudness import gain_to_reference_db
from voice.corpora.label_files import PhoneLabels
from voice.corpora.labels import tiled
from voice.corpora.voicing_edges import voicing_edges

STYLE_GAIN_DB: Mapping[str, float] = {"core": 0.0, "strong": 3.0, "whisper": -8.0}
NARROW_BAND_HZ = 10_600.0
SPEECH_NOTE_FRAMES = 31
NEPERS_PER_DB = 0.1151292546497023

Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PhraseArrays:
    """One recording: phone arrays `(phones,)`, frame arrays `(frames,)`, `mel` `(mels, frames)`.

    `labelled` masks frames that nobody labelled, `sung_note` says whether `note` is a real one.
    """

    speaker: str
    phoneme: Ints
    stress: Ints
    seconds: Floats32
    first_frame: Ints
    language: int
    phone: Ints
    labelled: npt.NDArray[np.bool_]
    mel: npt.NDArray[np.float16]
    midi: Floats32
    note: Floats32
    voiced: npt.NDArray[np.bool_]
    style: str
    sung_note: bool
    full_band: bool

    @property
    def frames(self) -> int:
        return int(self.phone.shape[0])


def read_phrases(store: SoundStore, labels: Mapping[str, PhoneLabels]) -> list[PhraseArrays]:
    """All recordings of a store that may train and have labels."""
    return [
        phrase_arrays(store, stored, labels[stored.name])
        for stored in store.recordings
        if not stored.held_back and labels[stored.name].phones and stored.frames > 8
    ]


def phrase_arrays(store: SoundStore, stored: StoredSound, labels: PhoneLabels) -> PhraseArrays:
    sound = store.read(stored)
    frames = stored.frames
    phones = voicing_edges(labels.phones, sound.pitch.voiced)
    rows = tiled(phones, GRID.frames_to_seconds(frames))
    edges = np.array([round(row.start_s * GRID.frames_per_second) for row in rows] + [frames])
    edges = np.clip(np.maximum.accumulate(edges), 0, frames)
    keep = np.flatnonzero(np.diff(edges) > 0)
    phone = np.repeat(np.arange(len(keep)), np.diff(edges)[keep])
    known = [rows[i] for i in keep]
    gain_db = gain_to_reference_db(sound.mel) + STYLE_GAIN_DB[labels.style]
    midi = hz_to_midi(sound.pitch.hz)
    sung = labels.pitch_midi is not None and bool(sound.pitch.voiced.any())
    note = _note(midi, sound.pitch.voiced, sung)
    labelled = np.array([row.symbol is not None for row in known])
    return PhraseArrays(
        speaker=stored.speaker,
        phoneme=np.array([INVENTORY.id_of(row.symbol or SILENCE.symbol) for row in known]),
        stress=np.array([row.stress for row in known]),
        seconds=np.array([row.length_s for row in known], dtype=np.float32),
        first_frame=edges[keep],
        language=language_id(labels.language),
        phone=phone,
        labelled=labelled[phone],
        mel=(sound.mel + gain_db * NEPERS_PER_DB).astype(np.float16),
        midi=midi.astype(np.float32),
        note=note.astype(np.float32),
        voiced=sound.pitch.voiced,
        style=labels.style,
        sung_note=sung,
        full_band=stored.full_band,
    )


def _note(
    midi: npt.NDArray[np.float64], voiced: npt.NDArray[np.bool_], sung: bool
) -> npt.NDArray[np.float64]:
    """The pitch a score would have shown: the string's own note, or speech's slow movement."""
    if sung:
        return np.full(len(midi), np.median(midi[voiced]))
    return np.asarray(scipy.ndimage.uniform_filter1d(midi, SPEECH_NOTE_FRAMES, mode="nearest"))


def narrow_band_mask() -> Floats32:
    """1 for mel bands that a 24 kHz recording fills, 0 above, `(mels, 1)`."""
    import librosa

    centres = librosa.mel_frequencies(MEL_BANDS + 2, fmin=MEL_FLOOR_HZ, fmax=MEL_CEILING_HZ)[2:]
    return np.asarray(centres <= NARROW_BAND_HZ, dtype=np.float32)[:, None]
