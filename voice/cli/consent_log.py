"""`melisma consent log` and `melisma consent blocklist`: what auditors and keepers do."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from consent.errors import ConsentFormatError
from consent.location import RegistryLocation, locate

if TYPE_CHECKING:
    from consent.blocking import Blocked
    from consent.registry import Registry

log_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Prove and verify the append-only log."
)
blocklist_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="People who must never be enrolled."
)


def _location() -> RegistryLocation:
    return locate(os.environ, Path.home())


def _registry() -> Registry:
    from consent.registry import Registry

    return Registry.open(_location())


@log_app.command("prove")
def prove(
    entry: Annotated[int, typer.Argument(min=0, help="Number of a log entry.")],
) -> None:
    """Write the inclusion proof of one entry, with the checkpoint it holds under, as JSON."""
    with _registry() as registry:
        found = registry.prove(entry)
    value = {
        "checkpoint": json.loads(found.checkpoint.envelope),
        "entry": found.seq,
        "leaf": found.leaf.hex(),
        "proof": found.proof,
    }
    typer.echo(json.dumps(value, indent=2))


@log_app.command("verify")
def verify(
    against: Annotated[
        Path | None, typer.Option(help="A checkpoint that was kept elsewhere.")
    ] = None,
) -> None:
    """Recompute every hash, signature and state of the registry."""
    kept = None
    if against is not None:
        try:
            kept = against.read_bytes().strip()
        except OSError as fault:
            raise ConsentFormatError(f"{against}: cannot be read ({fault.strerror})") from fault
    with _registry() as registry:
        report = registry.audit(kept)
    compared = "" if report.kept_size is None else f", continuing {report.kept_size} kept elsewhere"
    typer.echo(
        f"sound: {report.entries} entries, {report.grants} grants, {report.redacted} erased"
        f"{compared}; root {report.checkpoint.root.hex()}"
    )


@log_app.command("checkpoint")
def checkpoint(
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Accept the database as it is, after restoring a backup."),
    ] = False,
) -> None:
    """Write the signed checkpoint. Keep it elsewhere: it shows if anything is undone later."""
    if adopt:
        from consent.ledger import Ledger

        ledger = Ledger.open(_location())
        ledger.adopt_head()
        ledger.close()
    with _registry() as registry:
        found = registry.checkpoint()
    typer.echo(found.envelope.decode())


@blocklist_app.command("add")
def add(
    name: Annotated[str | None, typer.Option(help="A person's name.")] = None,
    recording: Annotated[Path | None, typer.Option(help="A recording, exactly this file.")] = None,
) -> None:
    """Never enrol this person, or use this recording."""
    kind, value = _blocked(name, recording)
    with _registry() as registry:
        registry.block(kind, value, datetime.now(UTC))
    typer.echo(f"this {kind.value} is blocked")


@blocklist_app.command("remove")
def remove(
    name: Annotated[str | None, typer.Option(help="A person's name.")] = None,
    recording: Annotated[Path | None, typer.Option(help="A recording, exactly this file.")] = None,
) -> None:
    """Lift a block, as only the person may ask."""
    kind, value = _blocked(name, recording)
    with _registry() as registry:
        registry.unblock(kind, value, datetime.now(UTC))
    typer.echo(f"this {kind.value} is no longer blocked")


def _blocked(name: str | None, recording: Path | None) -> tuple[Blocked, str]:
    from consent.blocking import Blocked
    from consent.folder import digest_file

    if name is not None and recording is None:
        return Blocked.NAME, name
    if recording is not None and name is None:
        return Blocked.RECORDING, digest_file(recording)
    raise ConsentFormatError("give either --name or --recording")
