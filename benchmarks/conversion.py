"""How well voices are converted: prints one table of measures, with goals and certainty.

    python -m benchmarks.conversion --corpora data/corpora --songs data/songs
    python -m benchmarks.conversion --only voices newcomer --save benchmarks/results/conversion.json

Lead vocals of songs, held-back singing and held-back speech go into every voice; a speaker whom no
training met is enrolled from 10 s and from 60 s; and an hour is converted for speed and memory.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.conversion_rows import (
    Judged,
    likeness_rows,
    melody_rows,
    own_cosine,
    word_rows,
)
from benchmarks.conversion_sources import Source, SourceKind, quiet_cuts_s, sources
from benchmarks.converted import Convert, Converted, enrolled, into_newcomer, into_voice, now
from benchmarks.embedding import embedded_takes
from benchmarks.listening import Listener, Understood, compared
from benchmarks.melody_kept import melody_kept
from benchmarks.praat import praat_track
from benchmarks.table import Row, Table, at_least, at_most
from benchmarks.whisper_model import whisper_folder
from benchmarks.who import SINGER_OF, Gallery, Heard, identities
from vocoder.audio import Audio, write_audio
from vocoder.pitch import hz_to_midi
from voice.bank import VoiceBank
from voice.conversion.convert import ConversionOrder, convert_file
from voice.conversion.recording import open_recording
from voice.conversion.statement import SourceStatement
from voice.corpora.manifest import read_manifest
from voice.corpora.recordings import Recording

MEASURES = ("voices", "newcomer", "hour")
NEWCOMER = "kathleen-en"
FEW_S, MORE_S = 10.0, 60.0
KIB_PER_GIB = 1 << 20


@dataclass(frozen=True)
class Bench:
    """What is measured, and with what."""

    options: argparse.Namespace
    folder: Path

    @cached_property
    def bank(self) -> VoiceBank:
        own: Path | None = self.options.voices_folder
        return VoiceBank.open() if own is None else VoiceBank(own, own / ".none")

    @cached_property
    def listener(self) -> Listener:
        return Listener(whisper_folder(self.options.whisper), self.options.threads)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        return self._sources(self.options.speech)

    def _sources(self, speech: int) -> tuple[Source, ...]:
        options = self.options
        return tuple(sources(options.corpora, options.songs, options.singing, speech))

    @cached_property
    def gallery(self) -> Gallery:
        return identities(self.options.corpora, ["kumi", "scottpoid"]).gallery

    @cached_property
    def recorded(self) -> dict[str, Understood]:
        """What is understood of the sources; of songs, their transcript is the reference."""
        found = {}
        for source in self.sources:
            if source.kind is SourceKind.SINGING:
                continue
            heard = self._heard(source, source.audio)
            found[source.name] = compared(source.name, source.text or heard, heard)
            told(f"recorded {source.name}: {found[source.name].rate:.0%}")
        return found

    def voice_rows(self) -> list[Row]:
        """Every source into every voice."""
        judged: list[Judged] = []
        rows: list[Row] = []
        for voice in self.options.voices:
            convert = into_voice(self.bank, voice, self.folder, self.options.threads)
            mine = [self._judged(one) for one in self._converted(convert, self.sources)]
            judged += mine
            singer = SINGER_OF.get(voice)
            if singer is not None:
                heard = heard_as([each.converted for each in mine], singer)
                own = own_cosine(self.gallery, singer)
                rows += likeness_rows(f"who.{voice}", (voice, ""), self.gallery, heard, own)
        return [
            *melody_rows(judged),
            *rows,
            *word_rows(judged, self.recorded, self.options.voices),
        ]

    def newcomer_rows(self) -> list[Row]:
        """A speaker left out of training, from 10 s by embedding and from 60 s of recordings."""
        from voice.conversion.training.adapt import AdaptOptions
        from voice.conversion.training.adapting import on_recordings, towards_embedding

        corpus = self.options.corpora / NEWCOMER
        known = [one for one in read_manifest(corpus) if not one.held_back]
        options = AdaptOptions(threads=self.options.threads)
        singer = known[0].speaker
        own = own_cosine(self.gallery, singer)
        others = [
            source
            for source in self._sources(self.options.speech_into_newcomers)
            if source.corpus != NEWCOMER and source.kind is not SourceKind.SONG
        ]
        rows = []
        for key, seconds, tuning, goal in (
            ("zero", FEW_S, towards_embedding(options), 90.0),
            ("few", MORE_S, on_recordings(options), 95.0),
        ):
            chosen = enough(known, seconds)
            met = enrolled(self.bank, self.options.base, corpus, chosen, self.folder, tuning)
            convert = into_newcomer(self.bank, met, self.folder, self.options.threads)
            made = list(self._converted(convert, others))
            for kind in (SourceKind.SPEECH, SourceKind.SINGING):
                mine = [one for one in made if one.source.kind is kind]
                who = (singer, f", met for {met.seconds:.0f} s, of {kind.value}")
                heard = heard_as(mine, singer)
                rows += likeness_rows(f"{key}.{kind.value}", who, self.gallery, heard, own, goal)
        return rows

    def hour_rows(self) -> list[Row]:
        """One hour of a song, in a process of its own."""
        song = next(source for source in self.sources if source.kind is SourceKind.SONG)
        times = -(-self.options.hour_s // song.audio.duration_s)
        samples = np.tile(song.audio.samples, (1, int(times)))
        samples = samples[:, : round(self.options.hour_s * song.audio.rate_hz)]
        recording = self.folder / "hour.wav"
        write_audio(recording, Audio(samples, song.audio.rate_hz), "16")
        command = [sys.executable, "-m", "benchmarks.conversion", "--convert", str(recording)]
        if self.options.voices_folder is not None:
            command += ["--voices-folder", str(self.options.voices_folder)]
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        took_s = time.perf_counter() - began
        busy_s, peak_kib = (float(word) for word in done.stdout.split())
        counted = (1, f"recording of {self.options.hour_s / 60:.0f} min")
        wall = self.options.hour_s / took_s
        return [
            Row(
                "speed.processor",
                "seconds of sound converted in a second of processor time, pitch included, "
                "both cores together",
                self.options.hour_s / busy_s,
                "x",
                *counted,
                at_least(2.5),
            ),
            Row(
                "speed.wall",
                "seconds of sound converted in a second on two cores, as busy as they were",
                wall,
                "x",
                *counted,
                at_least(5.0),
            ),
            Row(
                "memory",
                "most memory that the process held",
                peak_kib / KIB_PER_GIB,
                "GiB",
                *counted,
                at_most(1.0),
            ),
        ]

    def _converted(self, convert: Convert, chosen: Iterable[Source]) -> Iterator[Converted]:
        for source in chosen:
            made = convert(source)
            told(f"{made.voice} {source.corpus} {source.name} {made.semitones:+g}")
            yield made

    def _heard(self, source: Source, sound: Audio) -> str:
        """What is understood; songs in pieces and without draws, else one stammer counts for all.

        The mark in a conversion differs every time, and so does where a listener loses itself.
        """
        if source.kind is not SourceKind.SONG:
            return self.listener.transcribe(sound)
        cuts_s = quiet_cuts_s(source.audio)
        pieces = (sound.samples[:, round(a * sound.rate_hz) : round(b * sound.rate_hz)]
                  for a, b in pairwise(cuts_s))  # fmt: skip
        heard = (self.listener.transcribe(Audio(one, sound.rate_hz), draws=False) for one in pieces)
        return " ".join(heard)

    def _judged(self, made: Converted) -> Judged:
        source = made.source
        kept = melody_kept(source.audio, made.made, made.semitones)
        if source.kind is SourceKind.SINGING:
            return Judged(made, kept)
        reference = source.text or self.recorded[source.name].heard
        heard = self._heard(source, made.made)
        return Judged(made, kept, compared(source.name, reference, heard))


def heard_as(made: Sequence[Converted], singer: str) -> list[Heard]:
    """Conversions as sounds of a singer, at the pitch they have."""
    embeddings = embedded_takes([each.made for each in made])
    found = []
    for each, embedding in zip(made, embeddings, strict=True):
        track = praat_track(each.made)
        midi = float(np.median(hz_to_midi(track.hz[track.voiced]))) if track.voiced.any() else 0.0
        found.append(Heard(singer, "en", "core", midi, embedding))
    return found


def enough(recordings: Sequence[Recording], seconds: float) -> tuple[Recording, ...]:
    """The first recordings that last so long together."""
    chosen: list[Recording] = []
    for recording in recordings:
        if sum(one.duration_s for one in chosen) >= seconds:
            break
        chosen.append(recording)
    return tuple(chosen)


def convert_alone(bank: VoiceBank, recording: Path, voice: str) -> tuple[float, int]:
    """Convert a file; the processor seconds of it, and the most memory held, in KiB."""
    statement = SourceStatement(open_recording(recording).sha256, now())
    order = ConversionOrder(recording, voice, recording.with_name("made.wav"), statement)
    began = time.process_time()
    convert_file(bank, order, now, threads=2)
    return time.process_time() - began, peak_kib()


def peak_kib() -> int:
    """The most memory this program held; what getrusage tells includes the parent's before it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def told(line: str) -> None:
    """Progress, apart from the results."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.conversion",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--voices", nargs="*", default=["wren", "alder", "kumi", "scott"])
    parser.add_argument("--base", default="wren", help="whose networks the newcomer uses")
    parser.add_argument("--voices-folder", type=Path, help="instead of Melisma's own voices")
    parser.add_argument("--corpora", type=Path, help="folder that holds the corpora's folders")
    parser.add_argument("--songs", type=Path, help="folder of the songs' stems")
    parser.add_argument("--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--singing", type=int, default=8, help="recordings of each sung corpus")
    parser.add_argument("--speech", type=int, default=16, help="recordings of each spoken corpus")
    parser.add_argument("--speech-into-newcomers", type=int, default=48, help="the same, for them")
    parser.add_argument("--hour-s", type=float, default=3_600.0)
    parser.add_argument("--whisper", type=Path, help="folder of the faster-whisper model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--convert", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--save", type=Path, help="write the JSON to this file, too")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    if options.convert is not None:
        bank = Bench(options, options.convert.parent).bank
        busy_s, peak_kib = convert_alone(bank, options.convert, options.voices[0])
        sys.stdout.write(f"{busy_s} {peak_kib}\n")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, Path(folder))
        makers = {
            "voices": bench.voice_rows,
            "newcomer": bench.newcomer_rows,
            "hour": bench.hour_rows,
        }
        rows = [row for name in MEASURES if name in options.only for row in makers[name]()]
    table = Table(tuple(rows), circumstances(datetime.now(UTC)))
    if options.save is not None:
        options.save.parent.mkdir(parents=True, exist_ok=True)
        options.save.write_text(table.to_json(), encoding="utf-8")
    sys.stdout.write(table.to_markdown())
    return 0


if __name__ == "__main__":
    run(main)
