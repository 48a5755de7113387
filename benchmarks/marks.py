"""The mark: whether it is found where it is, not found where it is not, and harms nothing.

python -m benchmarks.marks --takes TAKES --mixes MIXES --songs SONGS --corpora DIR \\
    --save results/marks.json

TAKES holds vocals that Melisma sang, as `benchmarks.quality --out` leaves them, and MIXES finished
mixes, as `benchmarks.mix --out` leaves them, both without a mark; marked are pieces of them, and of
the vocals over the songs' instrumentals. Each piece goes through one treatment and is
cropped. Unmarked are crops of the songs and of everything that the corpora hold.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.intervals import Interval
from benchmarks.listening import Listener, compared
from benchmarks.praat import praat_track
from benchmarks.predicted_quality import dnsmos
from benchmarks.table import Row, Table, Target, at_least, at_most, merged
from benchmarks.treatments import TREATMENTS, cropped
from benchmarks.whisper_model import whisper_folder
from vocoder.audio import Audio, read_audio
from voice.marking.detect import find_mark
from voice.marking.mark import marked
from voice.marking.payload import Kind, Payload, voice_tag

PIECE_S = 16.0
PIECES = 2
CROP_S = 10.0
CROP_AT_S = (0.37, 5.61)
SONG_STEP_S = 6.0
CLIPS_EACH = 30
LEAD_DB = 2.0
PEOPLE = ("kumi-ja", "scottpoid-ja", "dorodoro-ja", "kathleen-en", "kokoro-en")
WITHOUT_GOAL = ("pitch", "reverb", "harmonies")


@dataclass(frozen=True)
class Host:
    """Sound before and after it was marked."""

    plain: Audio
    marked: Audio
    payload: Payload

    @property
    def level_db(self) -> float:
        """How far the mark lies under the sound."""
        mark = self.marked.samples - self.plain.samples
        power = np.square(self.plain.samples).sum() / np.square(mark).sum()
        return 10.0 * float(np.log10(power))


def host(audio: Audio, number: int, kind: Kind) -> Host:
    name = f"{random.Random(number).getrandbits(32):08x}"
    payload = Payload(kind, voice_tag("wren"), name)
    return Host(audio, marked(audio, payload), payload)


def pieces_of(takes: Path) -> list[Audio]:
    """Some pieces of each take, from its beginning on."""
    found = []
    for path in sorted(takes.rglob("*.wav")):
        take = read_audio(path)
        found += [cropped(take, number * PIECE_S, PIECE_S) for number in range(PIECES)]
    return [piece for piece in found if piece.duration_s > PIECE_S - 0.1]


def laid_over(vocal: Audio, backing: Audio) -> Audio:
    """A vocal over an instrumental of the same length, 2 dB louder than it."""
    under = backing.resampled(vocal.rate_hz).samples[:, : vocal.length_samples]
    level = np.sqrt(np.mean(np.square(under)) / np.mean(np.square(vocal.samples)))
    whole = under + vocal.samples * np.float32(level * 10.0 ** (LEAD_DB / 20.0))
    return Audio((whole / max(1.0, float(np.abs(whole).max()))).astype(np.float32), vocal.rate_hz)


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


def found_rows(what: str, hosts: Sequence[Host], treatments: Sequence[str]) -> Iterator[Row]:
    """How far the mark lies below, and how many crops of treated sound give their payload back."""
    levels = [one.level_db for one in hosts]
    definition = f"the mark under the sound, {what}: least of all"
    yield Row(
        f"mark.level.{what}", definition, min(levels), "dB", len(hosts), "pieces", at_least(24.0)
    )
    for name in treatments:
        told, treat = TREATMENTS[name]
        found = tried = 0
        for one in hosts:
            sounding = treat(one.marked)
            for start_s in CROP_AT_S:
                seen = find_mark(cropped(sounding, start_s, CROP_S))
                tried += 1
                found += seen is not None and seen.payload == one.payload
        definition = f"marks read from crops of {CROP_S:g} s: {what}, {told}"
        goal = None if name in WITHOUT_GOAL else at_least(95.0)
        yield share_row(f"{what}.{name}", definition, found, tried, "crops", goal)


def covered_row(vocals: Sequence[Host], backings: Sequence[Audio]) -> Row:
    """Only the vocal is marked, and other sound is laid over it later."""
    found = 0
    for one, backing in zip(vocals, backings, strict=True):
        seen = find_mark(laid_over(one.marked, backing))
        found += seen is not None and seen.payload == one.payload
    definition = (
        f"marks of the vocal alone, read from {PIECE_S:g} s of a mix that was not marked, the "
        f"vocal {LEAD_DB:g} dB above the instrumental"
    )
    return share_row("covered", definition, found, len(vocals), "mixes", None)


def harm_rows(hosts: Sequence[Host], model: Path | None) -> Iterator[Row]:
    """The same pieces without and with their mark."""
    moved: list[float] = []
    for one in hosts:
        before, after = praat_track(one.plain), praat_track(one.marked)
        both = before.voiced & after.voiced
        moved += np.abs(1200.0 * np.log2(after.hz[both] / before.hz[both])).tolist()
    definition = "how far the mark moves the pitch that Praat hears, 95 of 100 frames by less"
    value = float(np.quantile(moved, 0.95))
    yield Row("mark.pitch", definition, value, "cents", len(moved), "frames", at_most(5.0))
    change = [dnsmos(one.marked) - dnsmos(one.plain) for one in hosts]
    definition = "change of the predicted quality (DNSMOS overall), mean"
    yield Row("mark.dnsmos", definition, float(np.mean(change)), "of 5", len(hosts), "pieces")
    if model is None:
        return
    listener = Listener(model)
    heard = [
        compared(str(i), listener.transcribe(one.plain), listener.transcribe(one.marked))
        for i, one in enumerate(hosts)
    ]
    words = sum([one.words for one in heard])
    value = 100.0 * sum([one.errors for one in heard]) / max(1, words)
    definition = "words heard otherwise with the mark than without (Whisper base)"
    yield Row("mark.words", definition, value, "%", words, "words")


def measure(options: argparse.Namespace) -> Iterator[Row]:
    if "false" in options.measures:
        yield from false_rows(options.songs, options.corpora)
    pieces = pieces_of(options.takes)[:: options.every]
    stems = [read_audio(path) for path in sorted(options.songs.glob("*instrumental.opus"))]
    backings = [
        cropped(stems[i % len(stems)], 8.0 + i * PIECE_S / 2, PIECE_S) for i in range(len(pieces))
    ]
    takes = [host(piece, i, Kind.SING) for i, piece in enumerate(pieces)]
    if "takes" in options.measures:
        yield from found_rows("takes", takes, options.treatments)
        yield covered_row(takes, backings)
    if "mixes" in options.measures:
        mixed = [laid_over(piece, backing) for piece, backing in zip(pieces, backings, strict=True)]
        mixes = [host(mix, i, Kind.MIX) for i, mix in enumerate(mixed)]
        yield from found_rows("mixes", mixes, options.treatments)
    if "finished" in options.measures and options.mixes is not None:
        songs = pieces_of(options.mixes)[:: options.every]
        finished = [host(song, i, Kind.MIX) for i, song in enumerate(songs)]
        yield from found_rows("finished", finished, options.treatments)
    if "harm" in options.measures:
        model = None if options.without_words else whisper_folder(options.whisper)
        yield from harm_rows(takes, model)


MEASURES = ("false", "takes", "mixes", "finished", "harm")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.marks",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--takes", type=Path, required=True, help="a folder of sung vocals in wav")
    parser.add_argument("--mixes", type=Path, help="a folder of finished mixes in wav")
    parser.add_argument("--songs", type=Path, required=True, help="a folder of stems in Opus")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--measures", nargs="+", choices=MEASURES, default=MEASURES)
    parser.add_argument("--treatments", nargs="+", choices=TREATMENTS, default=tuple(TREATMENTS))
    parser.add_argument("--every", type=int, default=1, help="take each so many-th piece alone")
    parser.add_argument("--whisper", type=Path, help="a folder of faster-whisper's base model")
    parser.add_argument("--without-words", action="store_true", help="do not ask the recogniser")
    parser.add_argument("--save", type=Path, help="put the rows into this file, too")
    options = parser.parse_args(arguments)
    rows: list[Row] = []
    for row in measure(options):
        sys.stderr.write(f"{row.key}: {row.value:.4g} {row.unit} of {row.n}\n")
        sys.stderr.flush()
        rows.append(row)
        if options.save is not None:
            table = merged(options.save, [row], circumstances(datetime.now(UTC)))
            options.save.write_text(table.to_json(), encoding="utf-8")
    sys.stdout.write(Table(tuple(rows), {}).to_markdown())
    return 0


if __name__ == "__main__":
    run(main)
