"""Who is singing: takes and held-back recordings against what the singers recorded themselves.

A voice sounds otherwise at another pitch and in another style, so each sound is compared with the
mean of recordings of the same style within three semitones, of every singer that has some there.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.copies import loaded
from benchmarks.embedding import embedded_recordings, embedded_takes
from benchmarks.praat import praat_track
from benchmarks.rows import measured
from benchmarks.strings import Rendered
from benchmarks.table import Row, at_least
from vocoder.audio import Audio
from vocoder.frames import GRID
from vocoder.pitch import hz_to_midi
from voice.corpora.manifest import read_manifest
from voice.corpora.recordings import Kind, Recording
from voice.take import VocalTake

SINGER_OF = {"kumi": "kumi", "scott": "scottpoid", "dorodoro": "dorodoro"}
"""The voices of singers; `dorodoro` is none of ours, but what the fine-tuning recipe makes."""
CORPORA_OF = {
    "kumi": ("kumi-ja", "kumi-zh"),
    "scottpoid": ("scottpoid-ja",),
    "dorodoro": ("dorodoro-ja",),
}
OTHER_CORPORA = ("kathleen-en", "kokoro-en")
NEAR_SEMITONES = 3.0
PIECE_S = 6.0
SHORTEST_S = 1.5
_EACH_GROUP, _EACH_SPEAKER = 10, 4
LIKE_HYMNS = "ja"
"""Strings as long as the pieces of hymns."""
_LOW_PERCENT = 5.0
_LEAST_VOICED = 0.3

RECORDED = (
    "GE2E cosine of held-back recordings ({language}) to the mean of the singer's other recordings "
    "of the same style within 3 semitones, mean"
)
LOW = "the same, 5th percentile: what takes must reach"
SUNG = "GE2E cosine of takes in {language} (hymns in pieces of 6 s, strings whole), mean"
NEAREST = "the same sounds, those nearest to their own singer among all singers and speakers"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Heard:
    """One sound: whose it is, how and how high it was sung, and its embedding `(256,)`.

    `language` says which held-back recordings it is held against: strings of one language are as
    long as one another, and short sounds are farther from every mean.
    """

    singer: str
    language: str
    style: str
    midi: float
    embedding: Floats


@dataclass(frozen=True)
class Gallery:
    """Recordings that everybody is compared with; the sounds that are judged are none of them."""

    members: tuple[Heard, ...]

    def centroid(self, singer: str, heard: Heard) -> Floats:
        """The mean of a singer's recordings like the one heard; of all, where none is like it."""
        own = [each for each in self.members if each.singer == singer]
        alike = [
            each
            for each in own
            if each.style == heard.style and abs(each.midi - heard.midi) <= NEAR_SEMITONES
        ]
        mean = np.mean([each.embedding for each in alike or own], axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    def likeness(self, heard: Heard) -> float:
        """The cosine to the centroid of the singer whose voice it should be."""
        return float(heard.embedding @ self.centroid(heard.singer, heard))

    def nearest(self, heard: Heard) -> str:
        """The singer whose centroid is nearest."""
        singers = sorted({each.singer for each in self.members})
        return max(singers, key=lambda name: heard.embedding @ self.centroid(name, heard))


@dataclass(frozen=True)
class Identities:
    """The gallery, and the held-back recordings of the singers whose voices are judged."""

    gallery: Gallery
    held_back: tuple[Heard, ...]


def identities(corpora: Path, singers: Sequence[str], seed: int = 0) -> Identities:
    """Embed what is needed of the corpora; ten recordings of each pitch and style."""
    members: list[Heard] = []
    held_back: list[Heard] = []
    own = [corpus for singer in singers for corpus in CORPORA_OF[singer]]
    others = [corpus for each in CORPORA_OF.values() for corpus in each if corpus not in own]
    for corpus in (*own, *others, *OTHER_CORPORA):
        rows = [row for row in read_manifest(corpora / corpus) if row.duration_s >= SHORTEST_S]
        members += _heard(corpora / corpus, _sample([r for r in rows if not r.held_back], seed))
        if corpus in own:
            held_back += _heard(corpora / corpus, [row for row in rows if row.held_back])
    return Identities(Gallery(tuple(members)), tuple(held_back))


def heard_pieces(takes: Sequence[VocalTake], singer: str) -> list[Heard]:
    """Takes in pieces of six seconds, so that they are as long as recordings are."""
    sounds: list[Audio] = []
    pitches: list[float] = []
    for take in takes:
        for audio, midi in _pieces(take):
            sounds.append(audio)
            pitches.append(midi)
    return [
        Heard(singer, "en", "core", midi, embedding)
        for midi, embedding in zip(pitches, embedded_takes(sounds), strict=True)
    ]


def heard_strings(strings: Sequence[Rendered], singer: str) -> list[Heard]:
    """Renders of held-back strings, whole, in the styles of their recordings."""
    embeddings = embedded_takes([each.made for each in strings])
    return [
        Heard(singer, recording.language, recording.style, string.midi, embedding)
        for string, recording, embedding in (
            (each.string, each.string.recording, embedding)
            for each, embedding in zip(strings, embeddings, strict=True)
        )
    ]


def identity_rows(voice: str, found: Identities, sung: Mapping[str, Sequence[Heard]]) -> list[Row]:
    """How near takes are to the singer, and whether anybody else is nearer.

    Args:
        sung: takes by what was sung: `en`, `ja`, `zh`.
    """
    rows: list[Row] = []
    lows: dict[str, float] = {}
    own = [each for each in found.held_back if each.singer == SINGER_OF[voice]]
    for language in dict.fromkeys(each.language for each in own):
        alike = [each for each in own if each.language == language]
        likeness = [found.gallery.likeness(each) for each in alike]
        lows[language] = float(np.percentile(likeness, _LOW_PERCENT))
        counted = (len(alike), "recordings")
        key = f"who.{voice}.{language}.recordings"
        definition = RECORDED.format(language=language)
        rows += _rows(key, definition, found.gallery, alike, counted, None)
        rows.append(Row(f"{key}.low", LOW, lows[language], "", *counted))
    for language, takes in sung.items():
        low = lows.get(language, lows[LIKE_HYMNS])
        counted = (len(takes), "pieces of takes")
        definition = SUNG.format(language=language)
        rows += _rows(f"who.{voice}.{language}", definition, found.gallery, takes, counted, low)
    return rows


def _rows(
    key: str,
    definition: str,
    gallery: Gallery,
    sounds: Sequence[Heard],
    counted: tuple[int, str],
    low: float | None,
) -> list[Row]:
    near = [gallery.likeness(each) for each in sounds]
    own = [100.0 * (gallery.nearest(each) == each.singer) for each in sounds]
    goals = (None, None) if low is None else (at_least(round(low, 4)), at_least(95.0))
    return [
        measured(key, definition, near, _mean, "", counted, goals[0]),
        measured(f"{key}.nearest", NEAREST, own, _mean, "%", counted, goals[1]),
    ]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _heard(folder: Path, recordings: Sequence[Recording]) -> list[Heard]:
    embeddings = embedded_recordings(folder, recordings)
    return [
        Heard(each.speaker, each.language, each.style, _midi(each), embedding)
        for each, embedding in zip(recordings, embeddings, strict=True)
    ]


def _midi(recording: Recording) -> float:
    """The pitch that is stated, else the middle of what Praat hears."""
    if recording.pitch_midi is not None:
        return float(recording.pitch_midi)
    track = praat_track(loaded(recording))
    return float(np.median(hz_to_midi(track.hz[track.voiced]))) if track.voiced.any() else 0.0


def _sample(recordings: Sequence[Recording], seed: int) -> list[Recording]:
    """Some of each singer's pitches and styles, and of each speaker."""
    groups: dict[tuple[str, str, int | None], list[Recording]] = {}
    for each in recordings:
        groups.setdefault((each.speaker, each.style, each.pitch_midi), []).append(each)
    chance = random.Random(seed)
    chosen: list[Recording] = []
    for group in groups.values():
        most = _EACH_GROUP if group[0].kind is Kind.SUNG else _EACH_SPEAKER
        chosen += chance.sample(group, min(most, len(group)))
    return chosen


def _pieces(take: VocalTake) -> Iterator[tuple[Audio, float]]:
    """Pieces with their middle pitch; those that are mostly silent are left out."""
    samples, pitch = take.audio.mono().samples[0], take.frames.pitch
    step, frames = round(PIECE_S * take.audio.rate_hz), round(PIECE_S * GRID.frames_per_second)
    for index in range(max(1, len(samples) // step)):
        voiced = pitch.voiced[index * frames : (index + 1) * frames]
        hz = pitch.hz[index * frames : (index + 1) * frames][voiced]
        if voiced.mean() > _LEAST_VOICED:
            part = samples[index * step : (index + 1) * step]
            yield Audio(part[None], take.audio.rate_hz), float(np.median(hz_to_midi(hz)))
