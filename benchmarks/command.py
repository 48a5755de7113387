"""How the benchmark commands end: mistakes of use in one line, with exit status 2."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from benchmarks.errors import BenchmarkError
from consent.errors import ConsentError
from lyrics.errors import LyricsError
from vocoder.errors import SoundError
from voice.errors import MelismaError

MISTAKES = (BenchmarkError, ConsentError, LyricsError, MelismaError, SoundError)


def run(main: Callable[[Sequence[str]], int]) -> None:
    """Run a command with the arguments of the process, and leave with its status."""
    try:
        status = main(sys.argv[1:])
    except MISTAKES as mistake:
        sys.stderr.write(f"{mistake}\n")
        status = 2
    sys.exit(status)
