"""How good the singing is: prints one table of measures, with definitions, targets and certainty.

    python -m benchmarks.quality --voice wren --also kumi --corpora data/corpora
    python -m benchmarks.quality --json --save benchmarks/results/quality.json
    python -m benchmarks.quality --only who told --voice kumi --also scott --voices FOLDER

Sings the hymns of `sets.toml` slowed, slowed with shuffled words (the first voice alone), and at
the written tempo; copies held-back recordings with the vocoder; and listens to
what it is held against: espeak-ng speaking the same words and held-back speech.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.copies import RecordingSets, copied, held_back, loaded, recording_sets
from benchmarks.errors import BenchmarkError
from benchmarks.espeak_speaker import EspeakSpeaker
from benchmarks.hymns import Hymn, HymnSet, at_tempo, hymn_set
from benchmarks.listening import Listener, compared
from benchmarks.phone_errors import Hear
from benchmarks.rows import WORDS, copy_rows, sung_word_rows, take_rows, word_row
from benchmarks.shuffle import shuffled
from benchmarks.singers import SINGER_MEASURES, Singers, makers
from benchmarks.table import Row, Table, Target, at_most
from benchmarks.takes import SungHymn, singer_of, studio_of, sung_hymns
from benchmarks.whisper_model import whisper_folder
from benchmarks.who import SINGER_OF
from vocoder.synthesis import Vocoder
from voice.studio import SingOptions, Studio

MEASURES = ("voices", "copies", "references", *SINGER_MEASURES)
SLOW_TARGET = at_most(30.0)
NATIVE_TARGET, FOREIGN_TARGET = at_most(12.0), at_most(25.0)
"""At the written tempo: voices that learned English, and singers who never recorded it."""


@dataclass(frozen=True)
class Bench:
    """What is measured, and with what."""

    options: argparse.Namespace
    hymns: HymnSet
    recordings: RecordingSets

    @cached_property
    def listener(self) -> Listener:
        return Listener(whisper_folder(self.options.whisper), self.options.threads)

    @cached_property
    def verses(self) -> tuple[Hymn, ...]:
        return self.hymns.read(self.options.hymns)

    @cached_property
    def sung_sets(self) -> Mapping[str, tuple[Hymn, ...]]:
        """The hymns in every way they are sung."""
        slow = at_tempo(self.verses, self.hymns.tempo_share)
        return {
            "slow": slow,
            "shuffled": shuffled(slow, self.hymns.shuffle_seed),
            "written": self.verses,
        }

    def voice_rows(self) -> list[Row]:
        """Takes of the best English voice in every way, of the others with their words in order."""
        best = self.options.voice
        rows = self._rows_of(best, tuple(self.sung_sets), {"slow": SLOW_TARGET})
        for voice in self.options.also:
            rows += self._rows_of(voice, ("slow", "written"), {})
        return rows

    def _rows_of(self, voice: str, sets: Sequence[str], targets: Mapping[str, Target]) -> list[Row]:
        sing = singer_of(self._studio, voice, SingOptions(language="en"))
        takes: dict[str, list[SungHymn]] = {}
        for name in sets:
            keep = self.options.out / voice / name if self.options.out else None
            takes[name] = []
            hymns = self.sung_sets[name]
            for take in sung_hymns(sing, hymns, self.listener.transcribe, keep):
                takes[name].append(take)
                told(f"{voice} {name} {take.understood.name}: {take.understood.rate:.0%}")
        written = FOREIGN_TARGET if voice in SINGER_OF else NATIVE_TARGET
        words = sung_word_rows(
            voice, takes, self.hymns.tempo_share, {**targets, "written": written}
        )
        return words + take_rows(voice, [take for each in takes.values() for take in each])

    def copy_rows(self) -> list[Row]:
        """Held-back singing through the vocoder of the voice, or the one given."""
        vocoder, name = self._vocoder()
        recordings = [
            recording
            for corpus in self.recordings.copied
            for recording in held_back(self._corpora(), corpus, self.options.recordings)
        ]
        copies = []
        for copy in copied(recordings, vocoder):
            copies.append(copy)
            lost_db = copy.measures.mel_cepstral_distortion_db
            told(f"{copy.recording.corpus} {copy.recording.name}: {lost_db:.2f} dB")
        return copy_rows(name, copies)

    def reference_rows(self) -> list[Row]:
        """espeak-ng speaking the same words, in order and shuffled, and held-back speech."""
        speaker = EspeakSpeaker()
        rows = []
        for name, how in (("slow", "in order"), ("shuffled", "shuffled across hymns")):
            heard = [
                compared(hymn.name, hymn.words, self.listener.transcribe(speaker.speak(hymn.words)))
                for hymn in self.sung_sets[name]
            ]
            told(f"espeak-ng, words {how}")
            definition = WORDS.format(count=len(heard), how=f"spoken by espeak-ng, {how}")
            rows.append(word_row(f"espeak.{name}", definition, heard))
        return [*rows, *self._speech_rows()]

    def _speech_rows(self) -> list[Row]:
        corpus = self.recordings.speech
        speech = held_back(self._corpora(), corpus)
        by_text = {recording.text_key: recording for recording in reversed(speech)}
        chosen = list(by_text.values())[: self.options.recordings]
        heard = [
            compared(each.name, each.text, self.listener.transcribe(loaded(each)))
            for each in chosen
        ]
        told(f"held-back {corpus}")
        definition = f"words wrong in held-back recordings of {corpus}, read (Whisper base)"
        return [word_row("speech", definition, heard)]

    def singer_makers(self) -> Mapping[str, Callable[[], list[Row]]]:
        """The rows that hold voices against the singers they come from."""
        options = self.options
        singers = Singers(
            self._studio,
            self._corpora,
            (options.voice, *options.also),
            self.verses,
            options.recordings,
            told,
        )
        return makers(singers, lambda *heard: self.listener.transcribe(*heard), self._recogniser)

    def _recogniser(self) -> Hear:
        from benchmarks.phone_net import heard_phones, load_net

        return partial(heard_phones, load_net(self.options.recogniser))

    @cached_property
    def _studio(self) -> Studio:
        return studio_of(self.options.voices_folder, self.options.threads)

    def _vocoder(self) -> tuple[Vocoder, str]:
        options = self.options
        if options.vocoder is not None:
            return Vocoder.open(options.vocoder, options.threads), options.vocoder.stem
        voice = self._studio.voices.open_voice(options.voice, self._studio.clock())
        return Vocoder.load(voice.models["vocoder"], options.voice, options.threads), "own"

    def _corpora(self) -> Path:
        corpora: Path | None = self.options.corpora
        if corpora is None:
            raise BenchmarkError(
                "held-back recordings are needed: give the folder of the corpora with --corpora, "
                "or leave them out with --measures voices"
            )
        return corpora


def told(line: str) -> None:
    """Progress, apart from the results."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.quality",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--voice", default="wren", help="the English voice that has the targets")
    parser.add_argument("--also", nargs="*", default=["kumi"], help="voices in rows of their own")
    parser.add_argument(
        "--voices-folder", "--voices", type=Path, help="instead of Melisma's own voices"
    )
    parser.add_argument("--vocoder", type=Path, help="ONNX file to copy with, not the voice's own")
    parser.add_argument("--corpora", type=Path, help="folder that holds the corpora's folders")
    parser.add_argument("--measures", "--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--hymns", type=int, help="how many of the set's first; all by default")
    parser.add_argument("--recordings", type=int, help="how many of each corpus; all by default")
    parser.add_argument("--whisper", type=Path, help="folder of the faster-whisper model")
    parser.add_argument(
        "--recogniser", type=Path, default=Path("phones.safetensors"), help="see phone_net"
    )
    parser.add_argument("--out", type=Path, help="keep the takes in this folder")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--save", type=Path, help="write the JSON to this file, too")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    bench = Bench(options, hymn_set(), recording_sets())
    makers = {
        "voices": bench.voice_rows,
        "copies": bench.copy_rows,
        "references": bench.reference_rows,
        **bench.singer_makers(),
    }
    rows = [row for name in MEASURES if name in options.measures for row in makers[name]()]
    table = Table(tuple(rows), circumstances(datetime.now(UTC)))
    if options.save is not None:
        options.save.parent.mkdir(parents=True, exist_ok=True)
        options.save.write_text(table.to_json(), encoding="utf-8")
    sys.stdout.write(table.to_json() if options.json else table.to_markdown())
    return 0


if __name__ == "__main__":
    run(main)
