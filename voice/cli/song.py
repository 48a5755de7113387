"""`melisma song`: a whole song over a track, and again only what an edit made stale."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lyrics.writer.writer import SongWriter
    from voice.song.steps import Tools
    from voice.song.update import StepState, Update

song_app = typer.Typer(
    name="song", help="Make whole songs over tracks.", no_args_is_help=True, add_completion=False
)

_Genre = Annotated[str | None, typer.Option(help="Of the words: pop, country, folk …")]
_Structure = Annotated[
    str | None, typer.Option(help="verse,chorus …; by default what the track has room for.")
]
_Syllables = Annotated[str | None, typer.Option(help="8,6,8,6, or verse:8,6,8,6;chorus:7,7.")]
_Rhyme = Annotated[str | None, typer.Option(help="A letter for each line; X is unrhymed.")]
_Style = Annotated[str | None, typer.Option(help="Of the melody: pop, ballad, folk or rap.")]
_Start = Annotated[int | None, typer.Option(help="The bar on which the first line falls.")]
_Voice = Annotated[str | None, typer.Option(help="Who sings; see `melisma voices list`.")]
_Preset = Annotated[str | None, typer.Option(help="Of the mix; by default the style's.")]
_Level = Annotated[float | None, typer.Option(help="LU of the vocal above the accompaniment.")]
_Loudness = Annotated[float | None, typer.Option(help="LUFS of the song, by default -14.")]
_Bpm = Annotated[float | None, typer.Option(help="The track's tempo, where you know it.")]
_Key = Annotated[str | None, typer.Option(help='Its key, such as "Bb major".')]
_Meter = Annotated[str | None, typer.Option(help="Its metre, such as 3/4.")]
_FirstBeat = Annotated[float | None, typer.Option(help="The second on which its bar 1 begins.")]
_Seed = Annotated[int | None, typer.Option(help="Another seed, another song.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
_Threads = Annotated[int, typer.Option(min=1, max=64, help="Threads of the processor.")]
_Folder = Annotated[Path, typer.Argument(help="The folder of a song.")]


@song_app.command()
def new(
    track: Annotated[Path, typer.Argument(help="An instrumental: wav, flac, ogg, opus or mp3.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A new folder for the song.")],
    theme: Annotated[str, typer.Option(help="What the song is about.")] = "",
    lyrics: Annotated[
        Path | None, typer.Option(help="Words to sing as they stand, instead of a theme.")
    ] = None,
    genre: _Genre = None,
    structure: _Structure = None,
    syllables: _Syllables = None,
    rhyme: _Rhyme = None,
    style: _Style = None,
    start: _Start = None,
    voice: _Voice = None,
    preset: _Preset = None,
    vocal_level: _Level = None,
    loudness: _Loudness = None,
    bpm: _Bpm = None,
    key: _Key = None,
    meter: _Meter = None,
    first_beat: _FirstBeat = None,
    seed: _Seed = None,
    threads: _Threads = 2,
    quiet: _Quiet = False,
) -> None:
    """Analyze TRACK, write words and a melody, sing them and mix the song.

    The folder keeps every step's file; edit any and call `melisma song update`.
    """
    from voice.cli.progress import progress_bar
    from voice.song.make import new_song
    from voice.song.wishes import SongWishes

    given = _given(
        theme=theme or None, genre=genre, structure=structure, syllables=syllables, rhyme=rhyme,
        style=style, start_bar=start, voice=voice, preset=preset, vocal_level_lu=vocal_level,
        loudness_lufs=loudness, bpm=bpm, key=key, meter=meter, first_beat_s=first_beat, seed=seed,
    )  # fmt: skip
    wishes = SongWishes(**given)  # type: ignore[arg-type]
    with progress_bar(quiet) as progress:
        made = new_song(track, output, wishes, _tools(threads), lyrics, progress)
    _show_update(made, quiet)


@song_app.command()
def update(
    folder: _Folder,
    theme: Annotated[str | None, typer.Option(help="What the song is about.")] = None,
    genre: _Genre = None,
    structure: _Structure = None,
    syllables: _Syllables = None,
    rhyme: _Rhyme = None,
    style: _Style = None,
    start: _Start = None,
    voice: _Voice = None,
    preset: _Preset = None,
    vocal_level: _Level = None,
    loudness: _Loudness = None,
    bpm: _Bpm = None,
    key: _Key = None,
    meter: _Meter = None,
    first_beat: _FirstBeat = None,
    seed: _Seed = None,
    threads: _Threads = 2,
    quiet: _Quiet = False,
) -> None:
    """Make again what edits or other wishes made stale, and go on where a run was stopped."""
    from voice.cli.progress import progress_bar
    from voice.song.make import update_song

    given = _given(
        theme=theme, genre=genre, structure=structure, syllables=syllables, rhyme=rhyme,
        style=style, start_bar=start, voice=voice, preset=preset, vocal_level_lu=vocal_level,
        loudness_lufs=loudness, bpm=bpm, key=key, meter=meter, first_beat_s=first_beat, seed=seed,
    )  # fmt: skip
    with progress_bar(quiet) as progress:
        made = update_song(folder, _tools(threads), given, progress)
    _show_update(made, quiet)


@song_app.command()
def show(folder: _Folder) -> None:
    """Say how every step of a song stands, and why."""
    from voice.song.make import song_states

    project, found = song_states(folder, _tools(1))
    typer.echo(f"{folder}: over {project.track_path}")
    _show_states(found, folder)


def _given(**options: object) -> dict[str, object]:
    return {name: value for name, value in options.items() if value is not None}


def _tools(threads: int) -> Tools:
    """The user's voices, and the bundled writer when words are asked for."""
    from voice.song.steps import Tools
    from voice.studio import Studio

    def writer() -> SongWriter:
        from lyrics.writer.writer import SongWriter
        from voice.songwriting import ModelChoice

        return SongWriter.of(ModelChoice().lyricist())

    return Tools(Studio.open(threads=threads), writer)


def _show_update(made: Update, quiet: bool) -> None:
    if quiet:
        return
    for state in made.found:
        if state.is_due:
            typer.echo(f"{state.step:<8} done: {'; '.join(state.reasons)}")
        elif state.condition == "yours":
            typer.echo(f"{state.step:<8} kept: {'; '.join(state.reasons)}")
    song = made.project.path("song.wav")
    if not made.done:
        typer.echo("nothing was stale")
    typer.echo(f"{os.fspath(song)}: the song; edit any file beside it and update")


def _show_states(found: Sequence[StepState], folder: Path) -> None:
    for state in found:
        files = ", ".join(state.files)
        why = f" ({'; '.join(state.reasons)})" if state.reasons else ""
        typer.echo(f"{state.step:<8} {state.condition:<8} {files}{why}")
    if any(state.is_due for state in found):
        typer.echo(f"melisma song update {folder} makes what is missing or stale")
