"""`melisma convert`: a recording in the timbre of a voice."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from voice.cli.sing import BitDepth
from voice.conversion.options import usual_in_words

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def convert(
    vocal: Annotated[Path, typer.Argument(help="A recording of one voice, sung or spoken.")],
    voice: Annotated[str, typer.Option(help="Whose it becomes; see `melisma voices list`.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where the sound goes: .wav .flac .ogg .mp3.")
    ],
    transpose: Annotated[
        str,
        typer.Option(
            help="Semitones; or auto: the whole octaves that suit the voice, so that singing keeps "
            "its key; or spoken: a speaker's middle pitch comes to the voice's own."
        ),
    ] = "auto",
    formant: Annotated[
        float, typer.Option(min=-8.0, max=8.0, help="Semitones by which its formants rise.")
    ] = 0.0,
    follow_dynamics: Annotated[
        bool, typer.Option("--follow-dynamics", help="As loud as the recording at every moment.")
    ] = False,
    likeness: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="1: most like the voice; towards 0: better understood, more like the recording. "
            f"Usual: {usual_in_words()}.",
        ),
    ] = None,
    may_use: Annotated[
        bool,
        typer.Option(
            "--i-may-use-this-recording",
            help="You state that the recording is yours, or that all who have a say agreed.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the noise in breath and hiss.")] = 0,
    bits: Annotated[BitDepth, typer.Option(help="Of wav and flac.")] = BitDepth.TWENTY_FOUR,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads of the processor.")] = 2,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say the result as JSON.")] = False,
) -> None:
    """Convert VOCAL into a voice: words, timing, pitch and dynamics stay, the timbre changes.

    You are asked to state that you may use the recording; the statement goes into the output.
    """
    from voice.cli import converting
    from voice.cli.progress import progress_bar

    began_s = time.monotonic()
    order = converting.Order(
        vocal=vocal,
        voice=voice,
        output=output,
        transpose=transpose,
        formants=formant,
        follow_dynamics=follow_dynamics,
        likeness=likeness,
        may_use=may_use or converting.asked(vocal),
        seed=seed,
        bits=bits.value,
        threads=threads,
    )
    with progress_bar(quiet) as progress:
        made = converting.carry_out(order, progress)
    converting.show(made, time.monotonic() - began_s, quiet, as_json)
