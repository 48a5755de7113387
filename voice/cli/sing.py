"""`melisma sing`: a score, sung."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from voice.performance.bounds import BOUNDS

app = typer.Typer(add_completion=False, rich_markup_mode=None)


class BitDepth(StrEnum):
    SIXTEEN = "16"
    TWENTY_FOUR = "24"
    FLOAT = "32f"


def wish(name: str) -> Any:
    """The option for one wish: its bounds and what it does, from the one table."""
    bounds = BOUNDS[name]
    unit = f" {bounds.unit}" if bounds.unit else ""
    span = f"{bounds.low:g} to {bounds.high:g}{unit}"
    meaning = f"{bounds.meaning[0].upper()}{bounds.meaning[1:]} ({span})."
    return typer.Option(min=bounds.low, max=bounds.high, help=meaning)


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
    first_beat: Annotated[
        float | None, typer.Option(min=0.0, help="The second on which the instrumental's bar 1 is.")
    ] = None,
    vocal: Annotated[Path | None, typer.Option(help="With --over: the dry vocal as well.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed, another take.")] = None,
    lead_in: Annotated[
        float | None, typer.Option(min=0.0, max=60.0, help="Seconds of room before beat 0.")
    ] = None,
    vocoder: Annotated[Path | None, typer.Option(help="An ONNX vocoder to use instead.")] = None,
    bits: Annotated[BitDepth, typer.Option(help="Of wav and flac.")] = BitDepth.TWENTY_FOUR,
    frames: Annotated[Path | None, typer.Option(help="Write the FrameScore to this .json.")] = None,
    lexicon: Annotated[Path | None, typer.Option(help="A user dictionary of your own.")] = None,
    dynamics: Annotated[float | None, wish("dynamics")] = None,
    phrasing: Annotated[float | None, wish("phrasing")] = None,
    breathiness: Annotated[float | None, wish("breathiness")] = None,
    tension: Annotated[float | None, wish("tension")] = None,
    gender: Annotated[float | None, wish("gender")] = None,
    vibrato: Annotated[float | None, wish("vibrato")] = None,
    vibrato_rate: Annotated[float | None, wish("vibrato_rate")] = None,
    vibrato_onset: Annotated[float | None, wish("vibrato_onset")] = None,
    portamento: Annotated[float | None, wish("portamento")] = None,
    scoop: Annotated[float | None, wish("scoop")] = None,
    variation: Annotated[float | None, wish("variation")] = None,
    fermata: Annotated[float | None, wish("fermata")] = None,
    bend: Annotated[
        list[str] | None, typer.Option(help="NOTE:CENTS,CENTS… bends one note; repeat for more.")
    ] = None,
    breaths: Annotated[
        bool | None, typer.Option("--breaths/--no-breaths", help="Breathe in audibly at rests.")
    ] = None,
    harmony: Annotated[
        list[str] | None,
        typer.Option(help="thirds, sixths, thirds-above, sixths-above, or a SCORE[#PART]."),
    ] = None,
    key: Annotated[str | None, typer.Option(help="Of the harmony, such as Am or Bb major.")] = None,
    chords: Annotated[
        str | None, typer.Option(help='The accompaniment\'s, one a bar: "Am F | C G7".')
    ] = None,
    double: Annotated[int, typer.Option(min=0, max=6, help="Sing the lead so often again.")] = 0,
    choir: Annotated[int, typer.Option(min=0, max=16, help="So many singers for each part.")] = 0,
    choir_voices: Annotated[
        str | None, typer.Option(help="Who sings in the choir, in turn: wren,alder.")
    ] = None,
    stems: Annotated[Path | None, typer.Option(help="Folder for every take by itself.")] = None,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads of the processor.")] = 2,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say the result as JSON.")] = False,
) -> None:
    """Sing SCORE and write it to the output; with --over, mixed over an instrumental.

    Sample 0 of a vocal is beat 0 of the score; --lead-in puts silence before it.
    """
    from voice.cli import singing
    from voice.cli.company import Company
    from voice.cli.outputs import Files
    from voice.cli.progress import progress_bar
    from voice.cli.report import show
    from voice.performance.wishes import Wishes, parse_bends

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
        first_beat_s=first_beat,
        seed=seed,
        lead_in_s=lead_in,
        vocoder=vocoder,
        lexicon=lexicon,
        wishes=Wishes(
            dynamics=dynamics,
            phrasing=phrasing,
            breathiness=breathiness,
            tension=tension,
            gender=gender,
            vibrato=vibrato,
            vibrato_rate=vibrato_rate,
            vibrato_onset=vibrato_onset,
            portamento=portamento,
            scoop=scoop,
            variation=variation,
            fermata=fermata,
            breaths=breaths,
            bends=parse_bends(bend or ()),
        ),
        company=Company(
            harmony=tuple(harmony or ()),
            double=double,
            choir=choir,
            choir_voices=tuple(choir_voices.split(",")) if choir_voices else (),
            key=key,
            chords=chords,
            stems=stems,
        ),
        threads=threads,
    )
    with progress_bar(quiet) as progress:
        made = singing.carry_out(order, progress)
    show(made, time.monotonic() - began_s, quiet, as_json)
