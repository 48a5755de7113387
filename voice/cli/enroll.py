"""`melisma enroll`: a person's voice from recordings that their grant names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def enroll(
    recordings: Annotated[
        list[Path], typer.Argument(help="Exactly recordings that were submitted for the grant.")
    ],
    grant: Annotated[str, typer.Option(help="Id of the person's grant, in force.")],
    name: Annotated[str, typer.Option(help="What the voice is called: a-z, 0-9 and -.")],
    adapt: Annotated[
        bool, typer.Option("--adapt", help="Tune on a minute or more; needs the extra [train].")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not tune: seconds, and less like the person.")
    ] = False,
    base: Annotated[str, typer.Option(help="The voice whose networks it uses.")] = "wren",
    steps: Annotated[int, typer.Option(min=1, help="Of the tuning.")] = 300,
    seed: Annotated[int, typer.Option(min=0, help="Of the tuning: another seed.")] = 0,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads of the processor.")] = 2,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Make a sealed voice that sings and converts while the grant is in force.

    Ten seconds suffice: for some minutes the voice is tuned until others sound like the person in
    it. --adapt learns their recordings as well; that needs a minute and `train` in the grant.
    """
    from voice.cli import enrolling
    from voice.cli.progress import progress_bar

    with progress_bar(quiet) as progress:
        made = enrolling.carry_out(
            enrolling.Order(
                tuple(recordings), grant, name, base, adapt, quick, steps, seed, threads
            ),
            progress,
        )
    if quiet:
        return
    for warning in made.warnings:
        typer.echo(f"warning: {warning}", err=True)
    how = "tuned on" if made.adapted else "heard for"
    typer.echo(f"{made.folder}: {made.name}, {how} {made.seconds:.0f} s, sealed to grant {grant}")
    typer.echo(f"next: melisma convert VOCAL.wav --voice {made.name} -o OUT.wav")
