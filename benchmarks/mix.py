"""How well vocals are mixed: in time, as loud as asked, understood, and nothing harmed.

python -m benchmarks.mix --songs DATA/songs --scores DATA/scores/hymns-abc --whisper DIR

Hymns are sung over accompaniments rendered from their own scores, every other one with drums and
bass; real vocal stems are laid over the real instrumentals they belong to. Every number is measured
anew from the files that `melisma mix` wrote, by pyloudnorm, soxr and Praat, not by the mixer's own
meters. The words are measured with and without the accompaniment.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.circumstances import circumstances
from benchmarks.command import run
from benchmarks.mix_measures import MixedSong, measured_song, muted_difference
from benchmarks.mix_rows import rows_of
from benchmarks.mix_songs import hymns_over_tracks, real_songs
from benchmarks.mix_speed import three_minutes
from benchmarks.table import Table
from benchmarks.whisper_model import whisper_folder


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.mix", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--songs", type=Path, help="folder of real stems, NAME-instrumental.opus")
    parser.add_argument("--voice", default="wren")
    parser.add_argument("--hymns", type=int, default=12, help="how many of the set's first")
    parser.add_argument("--tempo-share", type=float, default=1.0, help="of the written tempo")
    parser.add_argument("--hear-bars", action="store_true", help="hear tempo and bars of tracks")
    parser.add_argument("--preset", default="pop")
    parser.add_argument("--whisper", type=Path, help="folder of the faster-whisper model")
    parser.add_argument("--no-words", action="store_true", help="do not listen for words")
    parser.add_argument("--seconds", type=float, default=90.0, help="of each real song")
    parser.add_argument("--no-speed", action="store_true", help="do not time three minutes")
    parser.add_argument("--out", type=Path, default=Path("out/mix"))
    parser.add_argument("--json", type=Path, help="where the table goes")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    wanted = parse(arguments)
    wanted.out.mkdir(parents=True, exist_ok=True)
    listener = None
    if not wanted.no_words:
        from benchmarks.listening import Listener

        listener = Listener(whisper_folder(wanted.whisper), 1)
    songs: list[MixedSong] = []
    hymns = (wanted.hymns, wanted.tempo_share, wanted.voice, wanted.hear_bars, wanted.out)
    sources = [hymns_over_tracks(*hymns)]
    if wanted.songs is not None:
        sources.append(real_songs(wanted.songs, wanted.seconds, wanted.out))
    for source in sources:
        for song in source:
            songs.append(measured_song(song, wanted.preset, wanted.out, listener))
            sys.stderr.write(f"{songs[-1].told}\n")
    tracks = [song.source.track for song in songs]
    muted = [muted_difference(track, wanted.out) for track in tracks]
    speed = None if wanted.no_speed else three_minutes(wanted.out)
    rows = rows_of(songs, muted, speed, wanted.hear_bars)
    stated = {**circumstances(datetime.now(UTC)), "preset": wanted.preset, "voice": wanted.voice}
    table = Table(tuple(rows), stated)
    sys.stdout.write(table.to_markdown())
    if wanted.json is not None:
        wanted.json.write_text(table.to_json(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    run(main)
