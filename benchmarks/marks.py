"""The mark: whether it is found where it is, not found where it is not, and harms nothing.

python -m benchmarks.marks --songs DIR --corpora DIR --save benchmarks/results/marks.json

Marked are takes of hymns, and mixes of them over the songs' instrumentals; each goes through one
treatment and is cropped. Unmarked are crops of songs and of everything that the corpora hold.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.hymns import Hymn, hymn_set
from benchmarks.intervals import Interval
from benchmarks.listening import Listener
from benchmarks.table import Row, Table, Target, at_least, at_most
from benchmarks.takes import SungHymn, judged, singer_of, studio_of
from benchmarks.treatments import TREATMENTS, cropped
from benchmarks.whisper_model import whisper_folder
from vocoder.audio import Audio, read_audio
from voice.marking.detect import find_mark
from voice.marking.mark import marked
from voice.marking.payload import Kind, Payload, voice_tag
from voice.mixing.mix import mix_over
from voice.studio import SingOptions
from voice.take import VocalTake

HOST_S = 32.0
LONGEST_S = 60.0
MIXED_AT_S = 2.0
CROP_S = 10.0
CROPS = 3
SONG_STEP_S = 6.0
CLIPS_EACH = 30
PEOPLE = ("kumi-ja", "scottpoid-ja", "dorodoro-ja", "kathleen-en", "kokoro-en")
GOALS = {"pitch": None, "reverb": None}


@dataclass(frozen=True)
class Sung:
    """A take of a hymn."""

    hymn: Hymn
    take: VocalTake


def payload_of(number: int, kind: Kind, voice: str) -> Payload:
    return Payload(kind, voice_tag(voice), f"{random.Random(number).getrandbits(32):08x}")


def sung_by(voices: Sequence[str], hymns: int) -> list[Sung]:
    """Every voice sings some hymns at the written tempo."""
    studio = studio_of(None, 1)
    chosen = hymn_set().read(hymns)
    return [
        Sung(hymn, singer_of(studio, voice, SingOptions(language="en"))(hymn.score))
        for voice in voices
        for hymn in chosen
    ]


def unmarked(songs: Path, corpora: Path) -> Iterator[Audio]:
    """Crops of all songs, and of the clips of every corpus laid end to end."""
    for path in sorted(songs.glob("*.opus")):
        song = read_audio(path)
        for start_s in np.arange(0.0, song.duration_s - CROP_S, SONG_STEP_S):
            yield cropped(song, float(start_s), CROP_S)
    for corpus in PEOPLE:
        rows = (corpora / corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
        random.Random(0).shuffle(rows)
        clips = iter(read_audio(corpora / corpus / json.loads(row)["audio"]) for row in rows)
        for _ in range(CLIPS_EACH):
            yield _laid_end_to_end(clips)


def _laid_end_to_end(clips: Iterator[Audio]) -> Audio:
    pieces = [next(clips)]
    while sum(piece.duration_s for piece in pieces) < CROP_S:
        pieces.append(next(clips))
    joined = np.concatenate([piece.mono().samples for piece in pieces], axis=1)
    return cropped(Audio(joined, pieces[0].rate_hz), 0.0, CROP_S)


def share_row(
    key: str, definition: str, hits: int, n: int, counted: str, goal: Target | None
) -> Row:
    """A share in per cent with Clopper and Pearson's interval."""
    from scipy.stats import binomtest

    span = binomtest(hits, n).proportion_ci(0.95, "exact")
    interval = Interval(100.0 * float(span.low), 100.0 * float(span.high))
    return Row(f"mark.{key}", definition, 100.0 * hits / n, "%", n, counted, goal, interval)


def false_rows(songs: Path, corpora: Path) -> Iterator[Row]:
    pieces = found = 0
    for audio in unmarked(songs, corpora):
        pieces += 1
        found += find_mark(audio) is not None
    definition = f"marks found in unmarked crops of {CROP_S:g} s, songs and corpora"
    yield share_row("false", definition, found, pieces, "crops", at_most(0.0))


def found_rows(
    what: str, hosts: Sequence[tuple[Audio, Payload]], treatments: Sequence[str]
) -> Iterator[Row]:
    """How many crops of marked and treated sound give exactly their payload back."""
    made = [(marked(audio, payload), payload) for audio, payload in hosts]
    for name in treatments:
        told, treat = TREATMENTS[name]
        found = tried = 0
        for audio, payload in made:
            sounding = treat(audio)
            for start_s in _starts(sounding):
                seen = find_mark(cropped(sounding, start_s, CROP_S))
                tried += 1
                found += seen is not None and seen.payload == payload
        definition = f"marks read from crops of {CROP_S:g} s: {what}, {told}"
        goal = None if name in GOALS else at_least(95.0)
        yield share_row(f"{what.split()[0]}.{name}", definition, found, tried, "crops", goal)


def _starts(audio: Audio) -> list[float]:
    room_s = audio.duration_s - CROP_S
    return [float(start_s) for start_s in np.linspace(0.37, max(0.37, room_s - 0.41), CROPS)]


