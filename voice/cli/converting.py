"""An order to convert, carried out; the user's word for the recording is asked for here."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from vocoder.audio import Bits
from voice.bank import VoiceBank
from voice.cli.describing import now
from voice.cli.progress import Progress
from voice.conversion.convert import Conversion, ConversionOrder, convert_file
from voice.conversion.recording import open_recording
from voice.conversion.statement import QUESTION, SourceStatement
from voice.conversion.transposing import Transposition
from voice.errors import OutputError

WIDEST_SHIFT = 36.0
NAMED_SHIFTS: dict[str, Transposition] = {"auto": "auto", "spoken": "spoken"}


@dataclass(frozen=True)
class Order:
    """Everything that `melisma convert` was told; `may_use` is the user's word.

    `likeness` None is what is usual for the voice.
    """

    vocal: Path
    voice: str
    output: Path
    transpose: str
    formants: float
    follow_dynamics: bool
    may_use: bool
    seed: int
    bits: Bits
    threads: int
    likeness: float | None = None


def asked(vocal: Path) -> bool:
    """The user's answer, where somebody sits at the terminal; no answer is no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return typer.confirm(f"{vocal}: {QUESTION}", default=False, err=True)


def carry_out(order: Order, progress: Progress) -> Conversion:
    """Convert; every refusal comes before a file does."""
    transpose = parse_shift(order.transpose)
    if not order.output.parent.is_dir():
        raise OutputError(f"{order.output}: there is no folder {order.output.parent}; make it")
    if order.output.is_dir():
        raise OutputError(f"{order.output}: is a folder; name a file")
    sha256 = open_recording(order.vocal).sha256
    statement = SourceStatement(sha256, now()) if order.may_use else None
    return convert_file(
        VoiceBank.open(),
        ConversionOrder(
            recording=order.vocal,
            voice=order.voice,
            output=order.output,
            statement=statement,
            transpose=transpose,
            formants=order.formants,
            follow_dynamics=order.follow_dynamics,
            likeness=order.likeness,
            seed=order.seed,
            bits=order.bits,
        ),
        now,
        progress,
        order.threads,
    )


def parse_shift(text: str) -> Transposition:
    """`auto`, `spoken`, or semitones such as -12 or 0.5."""
    if text in NAMED_SHIFTS:
        return NAMED_SHIFTS[text]
    try:
        semitones = float(text)
    except ValueError:
        semitones = math.nan
    if not abs(semitones) <= WIDEST_SHIFT:
        raise OutputError(
            f"--transpose {text}: give semitones between -{WIDEST_SHIFT:g} and {WIDEST_SHIFT:g}, "
            "auto or spoken"
        )
    return semitones


def show(made: Conversion, took_s: float, quiet: bool, as_json: bool) -> None:
    """Warnings go to stderr, the result to stdout."""
    if as_json:
        typer.echo(json.dumps(_table(made, took_s), ensure_ascii=False))
        return
    if quiet:
        return
    for warning in made.warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(f"{made.output}: {made.duration_s:.1f} s, made in {took_s:.1f} s")
    typer.echo(
        f"converted into {made.voice}, {made.transposed_semitones:+g} semitones, likeness "
        f"{made.likeness:g}"
    )
    typer.echo(made.credit)


def _table(made: Conversion, took_s: float) -> dict[str, object]:
    return {
        "output": str(made.output),
        "seconds": round(made.duration_s, 3),
        "samples": made.samples,
        "rate_hz": made.rate_hz,
        "took_seconds": round(took_s, 3),
        "voice": made.voice,
        "transposed_semitones": made.transposed_semitones,
        "likeness": made.likeness,
        "source_sha256": made.statement.source_sha256,
        "statement": made.statement.text,
        "warnings": list(made.warnings),
        "credit": made.credit,
    }
