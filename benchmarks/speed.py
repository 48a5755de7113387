"""How fast a voice sings: seconds of work for a second of sound, and what it holds in memory.

python -m benchmarks.speed --voice wren --json

Times the acoustic model and the vocoder apart on one hymn at the written tempo, and in the same
run WORLD (pyworld) analysing and synthesising as much sound, so that machines and their load can be
compared. Best of several runs.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.hymns import hymn_set
from benchmarks.table import Row, Table
from benchmarks.takes import studio_of
from vocoder.audio import Audio
from vocoder.synthesis import Vocoder
from voice.sessions import open_singer
from voice.studio import SingOptions

WORLD_RATE_HZ = 44_100
KIB_PER_MIB = 1_024


@dataclass(frozen=True)
class Timing:
    """Wall-clock and processor seconds of the best run."""

    wall_s: float
    cpu_s: float


def best_of(work: Callable[[], object], runs: int) -> Timing:
    """The fastest of several runs, by processor time."""
    timings = []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        timings.append(Timing(time.perf_counter() - wall, time.process_time() - cpu))
    return min(timings, key=lambda timing: timing.cpu_s)


def world_again(audio: Audio) -> Audio:
    """The sound through WORLD's analysis and synthesis: the reference that is timed."""
    import pyworld

    samples = audio.resampled(WORLD_RATE_HZ).samples[0].astype(np.float64)
    hz, times_s = pyworld.dio(samples, WORLD_RATE_HZ)
    envelope = pyworld.cheaptrick(samples, hz, times_s, WORLD_RATE_HZ)
    noise = pyworld.d4c(samples, hz, times_s, WORLD_RATE_HZ)
    made = pyworld.synthesize(hz, envelope, noise, WORLD_RATE_HZ)
    return Audio(made.astype(np.float32)[None], WORLD_RATE_HZ)


def peak_mib() -> float:
    """The most memory this process ever held (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB


def speed_rows(voice: str, voices_folder: Path | None, threads: int, runs: int) -> list[Row]:
    """Times of one hymn, all per second of its sound."""
    studio = studio_of(voices_folder, threads)
    hymn = hymn_set().read(1)[0]
    options = SingOptions(language="en")
    take = studio.sing(hymn.score, voice, options)
    opened = studio.voices.open_voice(voice, studio.clock())
    singer = open_singer(opened, studio.clock(), threads)
    vocoder = Vocoder.load(opened.models["vocoder"], voice, threads)
    mel = singer.mel(take.frames, opened.card.temperature)
    sung_mib = peak_mib()
    jobs: dict[str, tuple[str, Callable[[], object]]] = {
        "whole": (
            "a take from score to sound, voice already open",
            lambda: studio.sing(hymn.score, voice, options),
        ),
        "acoustic": (
            "the acoustic model, FrameScore to mel",
            lambda: singer.mel(take.frames, opened.card.temperature),
        ),
        "vocoder": (
            "the vocoder, mel to sound",
            lambda: vocoder.synthesise(mel, take.frames.pitch, 0),
        ),
        "world": (
            "for comparison: WORLD's analysis and synthesis of the same sound, one thread",
            lambda: world_again(take.audio),
        ),
    }
    rows = []
    for name, (definition, work) in jobs.items():
        timing = best_of(work, runs)
        for kind, seconds in (("cpu", timing.cpu_s), ("wall", timing.wall_s)):
            rows.append(
                Row(
                    key=f"speed.{voice}.{name}.{kind}",
                    definition=f"{definition}: {kind} seconds for a second of sound",
                    value=seconds / take.audio.duration_s,
                    unit="s/s",
                    n=runs,
                    counted="runs, the best",
                )
            )
    memory = f"most memory held while singing {take.audio.duration_s:.0f} s"
    return [*rows, Row(f"memory.{voice}", memory, sung_mib, "MiB", 1, "process")]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.speed",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--voice", default="wren")
    parser.add_argument("--voices-folder", type=Path, help="instead of Melisma's own voices")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--save", type=Path, help="write the JSON to this file, too")
    options = parser.parse_args(arguments)
    rows = speed_rows(options.voice, options.voices_folder, options.threads, options.runs)
    stated = circumstances(datetime.now(UTC)) | {"threads": str(options.threads)}
    table = Table(tuple(rows), stated)
    if options.save is not None:
        options.save.parent.mkdir(parents=True, exist_ok=True)
        options.save.write_text(table.to_json(), encoding="utf-8")
    sys.stdout.write(table.to_json() if options.json else table.to_markdown())
    return 0


if __name__ == "__main__":
    run(main)
