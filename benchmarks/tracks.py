"""How well a track is understood: tempo, beats, key and chords against what is known.

python -m benchmarks.tracks --scores DIR [--songs DIR] [--save FILE] [--half development]

Tracks are rendered from scores with fluidsynth (apt install fluidsynth fluid-soundfont-gm); two
real instrumentals join them where `--songs` says where they are.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.made_tracks import MadeTrack, render
from benchmarks.rows import measured
from benchmarks.table import Row, Table, at_least
from benchmarks.track_scores import Judged, Truth, judge
from benchmarks.track_sets import chosen_tracks
from vocoder.audio import read_audio
from voice.analysis.analyse import analyse_track
from voice.analysis.model import Key
from voice.errors import AnalysisError

STATED = {"lithium": (124.0, Key(7, "minor")), "sodium": (140.0, Key(7, "minor"))}
"""Tempo and key as the artist states them (README of ichbinsoftware/everythingisfree)."""

Part = Callable[[Judged], float]


def judged_tracks(scores: Path, half: str, folder: Path) -> Iterator[Judged]:
    """Each track of a half, rendered, analysed and judged."""
    for number, made in enumerate(
        chosen_tracks(scores, "test" if half == "test" else "development")
    ):
        wav = folder / f"{number:02d}.wav"
        if not wav.exists():
            render(made, wav)
        yield _judged(made, wav)


def judged_songs(songs: Path) -> Iterator[Judged]:
    """The real instrumentals against what their artist says of them."""
    for name, (bpm, key) in STATED.items():
        audio = read_audio(songs / f"{name}-instrumental.opus")
        yield judge(name, True, analyse_track(audio), Truth(bpm, key))


def _judged(made: MadeTrack, wav: Path) -> Judged:
    truth = Truth(made.bpm, made.key, made.beats_s, made.downbeats_s, made.chords)
    try:
        found = analyse_track(read_audio(wav))
    except AnalysisError:
        return Judged(made.name, made.drums, 0.0, made.bpm, "", str(made.key), 0.0, 0.0, 0.0, 1.0)
    return judge(made.name, made.drums, found, truth)


def rows_of(tracks: Sequence[Judged], songs: Sequence[Judged]) -> list[Row]:
    """The table: with drums, without, and the real songs."""
    rows = []
    for kind, group in (
        ("drums", [track for track in tracks if track.drums]),
        ("plain", [track for track in tracks if not track.drums]),
    ):
        how = "with drums and bass" if kind == "drums" else "without drums"
        goal = kind == "drums"
        rows += [
            _share(
                f"tempo.tolerant.{kind}",
                f"tempo within 1 % of the score's or 2, 3, 1/2, 1/3 of it, {how}",
                group,
                lambda track: float(track.tolerant),
                95.0 if goal else None,
            ),
            _share(
                f"tempo.exact.{kind}",
                f"tempo within 1 % of the beat that the score's metre counts, {how}",
                group,
                lambda track: float(track.exact),
                80.0 if goal else None,
            ),
            _mean(
                f"beats.{kind}",
                f"beats within 70 ms (F-measure), {how}",
                group,
                lambda track: track.beats,
                0.85 if goal else None,
            ),
            _mean(
                f"downbeats.{kind}",
                f"first beats of bars within 70 ms (F-measure), {how}",
                group,
                lambda track: track.downbeats,
                None,
            ),
            _chords(f"chords.{kind}", how, group, 0.7 if goal else None),
        ]
    rows.append(
        _share(
            "key",
            "key, relative minor counted wrong, all tracks",
            tracks,
            lambda track: float(track.key_right),
            85.0,
        )
    )
    if songs:
        rows += [
            _share(
                "songs.tempo",
                "real songs: tempo within 1 % of what the artist states, octave and all",
                songs,
                lambda track: float(track.exact),
                100.0,
            ),
            _share(
                "songs.key",
                "real songs: key as the artist states it",
                songs,
                lambda track: float(track.key_right),
                100.0,
            ),
        ]
    return rows


def _share(
    key: str, definition: str, group: Sequence[Judged], part: Part, goal: float | None
) -> Row:
    target = None if goal is None else at_least(goal)
    counted = (len(group), "tracks")
    return measured(
        key, definition, group, lambda chosen: 100.0 * _average(chosen, part), "%", counted, target
    )


def _mean(
    key: str, definition: str, group: Sequence[Judged], part: Part, goal: float | None
) -> Row:
    target = None if goal is None else at_least(goal)
    counted = (len(group), "tracks")
    return measured(
        key, definition, group, lambda chosen: _average(chosen, part), "", counted, target
    )


def _chords(key: str, how: str, group: Sequence[Judged], goal: float | None) -> Row:
    def weighted(chosen: Sequence[Judged]) -> float:
        known = [track for track in chosen if not math.isnan(track.chords)]
        total = sum(track.chord_s for track in known)
        return sum(track.chords * track.chord_s for track in known) / max(total, 1e-9)

    seconds = round(sum(track.chord_s for track in group))
    definition = f"time of clear major and minor triads in which the same is found, {how}"
    target = None if goal is None else at_least(goal)
    return measured(key, definition, group, weighted, "", (seconds, "s"), target)


def _average(chosen: Sequence[Judged], part: Part) -> float:
    return float(np.nanmean([part(track) for track in chosen]))


def _line(track: Judged) -> str:
    return (
        f"{track.name[:36]:<36} {'drums' if track.drums else 'plain'} "
        f"{track.found_bpm:7.2f}/{track.true_bpm:6.2f} {track.found_key:>9}/{track.true_key:<9}"
        f" beats {track.beats:.2f} bars {track.downbeats:.2f} chords {track.chords:.2f}\n"
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.tracks",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--songs", type=Path)
    parser.add_argument("--half", choices=("test", "development"), default="test")
    parser.add_argument("--folder", type=Path, help="keeps the rendered tracks")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        tracks = []
        for track in judged_tracks(options.scores, options.half, folder):
            tracks.append(track)
            sys.stderr.write(_line(track))
        songs = []
        for track in judged_songs(options.songs) if options.songs else ():
            songs.append(track)
            sys.stderr.write(_line(track))
    table = Table(tuple(rows_of(tracks, songs)), circumstances(datetime.now(UTC)))
    sys.stdout.write(table.to_markdown())
    if options.save:
        options.save.write_text(table.to_json(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    run(main)
