"""`melisma voices`: who there is, what their cards say, and whether they are whole."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from consent.errors import ConsentError
from voice.bank import VoiceBank
from voice.card import VoiceCard
from voice.cli import describing
from voice.errors import VoiceError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Voices, bundled and your own.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Say it as JSON.")]
Name = Annotated[str, typer.Argument(help="Name of a voice; see `melisma voices list`.")]


@app.command("list")
def list_voices(as_json: AsJson = False) -> None:
    """List all voices with their languages and ranges."""
    bank = _bank()
    cards: list[VoiceCard] = []
    closed: dict[str, str] = {}
    for name in bank.names():
        try:
            cards.append(bank.card(name))
        except (ConsentError, VoiceError) as refusal:
            closed[name] = str(refusal)
    if as_json:
        rows = [{**asdict(card), "bundled": bank.is_bundled(card.name)} for card in cards]
        refused = [{"name": name, "refused": reason} for name, reason in closed.items()]
        typer.echo(json.dumps([*rows, *refused], ensure_ascii=False))
        return
    for card in cards:
        typer.echo(describing.in_one_line(card, bank.is_bundled(card.name)))
    for name, reason in closed.items():
        typer.echo(f"{name:<12} closed: {reason}")
    if not cards and not closed:
        typer.echo("no voices; add one with `melisma voices add FOLDER`")


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show a voice's card: range, licence, data, training, measured scores, and its consent."""
    bank = _bank()
    card, consent = bank.card(name), describing.consent_of(bank.folder(name))
    if as_json:
        typer.echo(json.dumps({**asdict(card), "consent": consent}, ensure_ascii=False))
        return
    for line in (*describing.in_full(card), *describing.consent_in_words(consent)):
        typer.echo(line)


@app.command()
def add(
    folder: Annotated[Path, typer.Argument(help="Folder of a voice, with its grant.json.")],
) -> None:
    """Copy a voice into your own bank; its grant must hold."""
    name = _bank().add(folder, describing.now())
    typer.echo(f"{name} was added; try it: melisma sing SCORE --voice {name} -o OUT.wav")


@app.command()
def remove(name: Name) -> None:
    """Delete one of your own voices; the bundled ones stay."""
    _bank().remove(name)
    typer.echo(f"{name} was removed")


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Voices; all if none is given.")] = None,
) -> None:
    """Check grant, files and models of voices; exit code 2 if one of them would not sing."""
    from vocoder.synthesis import Vocoder
    from voice.sessions import open_singer

    bank = _bank()
    chosen = names or list(bank.names())
    if not chosen:
        raise VoiceError("there are no voices to verify; add one with `melisma voices add FOLDER`")
    for name in chosen:
        voice = bank.open_voice(name, describing.now())
        open_singer(voice, describing.now(), threads=1)
        Vocoder.load(voice.models["vocoder"], f"the vocoder of {name}")
        typer.echo(f"{name}: grant {voice.permit.grant_id}, files and models hold")


def _bank() -> VoiceBank:
    return VoiceBank.open()
