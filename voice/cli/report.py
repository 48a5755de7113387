"""What `melisma sing` says when it is done: words for people, JSON for programs."""

from __future__ import annotations

import json

import typer

from voice.cli.orders import in_words
from voice.cli.singing import Made


def show(made: Made, took_s: float, quiet: bool, as_json: bool) -> None:
    """Warnings go to stderr, the result to stdout."""
    if as_json:
        typer.echo(json.dumps(_table(made, took_s), ensure_ascii=False))
        return
    if quiet:
        return
    for warning in made.take.warnings:
        typer.echo(f"warning: {warning}", err=True)
    for line in _lines(made, took_s):
        typer.echo(line)


def _lines(made: Made, took_s: float) -> list[str]:
    take, mix, files = made.take, made.mix, made.files
    audio = take.audio if mix is None else mix.audio
    lines = [f"{files.output}: {audio.duration_s:.1f} s, made in {took_s:.1f} s"]
    if mix is not None:
        lines.append(
            f"mixed over the instrumental from {mix.start_s:.2f} s, at {mix.loudness_lufs:.1f} LUFS"
        )
    if files.vocal is not None:
        lines.append(f"{files.vocal}: the dry vocal, {take.audio.duration_s:.1f} s")
    if files.frames is not None:
        lines.append(f"{files.frames}: its FrameScore, to edit and sing again")
    lines += [f"{path}: one singer's take" for path in made.stems]
    lines.append(f"sung by {take.voice}, {in_words(take.transposed_semitones)}")
    lines.append(take.credit)
    return lines


def _table(made: Made, took_s: float) -> dict[str, object]:
    take, mix, files = made.take, made.mix, made.files
    return {
        "output": str(files.output),
        "vocal": str(files.output) if mix is None else files.vocal and str(files.vocal),
        "mix": None if mix is None else str(files.output),
        "stems": [str(path) for path in made.stems],
        "frames": files.frames and str(files.frames),
        "seconds": round((take.audio if mix is None else mix.audio).duration_s, 3),
        "vocal_seconds": round(take.audio.duration_s, 3),
        "took_seconds": round(took_s, 3),
        "voice": take.voice,
        "language": take.frames.language,
        "seed": take.frames.seed,
        "lead_in_seconds": take.frames.lead_in_s,
        "transposed_semitones": take.transposed_semitones,
        "transposed": in_words(take.transposed_semitones),
        "mix_start_seconds": None if mix is None else round(mix.start_s, 6),
        "mix_loudness_lufs": None if mix is None else round(mix.loudness_lufs, 2),
        "warnings": list(take.warnings),
        "credit": take.credit,
    }
