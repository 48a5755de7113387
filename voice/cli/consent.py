"""`melisma consent`: who may be sung with, asked, granted, withdrawn and proved."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consent.errors import ConsentError, ConsentFormatError
from consent.grant import GRANTABLE, Operation
from voice.cli.consent_log import blocklist_app, log_app

if TYPE_CHECKING:
    from consent.registry import GrantSummary, Registry

consent_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Grant, show, revoke and audit consent.",
)
consent_app.add_typer(log_app, name="log")
consent_app.add_typer(blocklist_app, name="blocklist")

GrantId = Annotated[str, typer.Argument(metavar="GRANT", help="Id of a grant; see `list`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for a program.")]


def open_registry() -> Registry:
    """The user's registry."""
    from consent.location import locate
    from consent.registry import Registry

    return Registry.open(locate(os.environ, Path.home()))


def now() -> datetime:
    return datetime.now(UTC)


@consent_app.command()
def init() -> None:
    """Make the registry and its keys, or bring an older one up to date."""
    from consent.location import locate
    from consent.registry import Registry

    location = locate(os.environ, Path.home())
    with Registry.create(location) as registry:
        size = registry.checkpoint().size
    typer.echo(f"registry with {size} log entries; keys in {location.keys}, not in any backup")


@consent_app.command()
def statement(
    name: Annotated[str, typer.Option(help="Whose voice it is.")],
    contact: Annotated[str, typer.Option(help="Where the receipt goes.")],
    project: Annotated[str, typer.Option(help="The one project; no names of people in it.")],
    operations: Annotated[str, typer.Option(help=f"Some of {','.join(sorted(GRANTABLE))}.")],
    languages: Annotated[str, typer.Option(help="Languages to sing, such as en,ja.")] = "en",
    read_in: Annotated[str, typer.Option(help="Language of the statement.")] = "en",
    commercial: Annotated[bool, typer.Option(help="Also for money.")] = False,
    territory: Annotated[str, typer.Option(help="Where it may be used.")] = "worldwide",
    days: Annotated[int, typer.Option(min=1, help="How long it lasts.")] = 365,
    pass_on: Annotated[bool, typer.Option(help="The voice folder may be passed on.")] = False,
    notice_days: Annotated[int, typer.Option(min=0, help="Days to take down works.")] = 30,
    minor: Annotated[bool, typer.Option("--minor", help="Under age; needs --cosigner.")] = False,
    deceased: Annotated[bool, typer.Option("--deceased", help="Needs --cosigner.")] = False,
    cosigner: Annotated[str | None, typer.Option(help="Guardian or estate.")] = None,
) -> None:
    """Write down who is asked for what, and show the text they will read."""
    from consent.people import Age, Person, Request

    if minor and deceased:
        raise ConsentFormatError("--minor and --deceased: choose one")
    age = Age.MINOR if minor else Age.DECEASED if deceased else Age.ADULT
    person = Person(name, contact, age, cosigner)
    request = Request(
        project=project,
        operations=frozenset(read_operation(word) for word in _words(operations)),
        languages=tuple(_words(languages)),
        commercial=commercial,
        territory=territory,
        term=timedelta(days=days),
        pass_on=pass_on,
        notice_days=notice_days,
    )
    with open_registry() as registry:
        grant_id = registry.draft(person, request, read_in, now())
    typer.echo(f"{grant_id}\nnext: melisma consent challenge {grant_id}")


@consent_app.command()
def licence(
    terms: Annotated[Path, typer.Argument(help="A TOML file that quotes the published terms.")],
    folder: Annotated[Path, typer.Argument(help="The recordings or voice they are about.")],
) -> None:
    """Register published terms for a folder of recordings or a voice, as its user vouches."""
    from dataclasses import replace

    from consent.folder import digest_folder
    from consent.terms import read_terms

    at = now()
    grant = replace(read_terms(terms, at), digest=digest_folder(folder))
    with open_registry() as registry:
        registry.register_licences([grant], at)
        if Operation.SING in grant.operations:
            registry.refer(grant.grant_id, folder)
    typer.echo(f"{grant.grant_id} is in force for {folder}")


@consent_app.command()
def challenge(
    grant: GrantId,
    role: Annotated[str, typer.Option(help="self, guardian or estate.")] = "self",
) -> None:
    """Draw six digits and show what is to be read aloud within ten minutes."""
    from consent.people import Role

    try:
        speaker = Role(role)
    except ValueError as fault:
        raise ConsentFormatError(f"--role {role}: choose among {', '.join(Role)}") from fault
    with open_registry() as registry:
        made = registry.challenge(grant, speaker, now())
    typer.echo(f"{made.text}\n\n    {'  '.join(made.digits)}\n")
    typer.echo(
        "Read all of it in one recording, pause, then the digits one by one in English. "
        f"Good until {made.expires_at:%H:%M:%S} UTC.\n"
        f"next: melisma consent submit {grant} RECORDING --material FOLDER"
    )


@consent_app.command()
def submit(
    grant: GrantId,
    recording: Annotated[Path, typer.Argument(help="The recording of statement and digits.")],
    material: Annotated[
        Path | None, typer.Option(help="Folder of the recordings of the voice to enrol.")
    ] = None,
) -> None:
    """Check a recording: speech, digits, voice. A challenge is spent by it, pass or fail."""
    from consent.enrolment import Submission
    from consent.folder import digest_file, read_folder
    from voice.identity import open_ears

    digest_file(recording)
    files = {} if material is None else dict(read_folder(material).files)
    with open_registry() as registry:
        findings = registry.submit(
            grant, Submission(recording.read_bytes(), files), open_ears(), now()
        )
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.passed else 'FAIL'} {finding.rule}: {finding.text}")
    if not all(finding.passed for finding in findings):
        raise ConsentError(f"grant {grant}: set a new challenge and record again")


