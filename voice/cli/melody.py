"""`melisma melody`: a melody for given words, and parts of one written anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from voice.card import VoiceRange
    from voice.composing.compose import Composition
    from voice.composing.plan import MelodyPlan

melody_app = typer.Typer(
    name="melody", help="Write melodies for words.", no_args_is_help=True, add_completion=False
)

_Key = Annotated[str | None, typer.Option(help='The key, such as "Bb major" or "Am".')]
_Bpm = Annotated[float | None, typer.Option(help="Beats a minute.")]
_Chords = Annotated[
    str | None, typer.Option(help='One for each bar, "Am F C G"; with | several: "Am F | C G".')
]
_Meter = Annotated[str | None, typer.Option(help="Such as 4/4 (the default), 3/4 or 6/8.")]
_Range = Annotated[str | None, typer.Option("--range", help="The voice it is written for.")]
_Style = Annotated[str, typer.Option(help="ballad, pop, folk or rap.")]
_Seed = Annotated[int, typer.Option(help="The same seed gives the same melody.")]
_Output = Annotated[
    Path, typer.Option("--output", "-o", help="A .mid .musicxml .ustx .ust or .ds file.")
]


@melody_app.command()
def write(
    lyrics: Annotated[Path, typer.Argument(help="Words, as `melisma lyrics write` makes them.")],
    output: _Output,
    over: Annotated[Path | None, typer.Option(help="The instrumental it is sung over.")] = None,
    analysis: Annotated[
        Path | None, typer.Option(help="What `melisma analyze --json` found of it.")
    ] = None,
    start: Annotated[int, typer.Option(help="The bar on which the first line falls.")] = 1,
    key: _Key = None,
    bpm: _Bpm = None,
    chords: _Chords = None,
    meter: _Meter = None,
    voice: _Range = None,
    style: _Style = "pop",
    seed: _Seed = 0,
    alternatives: Annotated[int, typer.Option(help="How many melodies to write.")] = 1,
    language: Annotated[str, typer.Option(help="Language of the words.")] = "en",
) -> None:
    """Write a melody that sings the words, over a track or over chords."""
    from voice.composing.compose import composed
    from voice.composing.ordering import (
        MelodyOrder,
        check_count,
        check_target,
        plan_for,
        read_lyrics,
    )
    from voice.score.writing import write_score
    from voice.songwriting import numbered_path

    check_count(alternatives)
    check_target(output)
    words = read_lyrics(lyrics, language)
    order = MelodyOrder(over, analysis, start, key, bpm, chords, meter, style, seed)
    plan = plan_for(order, _range(voice))
    for number in range(1, alternatives + 1):
        path = numbered_path(output, number)
        written = composed(words, replace(plan, seed=seed + number - 1))
        write_score(written.score, path)
        typer.echo(_told(path, written, written.plan))


@melody_app.command()
def vary(
    file: Annotated[str, typer.Argument(help="A melody with words, of any format that is sung.")],
    bars: Annotated[str, typer.Option(help="The bars to write anew, such as 5-8.")],
    output: _Output,
    key: _Key = None,
    chords: _Chords = None,
    analysis: Annotated[
        Path | None, typer.Option(help="What `melisma analyze --json` found of its track.")
    ] = None,
    voice: _Range = None,
    style: _Style = "pop",
    seed: _Seed = 1,
    part: Annotated[str | None, typer.Option(help="Name or number of the part to sing.")] = None,
) -> None:
    """Write the pitches of some bars anew and keep everything else as it is."""
    from voice.composing.ordering import check_target, plan_of_melody
    from voice.composing.varying import parse_bars, varied
    from voice.score.opening import ScoreRequest, open_score
    from voice.score.writing import write_score

    check_target(output)
    score = open_score(ScoreRequest(file, part))
    chosen = parse_bars(bars)
    plan = plan_of_melody(score, key, chords, analysis, _range(voice) if voice else None, style)
    changed = varied(score, chosen, replace(plan, seed=seed))
    write_score(changed, output)
    new = sum(a.midi != b.midi for a, b in zip(score.notes, changed.notes, strict=True))
    typer.echo(f"{output}: {new} of {len(score.notes)} notes are new, in bars {bars}")


def _range(voice: str | None) -> VoiceRange:
    from voice.bank import VoiceBank
    from voice.composing.plan import USUAL_RANGE

    return USUAL_RANGE if voice is None else VoiceBank.open().card(voice).range


def _told(path: Path, written: Composition, plan: MelodyPlan) -> str:
    from voice.cli.describing import note_name

    score = written.score
    pitches = [note.midi for note in score.notes]
    first = score.notes[0].place
    return (
        f"{path}: {len(score.notes)} notes in {plan.key}, {note_name(min(pitches))}-"
        f"{note_name(max(pitches))}, {len(score.bars)} bars, {score.length_s:.0f} s; "
        f"the first note is in {first}; seed {plan.seed}"
    )
