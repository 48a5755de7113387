"""`melisma mix`: vocals over an instrumental, with every decision on paper."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)


class Bits(StrEnum):
    SIXTEEN = "16"
    TWENTY_FOUR = "24"
    FLOAT = "32f"


@app.command()
def mix(
    sounds: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="VOCAL... INSTRUMENTAL",
            help="One vocal or several, and last the instrumental. The first vocal leads.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The mix: .wav .flac .ogg .opus .mp3.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="Bar (5) or seconds (7.5, 7s); by default bar 1.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="pop (the default), ballad, rock, rap, choir or dry.")
    ] = None,
    vocal_level: Annotated[
        float | None, typer.Option(help="LU of the vocals above the accompaniment, as sung.")
    ] = None,
    loudness: Annotated[
        str | None, typer.Option(help="LUFS of the mix, by default -14; or off.")
    ] = None,
    ceiling: Annotated[
        str | None, typer.Option(help="Highest true peak in dBTP, by default -1; or off.")
    ] = None,
    stems: Annotated[
        Path | None, typer.Option(help="A folder for the parts, which add up to the mix.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Where the decisions go; by default OUT.mix.json.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Mix as this OUT.mix.json says, edited or not.")
    ] = None,
    vocal_muted: Annotated[
        bool, typer.Option("--vocal-muted", help="Leave the vocals out, to compare.")
    ] = False,
    bpm: Annotated[float | None, typer.Option(help="The tempo, where you know it.")] = None,
    first_beat: Annotated[
        float | None, typer.Option(help="The second on which bar 1 begins.")
    ] = None,
    meter: Annotated[str | None, typer.Option(help="The metre, such as 3/4.")] = None,
    analysis: Annotated[
        Path | None, typer.Option(help="A file of `melisma analyze --json`, instead of listening.")
    ] = None,
    bits: Annotated[Bits, typer.Option(help="Of wav and flac.")] = Bits.TWENTY_FOUR,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say the report as JSON.")] = False,
) -> None:
    """Mix vocals over an instrumental: in time, processed, in a room, at delivery loudness."""
    from voice.cli import mixing
    from voice.cli.progress import progress_bar
    from voice.mixing.order import carry_out
    from voice.mixing.outputs import MixFiles

    began_s = time.monotonic()
    wanted = mixing.Typed(
        start, preset, vocal_level, loudness, ceiling, vocal_muted, bpm, first_beat, meter, analysis
    )
    output = mixing.named(output)
    files = MixFiles(output, report, stems, bits.value)
    order = mixing.order_of(tuple(sounds or ()), files, wanted, replay)
    with progress_bar(quiet) as progress:
        made = carry_out(order, progress)
    mixing.show(made, time.monotonic() - began_s, quiet, as_json)
