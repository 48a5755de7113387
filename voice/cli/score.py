"""`melisma score`: what will be sung, note by note, and scores into other formats."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from voice.score.fitting import Problem, SungNote
    from voice.score.opening import OpenedScore, ScoreRequest

score_app = typer.Typer(
    name="score", help="Check and convert scores.", no_args_is_help=True, add_completion=False
)

_NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")

_Source = Annotated[str, typer.Argument(help='A score file, or a line such as "C4 A- D4 men".')]
_Part = Annotated[str | None, typer.Option(help="Name or number of the part to sing.")]
_Verse = Annotated[str, typer.Option(help="Verse from 1, or all.")]
_Words = Annotated[
    Path | None, typer.Option("--lyrics", help="Text file whose words replace the score's.")
]
_Language = Annotated[str | None, typer.Option(help="Language code; guessed where not given.")]
_Tempo = Annotated[float | None, typer.Option(help="Quarters a minute at the beginning.")]
_Json = Annotated[bool, typer.Option("--json", help="Write JSON for programs.")]


@score_app.command()
def check(
    score: _Source,
    part: _Part = None,
    verse: _Verse = "1",
    lyrics: _Words = None,
    language: _Language = None,
    tempo: _Tempo = None,
    as_json: _Json = False,
) -> None:
    """Show what will be sung, note by note, and every problem at once (exit 2 if any)."""
    from voice.score.fitting import UnfitWordsError
    from voice.score.opening import ScoreRequest, open_verse

    request = ScoreRequest(score, part, verse, lyrics, language, tempo)
    try:
        opened = open_verse(request)
    except UnfitWordsError as error:
        _show_problems(request, error.problems, as_json)
        raise typer.Exit(2) from error
    if as_json:
        _write_json(_summary(opened))
    else:
        _show_table(opened)


@score_app.command()
def convert(
    source: Annotated[str, typer.Argument(help="A score file or an inline line.")],
    target: Annotated[Path, typer.Argument(help="A .mid .musicxml .ustx .ust or .ds file.")],
    part: _Part = None,
    verse: Annotated[
        str | None, typer.Option(help="Verse from 1, or all; MusicXML keeps all of them anyway.")
    ] = None,
    lyrics: _Words = None,
    language: _Language = None,
    tempo: _Tempo = None,
) -> None:
    """Write a score as MIDI, MusicXML, USTX, UST or DS."""
    from voice.score.opening import ScoreRequest, open_score
    from voice.score.verses import all_verses
    from voice.score.verses import verse as verse_of
    from voice.score.writing import write_score

    found = open_score(ScoreRequest(source, part, verse or "1", lyrics, language, tempo))
    if verse == "all":
        found = all_verses(found)
    elif verse is not None:
        found = verse_of(found, int(verse) if verse.isdigit() else 0)
    write_score(found, target)
    typer.echo(f"{target}: {len(found.notes)} notes, {found.length_s:.1f} s")


def _show_table(opened: OpenedScore) -> None:
    from rich.console import Console
    from rich.table import Table

    fitted = opened.fitted
    score = fitted.score
    console = Console()
    table = Table(title=f"{score.title} · {score.part}", title_justify="left")
    for heading in ("bar", "beat", "seconds", "pitch", "syllable", "phonemes"):
        table.add_column(heading, justify="left" if heading in _WORDY else "right")
    for sung in fitted.notes:
        table.add_row(*_row(sung, score.tempo.seconds_at(sung.note.start_beats)))
    console.print(table)
    console.print(
        f"{len(fitted.notes)} notes, {score.length_s:.1f} s, "
        f"{score.tempo.points[0].quarters_per_minute:g} quarters a minute, "
        f"language {opened.language}, {opened.score.verses} verse(s)"
    )
    for warning in fitted.warnings:
        console.print(f"warning: {warning}", style="yellow", markup=False)


_WORDY = ("syllable", "phonemes")


def _row(sung: SungNote, start_s: float) -> tuple[str, ...]:
    note = sung.note
    return (
        str(note.place.bar),
        f"{note.place.beat:g}",
        f"{start_s:.2f}",
        pitch_name(note.midi),
        sung.text or "–",
        " ".join(phoneme.symbol for phoneme in sung.phonemes),
    )


def pitch_name(midi: int) -> str:
    """C4 for 60."""
    return f"{_NAMES[midi % 12]}{midi // 12 - 1}"


def _show_problems(request: ScoreRequest, problems: tuple[Problem, ...], as_json: bool) -> None:
    if as_json:
        rows = [{"bar": p.place.bar, "beat": p.place.beat, "message": p.message} for p in problems]
        _write_json({"source": request.source, "problems": rows})
        return
    for problem in problems:
        typer.echo(f"{request.source}: {problem}", err=True)
    typer.echo(f"{request.source}: {len(problems)} problem(s) stop the singing", err=True)


def _summary(opened: OpenedScore) -> dict[str, Any]:
    fitted = opened.fitted
    score = fitted.score
    return {
        "title": score.title,
        "part": score.part,
        "language": opened.language,
        "verses": opened.score.verses,
        "length_s": round(score.length_s, 6),
        "tempo": [
            {"beat": float(p.beat), "quarters_per_minute": p.quarters_per_minute}
            for p in score.tempo.points
        ],
        "notes": [_note_row(sung, score.tempo.seconds_at) for sung in fitted.notes],
        "warnings": list(fitted.warnings),
        "problems": [],
    }


def _note_row(sung: SungNote, seconds_at: Any) -> dict[str, Any]:
    note = sung.note
    start_s = seconds_at(note.start_beats)
    return {
        "bar": note.place.bar,
        "beat": note.place.beat,
        "start_s": round(start_s, 6),
        "duration_s": round(seconds_at(note.end_beats) - start_s, 6),
        "midi": note.midi,
        "syllable": sung.text,
        "word": sung.word,
        "phonemes": [phoneme.symbol for phoneme in sung.phonemes],
        "continues": sung.continues,
    }


def _write_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