@consent_app.command()
def verify(
    grant: GrantId,
    countersign: Annotated[
        str | None, typer.Option(help="Name of the human who heard the digits themselves.")
    ] = None,
) -> None:
    """Take the evidence as sufficient."""
    with open_registry() as registry:
        registry.confirm(grant, countersign, now())
    typer.echo(f"{grant} is verified\nnext: melisma consent grant {grant}")


@consent_app.command()
def grant(grant: GrantId) -> None:
    """Put a verified grant in force."""
    _step("activate", grant)


@consent_app.command()
def suspend(grant: GrantId) -> None:
    """Stop all use until it is resumed."""
    _step("suspend", grant)


@consent_app.command()
def resume(grant: GrantId) -> None:
    """Lift a suspension."""
    _step("resume", grant)


@consent_app.command()
def revoke(grant: GrantId) -> None:
    """Withdraw a grant for good; everything is refused from the next call on."""
    _step("revoke", grant)


@consent_app.command()
def erase(
    grant: GrantId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget the person behind a grant: destroy their key, with all their grants and voices."""
    if not yes:
        typer.confirm(f"Erase the person behind {grant} for good?", abort=True)
    with open_registry() as registry:
        gone = registry.erase(grant, now())
    typer.echo(f"erased: {', '.join(gone)}")


@consent_app.command()
def check(
    grant: GrantId,
    operation: Annotated[str, typer.Argument(help="train, embed, sing, convert or publish.")],
    target: Annotated[Path, typer.Argument(help="The recording, folder or voice.")],
) -> None:
    """Ask for a permit as a program would, and say yes or why not."""
    from consent.folder import digest_file, digest_folder

    digest = digest_folder(target) if target.is_dir() else digest_file(target)
    with open_registry() as registry:
        permit = registry.authorize(grant, read_operation(operation), digest, now())
    typer.echo(f"yes: {grant} allows to {operation} {target} until {permit.expires_at}")


@consent_app.command()
def seal(
    grant: GrantId,
    voice: Annotated[Path, typer.Argument(help="A plain voice folder made from the person.")],
    out: Annotated[Path, typer.Argument(help="The sealed folder to make.")],
) -> None:
    """Seal a voice folder to its grant, so that it stops opening when the grant ends."""
    from consent.folder import read_folder

    with open_registry() as registry:
        registry.seal_voice(grant, read_folder(voice).files, out, now())
    typer.echo(f"{out} opens while {grant} is in force; delete {voice}")


@consent_app.command()
def receipt(
    grant: GrantId,
    out: Annotated[Path, typer.Argument(help="Folder for the three files.")],
    controller: Annotated[str, typer.Option(help="Who asks: a person or a company.")],
    contact: Annotated[str, typer.Option(help="How to reach them.")],
    jurisdiction: Annotated[str, typer.Option(help="Where they are.")] = "",
) -> None:
    """Write the person's receipt: JSON, the same signed, and a page to read."""
    from consent.files import write_atomically
    from consent.receipt import Controller

    with open_registry() as registry:
        made = registry.receipt(grant, Controller(controller, contact, jurisdiction), now())
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(made.record, indent=2, ensure_ascii=False) + "\n"
    for name, data in (
        (f"{grant}.json", text.encode()),
        (f"{grant}.dsse.json", made.signed),
        (f"{grant}.html", made.page.encode()),
    ):
        write_atomically(out / name, data, 0o600)
        typer.echo(str(out / name))


@consent_app.command("list")
def list_grants(as_json: AsJson = False) -> None:
    """All grants of the registry, without personal data."""
    with open_registry() as registry:
        summaries = registry.list_grants()
    if as_json:
        typer.echo(json.dumps([_to_json(summary) for summary in summaries], indent=2))
        return
    for summary in summaries:
        project = "" if summary.terms is None else summary.terms.project
        typer.echo(f"{summary.grant_id}  {summary.state.value:10}  {summary.subject}  {project}")


@consent_app.command()
def show(
    grant: GrantId,
    as_json: AsJson = False,
    person: Annotated[bool, typer.Option("--person", help="Unseal who it is about.")] = False,
) -> None:
    """The terms and the state of one grant."""
    with open_registry() as registry:
        value = _to_json(registry.show(grant))
        if person:
            value["person"] = registry.person(grant).to_json()
    if as_json:
        typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
        return
    for key, item in value.items():
        typer.echo(f"{key}: {item if isinstance(item, str) else json.dumps(item)}")


@consent_app.command()
def backup(out: Annotated[Path, typer.Argument(help="File to make.")]) -> None:
    """Copy the database while it is in use. Keys are not in the copy."""
    with open_registry() as registry:
        size = registry.back_up(out)
    typer.echo(f"{out}: {size} log entries, no keys")


def read_operation(word: str) -> Operation:
    if word not in set(GRANTABLE):
        raise ConsentFormatError(
            f"{word!r} is no operation; choose among {', '.join(sorted(GRANTABLE))}"
        )
    return Operation(word)


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if word]


def _step(method: str, grant_id: str) -> None:
    with open_registry() as registry:
        row = getattr(registry, method)(grant_id, now())
    typer.echo(f"{grant_id} is {row.state.value}")


def _to_json(summary: GrantSummary) -> dict[str, Any]:
    terms = None if summary.terms is None else json.loads(summary.terms.to_bytes())
    return {
        "grant_id": summary.grant_id,
        "state": summary.state.value,
        "subject": summary.subject,
        "terms": terms,
    }
