"""`melisma lyrics`: songs written to the very syllable, and single lines written anew."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lyrics.writer.plan import SongRequest
    from lyrics.writer.song import Song, SongLine
    from lyrics.writer.writer import SongWriter

lyrics_app = typer.Typer(
    name="lyrics", help="Write singable lyrics.", no_args_is_help=True, add_completion=False
)
KEY_VARIABLE = "MELISMA_MODEL_KEY"

_Include = Annotated[str, typer.Option(help="Words that must occur, parted by commas.")]
_Avoid = Annotated[str, typer.Option(help="Words that must not occur, parted by commas.")]
_Seed = Annotated[int, typer.Option(help="The same seed gives the same words.")]
_Output = Annotated[Path | None, typer.Option("--output", "-o", help="Text file to write.")]
_Json = Annotated[bool, typer.Option("--json", help="Write JSON for programs.")]
_Explicit = Annotated[bool, typer.Option("--allow-explicit", help="Allow explicit words.")]
_Archaic = Annotated[bool, typer.Option("--archaic", help="Allow thou, hath and their like.")]
_Url = Annotated[
    str | None,
    typer.Option(help=f"Address of an OpenAI-compatible model (key, if any, in {KEY_VARIABLE})."),
]
_Name = Annotated[str | None, typer.Option(help="Name of the model at --model-url.")]
_Melody = Annotated[str | None, typer.Option(help="A score whose phrases give the lines.")]
_Part = Annotated[str | None, typer.Option(help="Name or number of the part to sing.")]


@lyrics_app.command()
def write(
    theme: Annotated[str, typer.Option(help="What the song is about.")],
    genre: Annotated[str, typer.Option(help="Such as country, pop, folk, gospel.")] = "pop",
    melody: _Melody = None,
    part: _Part = None,
    syllables: Annotated[
        str | None,
        typer.Option(help="8,6,8,6 for all sections, or verse:8,6,8,6;chorus:7,7."),
    ] = None,
    rhyme: Annotated[str | None, typer.Option(help="A letter per line; X is unrhymed.")] = None,
    slant: Annotated[bool, typer.Option(help="Let near rhymes (home, stone) rhyme.")] = False,
    structure: Annotated[str, typer.Option(help="Sections, parted by commas.")] = "verse",
    include: _Include = "",
    avoid: _Avoid = "",
    seed: _Seed = 0,
    alternatives: Annotated[int, typer.Option(help="How many songs to write.")] = 1,
    allow_explicit: _Explicit = False,
    archaic: _Archaic = False,
    output: _Output = None,
    as_json: _Json = False,
    model_url: _Url = None,
    model_name: _Name = None,
) -> None:
    """Write a song that fits a melody, or lines of so many syllables, and rhymes."""
    from dataclasses import replace

    from lyrics.writer.plan import SongRequest
    from lyrics.writer.rhyme import RhymeKind
    from voice.songwriting import Form, alternative_requests, numbered_path

    request = SongRequest(
        theme=theme,
        genre=genre,
        sections=Form(melody, part, syllables, rhyme, structure).sections(),
        rhyme_kind=RhymeKind.SLANT if slant else RhymeKind.PERFECT,
        include=_listed(include),
        avoid=_listed(avoid),
        allow_explicit=allow_explicit,
        archaic=archaic,
        seed=seed,
    )
    requests = alternative_requests(request, alternatives)
    writer = _writer(model_url, model_name)
    songs = []
    for number, wish in enumerate(requests, 1):
        path = numbered_path(output, number) if output else None
        song = _finished(writer, wish, path, melody or "")
        songs.append(replace(song, facts=replace(song.facts, melody=melody or "")))
    _show(songs, as_json)


@lyrics_app.command()
def edit(
    file: Annotated[Path, typer.Argument(help="Lyrics that `melisma lyrics write` wrote.")],
    line: Annotated[int, typer.Option(help="The sung line to write anew, from 1.")],
    alternatives: Annotated[int, typer.Option(help="How many wordings to show.")] = 1,
    choose: Annotated[int, typer.Option(help="Which of them goes into the song.")] = 1,
    include: _Include = "",
    avoid: _Avoid = "",
    seed: Annotated[int | None, typer.Option(help="Another seed, other wordings.")] = None,
    melody: _Melody = None,
    part: _Part = None,
    allow_explicit: _Explicit = False,
    archaic: _Archaic = False,
    output: _Output = None,
    as_json: _Json = False,
    model_url: _Url = None,
    model_name: _Name = None,
) -> None:
    """Write one line anew and keep the rest; with -o the song is saved with the chosen wording."""
    from dataclasses import replace

    from lyrics.writer.errors import RequestError
    from lyrics.writer.song_file import read_song, write_song
    from lyrics.writer.writer import with_line
    from voice.songwriting import request_for

    if not 1 <= choose <= alternatives <= 50:
        raise RequestError(f"--choose {choose} of {alternatives}: give 1 to 50 alternatives")
    song = read_song(file)
    request = replace(
        request_for(song, melody or song.facts.melody or None, part),
        include=_listed(include),
        avoid=_listed(avoid),
        allow_explicit=allow_explicit,
        archaic=archaic,
    )
    writer = _writer(model_url, model_name)
    wordings = writer.rewritten(
        song, line, alternatives, song.facts.seed + 1 if seed is None else seed, request
    )
    wording = wordings[min(choose, len(wordings)) - 1]
    chosen = with_line(song, line, wording, writer.lyricist.origin)
    _show_wordings(wordings, chosen, as_json)
    if output:
        write_song(chosen, output)


def _writer(url: str | None, name: str | None) -> SongWriter:
    from lyrics.writer.writer import SongWriter
    from voice.songwriting import ModelChoice

    return SongWriter.of(ModelChoice(url, name, os.environ.get(KEY_VARIABLE, "")).lyricist())


def _finished(writer: SongWriter, request: SongRequest, path: Path | None, melody: str) -> Song:
    """The song; whatever stops the writing, the lines finished so far are in the file or shown."""
    from dataclasses import replace

    from lyrics.writer.song_file import to_text, write_song

    total = sum(len(section.lines) for section in request.sections)
    song: Song | None = None
    finished = False
    try:
        for song in writer.drafts(request):
            if path is not None:
                write_song(replace(song, facts=replace(song.facts, melody=melody)), path)
            _progress(len(song.lines), total)
        finished = True
    finally:
        if song is not None and not finished:
            typer.echo(f"stopped after {len(song.lines)} of {total} lines", err=True)
            if path is None:
                typer.echo(to_text(song))
    assert song is not None
    return song


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\rline {done} of {total}", nl=done == total, err=True)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _show(songs: list[Song], as_json: bool) -> None:
    from lyrics.writer.song_file import to_json

    if as_json:
        values = [to_json(song) for song in songs]
        _write_json(values[0] if len(values) == 1 else values)
        return
    for number, song in enumerate(songs, 1):
        if len(songs) > 1:
            typer.echo(f"=== {number}: seed {song.facts.seed}\n")
        _print_song(song)


def _print_song(song: Song) -> None:
    number = 0
    width = max(len(line.text) for line in song.lines) + 2
    for section in song.sections:
        typer.echo(f"[{section.title}: {section.rhyme}]")
        for line in section.lines:
            number += 1
            count = len(line.syllables)
            typer.echo(f"{number:3}  {line.text:<{width}}{count:3}  {_stress_marks(line)}")
        typer.echo("")
    origin = song.facts.origin
    typer.echo(f"seed {song.facts.seed}; words by {origin.model}, licence: {origin.licence}")


def _stress_marks(line: SongLine) -> str:
    """ˈ before stressed syllables, ˌ before lightly stressed ones, words apart."""
    marks = {1: "ˈ", 2: "ˌ", 0: ""}
    return " ".join(
        ".".join(marks[syllable.stress] + syllable.ipa for syllable in word.syllables)
        for word in line.words
    )


def _show_wordings(wordings: tuple[SongLine, ...], song: Song, as_json: bool) -> None:
    from lyrics.writer.song_file import to_json

    if as_json:
        _write_json({"wordings": [line.text for line in wordings], "song": to_json(song)})
        return
    for number, line in enumerate(wordings, 1):
        typer.echo(f"{number:3}  {line.text}  {_stress_marks(line)}")
    typer.echo("")
    _print_song(song)


def _write_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