def level_row(what: str, hosts: Sequence[tuple[Audio, Payload]]) -> Row:
    """How far the mark lies under the sound, over its whole length."""
    levels = []
    for audio, payload in hosts:
        mark = marked(audio, payload).samples - audio.samples
        power = float(np.square(audio.samples).sum() / np.square(mark).sum())
        levels.append(10.0 * float(np.log10(power)))
    definition = f"the mark under the sound, {what}: least of all"
    return Row(
        f"mark.level.{what}", definition, min(levels), "dB", len(levels), "sounds", at_least(24.0)
    )


def harm_rows(sung: Sequence[Sung], model: Path | None) -> Iterator[Row]:
    """The same takes judged without and with their mark."""
    listen: Callable[[Audio], str] = lambda audio: ""  # noqa: E731
    if model is not None:
        listen = Listener(model).transcribe
    plain: list[SungHymn] = []
    with_mark: list[SungHymn] = []
    for number, one in enumerate(sung):
        audio = marked(one.take.audio, payload_of(number, Kind.SING, one.take.voice))
        for take, kept in ((one.take, plain), (replace(one.take, audio=audio), with_mark)):
            kept.append(judged(one.hymn, take, listen(take.audio)))
    notes = sum(len(take.cents) for take in plain)
    for name, takes in (("without", plain), ("with", with_mark)):
        definition = f"notes within 10 cents of the score, {name} the mark"
        yield Row(f"mark.notes.{name}", definition, _in_tune(takes), "%", notes, "notes")
        quality = float(np.mean([take.quality for take in takes]))
        definition = f"predicted quality (DNSMOS overall), {name} the mark"
        yield Row(f"mark.dnsmos.{name}", definition, quality, "of 5", len(takes), "takes")
        if model is not None:
            words = sum([take.understood.words for take in takes])
            wrong = 100.0 * sum([take.understood.errors for take in takes]) / words
            definition = f"words wrong (Whisper base), {name} the mark"
            yield Row(f"mark.words.{name}", definition, wrong, "%", words, "words")


def _in_tune(takes: Sequence[SungHymn]) -> float:
    cents = np.concatenate([take.cents for take in takes])
    return 100.0 * float(np.mean(np.abs(cents) <= 10.0))


def covered_rows(
    sung: Sequence[Sung], instrumentals: Sequence[Audio], treatments: Sequence[str]
) -> Iterator[Row]:
    """Only the vocal is marked, and then mixed by the usual settings."""
    for name in treatments:
        told, treat = TREATMENTS[name]
        found = tried = 0
        for number, one in enumerate(sung):
            payload = payload_of(number, Kind.SING, one.take.voice)
            take = replace(one.take, audio=marked(one.take.audio, payload))
            whole = treat(_mixed(take, instrumentals, number))
            seen = find_mark(cropped(whole, MIXED_AT_S, take.audio.duration_s))
            tried += 1
            found += seen is not None and seen.payload == payload
        definition = f"marks of the vocal alone, read from its whole mix, {told}"
        yield share_row(f"covered.{name}", definition, found, tried, "mixes", None)


def _mixed(take: VocalTake, instrumentals: Sequence[Audio], number: int) -> Audio:
    return mix_over(take, instrumentals[number % len(instrumentals)], MIXED_AT_S).audio


def measure(options: argparse.Namespace) -> Iterator[Row]:
    yield from false_rows(options.songs, options.corpora)
    sung = sung_by(options.voices, options.hymns)
    instrumentals = [
        cropped(read_audio(path), 0.0, 60.0)
        for path in sorted(options.songs.glob("*instrumental.opus"))
    ]
    takes = [
        (cropped(one.take.audio, 0.0, HOST_S), payload_of(i, Kind.SING, one.take.voice))
        for i, one in enumerate(sung)
    ]
    mixes = [
        (
            cropped(
                mix_over(one.take, instrumentals[i % len(instrumentals)], 2.0).audio, 0, HOST_S
            ),
            payload_of(i, Kind.MIX, one.take.voice),
        )
        for i, one in enumerate(sung)
    ]
    for what, hosts in (("takes", takes), ("mixes", mixes)):
        yield level_row(what, hosts)
        yield from found_rows(what, hosts, list(TREATMENTS))
    yield from covered_rows(sung, instrumentals, ["none", "mp3_128"])
    model = None if options.without_words else whisper_folder(options.whisper)
    yield from harm_rows(sung, model)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.marks",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--songs", type=Path, required=True, help="a folder of stems in Opus")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--voices", nargs="+", default=["wren", "kumi"])
    parser.add_argument("--hymns", type=int, default=5)
    parser.add_argument("--whisper", type=Path, help="a folder of faster-whisper's base model")
    parser.add_argument("--without-words", action="store_true", help="do not ask the recogniser")
    parser.add_argument("--save", type=Path, help="write the JSON to this file, too")
    options = parser.parse_args(arguments)
    rows: list[Row] = []
    stated: Mapping[str, str] = circumstances(datetime.now(UTC))
    for row in measure(options):
        sys.stderr.write(f"{row.key}: {row.value:.4g} {row.unit} of {row.n}\n")
        sys.stderr.flush()
        rows.append(row)
        if options.save is not None:
            options.save.write_text(Table(tuple(rows), stated).to_json(), encoding="utf-8")
    sys.stdout.write(Table(tuple(rows), stated).to_markdown())
    return 0


if __name__ == "__main__":
    run(main)
