"""What is converted: lead vocals of songs, held-back singing, held-back speech."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from benchmarks.copies import held_back, loaded
from benchmarks.errors import BenchmarkError
from vocoder.audio import Audio, read_audio
from vocoder.frames import SAMPLE_RATE_HZ

SINGING = ("kumi-ja", "scottpoid-ja")
SPEECH = ("kathleen-en", "kokoro-en")
SONG_S = 40.0
SHORTEST_S = 2.0
_RANGE_DB = 35.0
_BLOCK_S = 0.5
_CUT_S = 0.2
_PIECE_S = (6.0, 14.0)


class SourceKind(StrEnum):
    SONG = "song"
    SINGING = "singing"
    SPEECH = "speech"


@dataclass(frozen=True, eq=False)
class Source:
    """One recording to be converted; `audio` is mono at 44.1 kHz, `text` empty where unknown."""

    name: str
    kind: SourceKind
    corpus: str
    speaker: str
    audio: Audio
    text: str = ""

    @property
    def melodic(self) -> bool:
        return self.kind is not SourceKind.SPEECH


def sources(corpora: Path, songs: Path, singing: int, speech: int) -> Iterator[Source]:
    """The liveliest 40 s of every lead vocal, and so many held-back recordings of each corpus.

    Raises:
        BenchmarkError: no lead vocals in `songs`.
    """
    vocals = sorted(songs.glob("*-lead-vocal.*"))
    if not vocals:
        raise BenchmarkError(f"{songs}: no lead vocals; give the folder of the songs' stems")
    for path in vocals:
        audio = read_audio(path).mono().resampled(SAMPLE_RATE_HZ)
        name = path.name.partition("-lead-vocal")[0]
        yield Source(name, SourceKind.SONG, "songs", name, liveliest(audio, SONG_S))
    for corpora_of_kind, kind, most in (
        (SINGING, SourceKind.SINGING, singing),
        (SPEECH, SourceKind.SPEECH, speech),
    ):
        for corpus in corpora_of_kind:
            yield from _held_back(corpora, corpus, kind, most)


def _held_back(corpora: Path, corpus: str, kind: SourceKind, most: int) -> Iterator[Source]:
    """Evenly chosen recordings that no training saw, each text once."""
    by_text = {
        recording.text_key: recording
        for recording in held_back(corpora, corpus)
        if recording.duration_s >= SHORTEST_S
    }
    kept = list(by_text.values())
    for index in range(min(most, len(kept))):
        one = kept[index * len(kept) // min(most, len(kept))]
        yield Source(one.name, kind, corpus, one.speaker, loaded(one), one.text)


def quiet_cuts_s(audio: Audio) -> tuple[float, ...]:
    """Where a song is cut into pieces of 6-14 s: at the quietest moments, and its two ends."""
    samples, rate_hz = audio.samples[0].astype(np.float64), audio.rate_hz
    window = round(_CUT_S * rate_hz)
    power = np.convolve(samples**2, np.ones(window) / window, mode="same")
    shortest, longest = (round(span * rate_hz) for span in _PIECE_S)
    cuts = [0]
    while len(samples) - cuts[-1] > shortest + longest // 2 + rate_hz:
        first = cuts[-1] + shortest
        last = min(cuts[-1] + longest, len(samples) - shortest // 2)
        cuts.append(first + int(np.argmin(power[first:last])))
    return tuple(cut / rate_hz for cut in (*cuts, len(samples)))


def liveliest(audio: Audio, seconds: float) -> Audio:
    """The stretch of a sound in which it sounds most of the time."""
    block = round(_BLOCK_S * audio.rate_hz)
    length = round(seconds / _BLOCK_S)
    samples = audio.samples[0]
    count = len(samples) // block
    if count <= length:
        return audio
    power = np.square(samples[: count * block].reshape(count, block)).mean(axis=1)
    sounding = power > power.max() * 10.0 ** (-_RANGE_DB / 10.0)
    busy = np.convolve(sounding, np.ones(length), mode="valid")
    first = int(np.argmax(busy)) * block
    return Audio(audio.samples[:, first : first + length * block], audio.rate_hz)
