"""What is mixed: hymns sung over renderings of their own scores, and real stems over tracks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.hymns import Hymn, hymn_set, slowed
from benchmarks.made_tracks import MadeTrack, make_track, render
from benchmarks.written_notes import WrittenScore, read_written
from vocoder.audio import Audio, read_audio, write_audio
from voice.expression import FrameScore
from voice.mixing.placement import AtBar, AtSecond, Start, pickup_seconds
from voice.mixing.timing import BeatWishes
from voice.provenance import tags_of
from voice.studio import SingOptions, Studio
from voice.take import VocalTake

OPTIONS = SingOptions(language="en")


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
    """A vocal and a track to mix, where the vocal begins, and what is told of the track's time."""

    name: str
    vocal: Path
    track: Path
    start: Start
    beat: BeatWishes = field(default_factory=BeatWishes)
    sung: Sung | None = None


def hymns_over_tracks(
    count: int, share: float, voice: str, hears_bars: bool, out: Path
) -> Iterator[Source]:
    """Hymns of the set, each over its own score as piano, strings or organ play it.

    Args:
        hears_bars: the tempo and bar 1 of a track are heard in it, and else told.
    """
    hymns = hymn_set()
    studio = Studio.open(threads=1)
    for number, name in enumerate(hymns.files[:count]):
        path = hymns.folder / name
        hymn = hymns.read(number + 1)[number]
        slow = replace(hymn, score=slowed(hymn.score, share))
        track = make_track(_slowed(read_written(path), share), number % 2 == 0, number)
        wav = out / f"{hymn.name}-track.wav"
        render(track, wav)
        yield _sung(slow, track, wav, studio.sing(slow.score, voice, OPTIONS), hears_bars)


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


def _sung(hymn: Hymn, track: MadeTrack, wav: Path, take: VocalTake, hears_bars: bool) -> Source:
    vocal = wav.with_name(f"{hymn.name}-vocal.wav")
    write_audio(vocal, take.audio, "32f", tags_of(take))
    pickup_s = pickup_seconds(hymn.score)
    beat_s = (track.beats_s[-1] - track.beats_s[0]) / (len(track.beats_s) - 1)
    sung = Sung(take.frames, hymn.words, track.downbeats_s[0], beat_s, pickup_s)
    known = BeatWishes(meter=track.meter)
    if not hears_bars:
        known = BeatWishes(60.0 / beat_s, track.downbeats_s[0], _beats_in_bar(track))
    return Source(hymn.name, vocal, wav, AtBar(1), known, sung)


def _beats_in_bar(track: MadeTrack) -> tuple[int, int]:
    """The metre in counted beats, of which a 6/8 bar has two."""
    return track.meter[0] // 3 if track.meter[0] in (6, 9, 12) else track.meter[0], 4


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
