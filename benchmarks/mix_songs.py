"""What is mixed: hymns sung over renderings of their own scores, and real stems over tracks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.hymns import Hymn, hymn_set, slowed
from benchmarks.made_tracks import MadeTrack, make_track, render
from benchmarks.written_notes import WrittenScore, read_written
from vocoder.audio import Audio, read_audio, write_audio
from voice.expression import FrameScore
from voice.mixing.placement import AtBar, AtSecond, Start, pickup_seconds
from voice.provenance import tags_of
from voice.studio import SingOptions, Studio

COUNT_IN_BARS = 1


@dataclass(frozen=True)
class Sung:
    """What is known of a vocal that was sung from a score.

    Attributes:
        bar_one_s: where bar 1 of the track truly begins.
        beat_s: how long a beat of the track lasts.
        pickup_s: how long before the first full bar beat 0 of the score lies.
    """

    frames: FrameScore
    words: str
    bar_one_s: float
    beat_s: float
    pickup_s: float


@dataclass(frozen=True)
class Source:
    """A vocal and a track to mix, and where the vocal begins."""

    name: str
    vocal: Path
    track: Path
    start: Start
    meter: tuple[int, int] | None = None
    sung: Sung | None = None


def hymns_over_tracks(count: int, share: float, voice: str, out: Path) -> Iterator[Source]:
    """Hymns of the set, each over its own score as piano, strings or organ play it."""
    hymns = hymn_set()
    studio = Studio.open(threads=1)
    for number, name in enumerate(hymns.files[:count]):
        path = hymns.folder / name
        hymn = hymns.read(number + 1)[number]
        slow = replace(hymn, score=slowed(hymn.score, share))
        track = make_track(_slowed(read_written(path), share), number % 2 == 0, number)
        wav = out / f"{hymn.name}-track.wav"
        render(track, wav)
        yield _sung(slow, track, wav, studio, voice, out)


def real_songs(folder: Path, seconds: float, out: Path) -> Iterator[Source]:
    """The lead vocal and the instrumental of each real song, from where most is sung."""
    for path in sorted(folder.glob("*-instrumental.opus")):
        name = path.name.removesuffix("-instrumental.opus")
        vocal = folder / f"{name}-lead-vocal.opus"
        first_s = _fullest_s(read_audio(vocal), seconds)
        files = {}
        for what, file in (("vocal", vocal), ("track", path)):
            files[what] = out / f"{name}-{what}.wav"
            write_audio(files[what], _piece(file, first_s, seconds))
        yield Source(name, files["vocal"], files["track"], AtSecond(0.0))


def _sung(hymn: Hymn, track: MadeTrack, wav: Path, studio: Studio, voice: str, out: Path) -> Source:
    take = studio.sing(hymn.score, voice, SingOptions(language="en"))
    vocal = out / f"{hymn.name}-vocal.wav"
    write_audio(vocal, take.audio, "32f", tags_of(take))
    pickup_s = pickup_seconds(hymn.score)
    beat_s = (track.beats_s[-1] - track.beats_s[0]) / (len(track.beats_s) - 1)
    sung = Sung(take.frames, hymn.words, track.downbeats_s[0], beat_s, pickup_s)
    return Source(hymn.name, vocal, wav, AtBar(1), track.meter, sung)


def _piece(path: Path, first_s: float, seconds: float) -> Audio:
    """A stretch of a file, without decoding the rest."""
    import soundfile

    rate_hz = int(soundfile.info(path).samplerate)
    first, count = round(first_s * rate_hz), round(seconds * rate_hz)
    samples, _ = soundfile.read(path, count, first, dtype="float32", always_2d=True)
    return Audio(np.ascontiguousarray(samples.T), rate_hz)


def _fullest_s(vocal: Audio, seconds: float) -> float:
    """Where the stretch of so many seconds begins in which most is sung, to the second."""
    step = vocal.rate_hz
    whole = vocal.samples[:, : vocal.length_samples // step * step]
    power = (whole.reshape(vocal.channels, -1, step) ** 2).mean(axis=(0, 2))
    sung = np.cumsum(np.concatenate([[0.0], power > 1e-3 * power.max()]))
    span = min(round(seconds), len(power))
    return float(np.argmax(sung[span:] - sung[:-span]))


def _slowed(score: WrittenScore, share: float) -> WrittenScore:
    tempos = [(Fraction(beat), tempo * share) for beat, tempo in score.tempos]
    return replace(score, tempos=type(score.tempos)(tempos))
