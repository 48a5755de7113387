"""The command `melisma`: finds the subcommand, runs it, and says what went wrong in one line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module, metadata
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from consent.errors import ConsentError
from lyrics.errors import LyricsError
from vocoder.errors import SoundError
from voice.errors import MelismaError

MENDABLE = (MelismaError, LyricsError, SoundError, ConsentError)
EXIT_MISTAKE = 2
EXIT_INTERRUPTED = 130

COMMANDS: dict[str, tuple[str, str, str]] = {
    "sing": ("voice.cli.sing", "app", "Sing a score, alone or over an instrumental."),
    "score": ("voice.cli.score", "score_app", "Check what will be sung, or convert a score."),
    "analyze": ("voice.cli.analyze", "app", "Find tempo, bars, key and chords of a track."),
    "convert": ("voice.cli.convert", "app", "Convert a recording into a voice."),
    "mix": ("voice.cli.mix", "app", "Mix vocals over an instrumental."),
    "enroll": ("voice.cli.enroll", "app", "Make a voice of a person who consented."),
    "separate": ("voice.cli.separate", "app", "Take the vocals off a finished song."),
    "song": ("voice.cli.song", "song_app", "Make whole songs over tracks."),
    "voices": ("voice.cli.voices", "app", "List, show, add, remove and verify voices."),
    "train": ("voice.cli.train", "app", "Train a vocoder, an acoustic model or a voice."),
    "lyrics": ("voice.cli.lyrics", "lyrics_app", "Write lyrics that fit a melody exactly."),
    "melody": ("voice.cli.melody", "melody_app", "Write melodies for words."),
    "consent": ("voice.cli.consent", "consent_app", "Grant, show, revoke and audit consent."),
    "check": ("voice.cli.check", "app", "Say whether Melisma made a sound, and how."),
    "demo": ("voice.cli.demo", "app", "Open the web page."),
}
"""Each subcommand's module, the Typer application in it, and its help in one line."""


class LazyGroup(TyperGroup):
    """A group whose subcommands are imported when they are called, so that help comes at once."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (_, _, summary) in COMMANDS.items():
            self.add_command(TyperCommand(name, help=summary), name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, stub, rest = super().resolve_command(ctx, args)
        return name, stub if name is None else loaded(name), rest


def loaded(name: str) -> Any:
    """The subcommand itself, imported now."""
    module, attribute, _ = COMMANDS[name]
    command = typer.main.get_command(getattr(import_module(module), attribute))
    command.name = name
    return _plain(command)


def _plain(command: Any) -> Any:
    """The command with help and usage errors as plain text, and all below it."""
    command.rich_markup_mode = None
    for below in getattr(command, "commands", {}).values():
        _plain(below)
    return command


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"melisma {metadata.version('melisma')}")
        raise typer.Exit


@app.callback()
def melisma(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Melisma sings: lyrics and a melody in, a vocal out, over an instrumental if one is given."""


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; what a user can mend is one line on stderr."""
    try:
        typer.main.get_command(app).main(list(arguments), prog_name="melisma")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else EXIT_MISTAKE
    except MENDABLE as error:
        typer.echo(f"melisma: {_one_line(str(error))}", err=True)
        return EXIT_MISTAKE
    except KeyboardInterrupt:
        typer.echo("melisma: interrupted", err=True)
        return EXIT_INTERRUPTED
    return 0


def main() -> None:
    """The console command."""
    sys.exit(run(sys.argv[1:]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
