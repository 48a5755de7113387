"""What a user types for a mix, as an order; and what is said when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from voice.analysis.files import read_meter
from voice.cli.orders import parse_start
from voice.errors import MixError
from voice.mixing.order import MixMade, MixOrder
from voice.mixing.outputs import MixFiles
from voice.mixing.placement import AtBar
from voice.mixing.report import to_json
from voice.mixing.timing import BeatWishes
from voice.mixing.wishes import MixWishes

OFF = "off"


@dataclass(frozen=True)
class Typed:
    """The options of `melisma mix` that a report holds already, as they were typed."""

    start: str | None = None
    preset: str | None = None
    vocal_level: float | None = None
    loudness: str | None = None
    ceiling: str | None = None
    vocal_muted: bool = False
    bpm: float | None = None
    first_beat: float | None = None
    meter: str | None = None
    analysis: Path | None = None


def named(output: Path | None) -> Path:
    """Raises MixError: no output was given."""
    if output is None:
        raise MixError("say where the mix goes, such as -o song.wav")
    return output


def order_of(
    sounds: tuple[Path, ...], files: MixFiles, typed: Typed, replay: Path | None
) -> MixOrder:
    """Raises MixError: an option that cannot be read, or that a report being replayed holds."""
    if replay is not None and typed != Typed():
        names = [name for name, value in vars(typed).items() if value != getattr(Typed(), name)]
        raise MixError(
            f"--{names[0].replace('_', '-')}: {replay} holds it already; edit it there, or mix "
            "without --replay"
        )
    return MixOrder(
        sounds,
        files,
        AtBar(1) if typed.start is None else parse_start(typed.start),
        MixWishes(
            typed.preset or "pop",
            typed.vocal_level,
            _number_or_off("--loudness", typed.loudness, -14.0),
            _number_or_off("--ceiling", typed.ceiling, -1.0),
            typed.vocal_muted,
        ),
        BeatWishes(typed.bpm, typed.first_beat, _meter(typed.meter), typed.analysis),
        replay,
    )


def show(made: MixMade, took_s: float, quiet: bool, as_json: bool) -> None:
    """Warnings go to stderr, the result to stdout."""
    if as_json:
        typer.echo(to_json(made.report), nl=False)
        return
    if quiet:
        return
    for warning in made.report.warnings:
        typer.echo(f"warning: {warning}", err=True)
    for line in _lines(made, took_s):
        typer.echo(line)


def _lines(made: MixMade, took_s: float) -> list[str]:
    measured, placement = made.mixed.measured, made.report.placement
    output, report, *stems = made.written
    lines = [f"{output}: {measured.length_s:.1f} s, mixed in {took_s:.1f} s"]
    if placement is not None and not made.mixed.decisions.muted:
        begins_s = made.mixed.decisions.vocals[0].begin_s
        tempo = f"; {placement.tempo_bpm:.1f} BPM" if placement.tempo_bpm else ""
        lines.append(f"the vocal begins at {begins_s:.2f} s ({placement.start}{tempo})")
    if measured.lead_lu is not None:
        lines.append(f"vocals {measured.lead_lu:+.1f} LU over the accompaniment as they sing")
    lines.append(
        f"{measured.loudness_lufs:.1f} LUFS, true peak {measured.true_peak_dbtp:.1f} dBTP; the "
        f"limiter took off at most {measured.limited_db:.1f} dB"
    )
    lines.append(f"{report}: every decision, to edit and replay")
    if stems:
        lines.append(f"{stems[0].parent}: {len(stems)} stems, which add up to the mix")
    return lines


def _number_or_off(option: str, text: str | None, usual: float) -> float | None:
    if text is None:
        return usual
    if text.strip().lower() == OFF:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise MixError(f"{option} {text}: give a number, or {OFF}") from error


def _meter(text: str | None) -> tuple[int, int] | None:
    try:
        return None if text is None else read_meter(text)
    except ValueError as error:
        raise MixError(f"--meter {error}") from error
