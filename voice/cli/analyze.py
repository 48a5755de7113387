"""`melisma analyze`: what is known of a track, in words, as JSON or as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from voice.errors import AnalysisError

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Track = Annotated[Path, typer.Argument(help="An instrumental: wav, flac, ogg, opus or mp3.")]
AsJson = Annotated[bool, typer.Option("--json", help="Say it as JSON.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw it into this .png file.")]
Bpm = Annotated[float | None, typer.Option("--bpm", help="The tempo, where you know it.")]
KeyName = Annotated[str | None, typer.Option("--key", help='The key, such as "Bb major".')]
FirstBeat = Annotated[
    float | None, typer.Option("--first-beat", help="The second on which bar 1 begins.")
]
MeterName = Annotated[str | None, typer.Option("--meter", help="The metre, such as 3/4.")]


@app.command()
def analyze(
    track: Track,
    as_json: AsJson = False,
    plot: Plot = None,
    bpm: Bpm = None,
    key: KeyName = None,
    first_beat: FirstBeat = None,
    meter: MeterName = None,
) -> None:
    """Find tempo, bars, key, chords, sections and loudness of a track."""
    from vocoder.audio import read_audio
    from voice.analysis.analyse import Told, analyse_track
    from voice.analysis.files import read_meter, to_json
    from voice.analysis.model import Key
    from voice.analysis.picture import check_picture, save_picture
    from voice.analysis.telling import in_words

    try:
        told = Told(
            bpm=bpm,
            key=None if key is None else Key.named(key),
            first_beat_s=first_beat,
            meter=None if meter is None else read_meter(meter),
        )
    except ValueError as error:
        raise AnalysisError(str(error)) from error
    if plot is not None:
        check_picture(plot)
    audio = read_audio(track)
    try:
        analysis = analyse_track(audio, told)
    except AnalysisError as error:
        raise AnalysisError(f"{track}: {error}") from error
    if audio.missing:
        typer.echo(f"warning: {track}: {audio.missing}", err=True)
    if plot is not None:
        save_picture(plot, audio, analysis, track.name)
    if as_json:
        typer.echo(to_json(analysis), nl=False)
        return
    for line in in_words(analysis):
        typer.echo(line)
