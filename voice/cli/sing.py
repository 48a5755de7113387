"""`melisma sing`: a score, sung."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)


class BitDepth(StrEnum):
    SIXTEEN = "16"
    TWENTY_FOUR = "24"
    FLOAT = "32f"


@app.command()
def sing(
    score: Annotated[
        str, typer.Argument(help="A score file, a FrameScore .json, or a song in one line.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where the sound goes: .wav .flac .ogg .mp3.")
    ],
    voice: Annotated[str | None, typer.Option(help="Who sings; see `melisma voices list`.")] = None,
    lyrics: Annotated[Path | None, typer.Option(help="A text file of words for the notes.")] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the words: en, ja, zh …")
    ] = None,
    verse: Annotated[str, typer.Option(help="Number of the verse, or all.")] = "1",
    part: Annotated[str | None, typer.Option(help="Name or number of the part to sing.")] = None,
    transpose: Annotated[
        str, typer.Option(help="Semitones, or auto, octave (whole octaves), none.")
    ] = "octave",
    tempo: Annotated[float | None, typer.Option(help="Quarters a minute.")] = None,
    over: Annotated[Path | None, typer.Option(help="An instrumental to sing over.")] = None,
    start: Annotated[
        str, typer.Option(help="Where in the instrumental: bar (5) or seconds (7.5, 7s).")
    ] = "1",
    vocal: Annotated[Path | None, typer.Option(help="With --over: the dry vocal as well.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed, another take.")] = None,
    lead_in: Annotated[
        float | None, typer.Option(min=0.0, max=60.0, help="Seconds of room before beat 0.")
    ] = None,
    vocoder: Annotated[Path | None, typer.Option(help="An ONNX vocoder to use instead.")] = None,
    bits: Annotated[BitDepth, typer.Option(help="Of wav and flac.")] = BitDepth.TWENTY_FOUR,
    frames: Annotated[Path | None, typer.Option(help="Write the FrameScore to this .json.")] = None,
    lexicon: Annotated[Path | None, typer.Option(help="A user dictionary of your own.")] = None,
    vibrato: Annotated[
        float | None, typer.Option(min=0.0, max=200.0, help="Depth of the vibrato in cents.")
    ] = None,
    portamento: Annotated[
        float | None, typer.Option(min=0.0, max=0.4, help="Seconds of glide between notes.")
    ] = None,
    breathiness: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="From 0 to 1, the whispered style.")
    ] = None,
    tension: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="From 0 to 1, the strong style.")
    ] = None,
    dynamics: Annotated[
        float | None, typer.Option(min=-24.0, max=12.0, help="Decibels louder or softer.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads of the processor.")] = 2,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say the result as JSON.")] = False,
) -> None:
    """Sing SCORE and write it to the output; with --over, mixed over an instrumental.

    Sample 0 of a vocal is beat 0 of the score; --lead-in puts silence before it.
    """
    from voice.cli import singing
    from voice.cli.outputs import Files
    from voice.cli.progress import progress_bar
    from voice.cli.report import show

    began_s = time.monotonic()
    order = singing.Order(
        score=score,
        files=Files(output, vocal, frames, bits.value),
        voice=voice,
        lyrics=lyrics,
        language=language,
        verse=verse,
        part=part,
        transpose=transpose,
        tempo_qpm=tempo,
        over=over,
        start=start,
        seed=seed,
        lead_in_s=lead_in,
        vocoder=vocoder,
        lexicon=lexicon,
        style=singing.Style(vibrato, portamento, breathiness, tension, dynamics),
        threads=threads,
    )
    with progress_bar(quiet) as progress:
        made = singing.carry_out(order, progress)
    show(made, time.monotonic() - began_s, quiet, as_json)
