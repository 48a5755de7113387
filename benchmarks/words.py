"""How many words of the hymns are understood: a quick look while a voice is in training.

    python -m benchmarks.words --voice wren --hymns 4 --tempo-share 0.6
    python -m benchmarks.words --voice wren --voices-folder runs/voices --out takes

Sings the first verses, lets Whisper base listen, and prints the word errors of each hymn with what
was heard. Takes are kept as wav files.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.command import run
from benchmarks.hymns import Hymn, at_tempo, hymn_set
from benchmarks.listening import Listener, Understood, compared, pooled_rate
from benchmarks.takes import studio_of
from benchmarks.whisper_model import whisper_folder
from vocoder.audio import write_audio
from voice.range_fit import Transposition
from voice.studio import SingOptions, Studio

NAMED_TRANSPOSITIONS: dict[str, Transposition] = {
    "octave": "octave",
    "auto": "auto",
    "none": "none",
}


@dataclass(frozen=True)
class HymnTake:
    """One hymn as it was sung and understood."""

    understood: Understood
    sung_s: float
    singing_s: float
    listening_s: float
    transposed_semitones: int


def sing_and_listen(
    studio: Studio,
    voice: str,
    hymns: Sequence[Hymn],
    listener: Listener,
    out: Path,
    options: SingOptions,
) -> Iterator[HymnTake]:
    """Take after take, each kept as `out/VOICE-HYMN.wav`."""
    out.mkdir(parents=True, exist_ok=True)
    for hymn in hymns:
        begun = time.perf_counter()
        take = studio.sing(hymn.score, voice, options)
        sung = time.perf_counter()
        write_audio(out / f"{voice}-{hymn.name}.wav", take.audio)
        heard = listener.transcribe(take.audio)
        yield HymnTake(
            compared(hymn.name, hymn.words, heard),
            take.audio.duration_s,
            sung - begun,
            time.perf_counter() - sung,
            take.transposed_semitones,
        )


def report(take: HymnTake) -> str:
    row = take.understood
    return (
        f"{row.name}\n"
        f"  word errors {100 * row.rate:.1f} % ({row.errors} of {row.words}); {take.sung_s:.0f} s, "
        f"sung in {take.singing_s:.0f} s, heard in {take.listening_s:.0f} s, "
        f"moved {take.transposed_semitones:+d}\n"
        f"  sung:  {row.reference}\n"
        f"  heard: {row.heard}\n"
    )


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.words", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--voice", required=True)
    parser.add_argument("--voices-folder", type=Path, help="instead of Melisma's own voices")
    parser.add_argument("--hymns", type=int, default=4, help="how many of the set's first")
    parser.add_argument("--tempo-share", type=float, default=0.6, help="of the written tempo")
    parser.add_argument("--transpose", default="octave", help="semitones, octave, auto or none")
    parser.add_argument("--whisper", type=Path, help="folder of the faster-whisper model")
    parser.add_argument("--out", type=Path, default=Path("out/words"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def transposition(text: str) -> Transposition:
    """What `--transpose` says."""
    return NAMED_TRANSPOSITIONS[text] if text in NAMED_TRANSPOSITIONS else int(text)


def main(arguments: Sequence[str]) -> int:
    wanted = parse(arguments)
    hymns = at_tempo(hymn_set().read(wanted.hymns), wanted.tempo_share)
    listener = Listener(whisper_folder(wanted.whisper), wanted.threads)
    studio = studio_of(wanted.voices_folder, wanted.threads)
    options = SingOptions(
        language="en", transpose=transposition(wanted.transpose), seed=wanted.seed
    )
    takes = []
    for take in sing_and_listen(studio, wanted.voice, hymns, listener, wanted.out, options):
        takes.append(take)
        if not wanted.json:
            sys.stdout.write(report(take))
            sys.stdout.flush()
    rate = pooled_rate([take.understood for take in takes])
    if wanted.json:
        rows = [asdict(take) for take in takes]
        sys.stdout.write(json.dumps({"word_error_rate": rate, "hymns": rows}, indent=1) + "\n")
    else:
        words = sum(take.understood.words for take in takes)
        sys.stdout.write(f"ALL word errors {100 * rate:.1f} % of {words} words\n")
    return 0


if __name__ == "__main__":
    run(main)
