"""The tab My voice: consent as a conversation in steps, through the same registry as the shell.

Nothing here decides anything: every step is one call to the registry, and what it refuses stays
refused. A page sees only the grants that were begun on it, or whose number its user knows.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from consent.checks import Finding
from consent.errors import ConsentFormatError
from consent.folder import digest_file, read_folder
from consent.grant import Operation
from consent.location import locate
from consent.people import Age, Person, Request, Role
from voice.demo.enrol_plate import enrol_plate
from voice.demo.errors import told
from voice.demo.limits import LINE
from voice.demo.players import sound_field, to_take_home
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, session_of, staged, strip
from voice.errors import OutputError
from voice.identity import open_ears
from voice.studio import Progress

if TYPE_CHECKING:
    from consent.registry import Registry

USES = [
    ("train a singing voice on the recordings", "train"),
    ("measure what makes the voice recognisable", "embed"),
    ("sing with that voice", "sing"),
    ("turn other people's singing into that voice", "convert"),
    ("pass the voice on to others", "publish"),
]
READ_IN = ["en", "de", "fr", "es", "ja", "zh"]
ROLES = [("the person themselves", "self"), ("a guardian", "guardian"), ("the estate", "estate")]
AGES = [("grown up", "adult"), ("under age", "minor"), ("no longer alive", "deceased")]


def my_voice_tab(room: Room, cards: list[gr.HTML]) -> None:
    """Builds the tab; `cards` show a new voice once it is made."""
    gr.Markdown(
        "## My voice\nA voice belongs to a person. Before Melisma may learn from it, that person "
        "reads a statement aloud, with digits nobody could have recorded before. What they agreed "
        "to is written down, and they can withdraw it at any time.",
        elem_classes="lead",
    )
    grant = gr.Textbox(
        "",
        label="Grant",
        info="Filled in by step 1; write a number here to go on with an older one.",
        max_length=80,
        elem_id="grant",
        elem_classes="card-block",
    )
    _ask(grant)
    material = _read_aloud(room, grant)
    _decide(room, grant)
    enrol_plate(room, grant, material, cards)


def _ask(grant: gr.Textbox) -> None:
    with gr.Column(elem_classes="plate"):
        gr.Markdown("### 1 · Who is asked, and for what")
        with gr.Row():
            name = gr.Textbox("", label="Name of the person", max_length=200)
            contact = gr.Textbox("", label="Where the receipt goes", max_length=200)
            project = gr.Textbox(
                "", label="The one project", placeholder="the album Night Trains", max_length=200
            )
        uses = gr.CheckboxGroup(
            USES, value=["embed", "sing"], label="What the voice may be used for"
        )
        with gr.Row():
            languages = gr.Textbox("en", label="Languages to sing", max_length=60)
            read_in = gr.Dropdown(READ_IN, value="en", label="Language of the statement")
            days = gr.Number(365, label="Days it lasts", precision=0, minimum=1)
            money = gr.Checkbox(False, label="Also for money")
        with gr.Row():
            age = gr.Dropdown(AGES, value="adult", label="The person is")
            cosigner = gr.Textbox("", label="Guardian or estate, if needed", max_length=200)
        button = gr.Button("Write the statement", variant="primary")

        @told
        def on_ask(
            who: str, where: str, what_for: str, operations: Sequence[str], sung: str, read: str,
            term: float, commercial: bool, how_old: str, other: str,
        ) -> str:  # fmt: skip
            from consent.registry import Registry

            person = Person(who, where, Age(how_old), (other or "").strip() or None)
            request = Request(
                project=what_for,
                operations=frozenset(map(Operation, operations)),
                languages=tuple(sung.replace(",", " ").split()),
                commercial=commercial,
                term=timedelta(days=int(term or 0)),
            )
            with Registry.create(locate(os.environ, Path.home())) as registry:
                return registry.draft(person, request, read, _now())

        button.click(
            on_ask,
            [name, contact, project, uses, languages, read_in, days, money, age, cosigner],
            grant,
            api_name="consent_statement",
        )


def _read_aloud(room: Room, grant: gr.Textbox) -> gr.Files:
    with gr.Column(elem_classes="plate"):
        gr.Markdown("### 2 · Read it aloud, now")
        role = gr.Dropdown(ROLES, value="self", label="Who speaks")
        button = gr.Button("Show the statement and fresh digits", variant="primary")
        text = gr.HTML(padding=False, elem_id="statement")
        with gr.Row():
            voice = sound_field("Statement and digits", "spoken", ["microphone", "upload"])
            material = gr.Files(
                label="Recordings of the voice to enrol", file_types=["audio"], type="filepath",
                elem_id="material", elem_classes="drop",
            )  # fmt: skip
        submit = gr.Button("Hand it in", variant="primary")
        shown = strip(room.jobs)
        findings = gr.HTML(padding=False, elem_id="findings")

        @told
        def on_challenge(number: str, speaker: str) -> str:
            with _registry_for(number) as registry:
                made = registry.challenge(_named(number), Role(speaker), _now())
            return _statement_html(made.text, made.digits, made.expires_at)

        set_anew = button.click(on_challenge, [grant, role], text, api_name="consent_challenge")
        set_anew.success(lambda: (None, ""), None, [voice, findings], api_visibility="private")

        def on_submit(
            number: str, recording: str | None, files: list[str] | None, request: gr.Request
        ) -> Iterator[Shown]:
            folder = room.files.new_folder(session_of(request))
            made = yield from staged(
                room.jobs,
                request,
                lambda tell: _submitted(number, recording, files or [], folder, tell),
                nothing_new(1),
            )
            passed = all(finding.passed for finding in made)
            told_of = "Everything was heard." if passed else "Show fresh digits and record again."
            yield done(told_of), _findings_html(made)

        submit.click(
            on_submit, [grant, voice, material], [shown, findings], concurrency_id=LINE,
            show_progress="minimal", show_progress_on=shown, api_name="consent_submit",
        )  # fmt: skip
    return material


def _submitted(
    number: str, recording: str | None, files: Sequence[str], folder: Path, tell: Progress
) -> tuple[Finding, ...]:
    """The judgement of a recording, as `melisma consent submit` gives it."""
    from consent.enrolment import Submission

    if recording is None:
        raise ConsentFormatError("there is no recording yet; press Record and read aloud")
    tell("listening", 0.1)
    digest_file(Path(recording))
    for file in files:
        shutil.copy(file, folder / Path(file).name)
    spoken = Path(recording).read_bytes()
    with _registry_for(number) as registry:
        material = dict(read_folder(folder).files) if files else {}
        tell("comparing voices", 0.3)
        return registry.submit(_named(number), Submission(spoken, material), open_ears(), _now())


def _decide(room: Room, grant: gr.Textbox) -> None:
    with gr.Column(elem_classes="plate"):
        gr.Markdown("### 3 · Grant it, keep the receipt, take it back")
        with gr.Row():
            human = gr.Textbox(
                "",
                label="Who heard the digits",
                info="Only where the ears were unsure.",
                max_length=200,
            )
            asker = gr.Textbox("", label="Who asks", info="For the receipt.", max_length=200)
            reach = gr.Textbox(
                "", label="How to reach them", info="For the receipt, too.", max_length=200
            )
        with gr.Row():
            give = gr.Button("Put it in force", variant="primary")
            receipt = gr.Button("Write the receipt")
            revoke = gr.Button("Take it back for good", variant="stop")
            look = gr.Button("How do things stand?")
        state = gr.HTML(padding=False, elem_id="grant-state")
        files = to_take_home("The receipt", "receipt")

        @told
        def on_grant(number: str, heard_by: str) -> str:
            with _registry_for(number) as registry:
                registry.confirm(_named(number), (heard_by or "").strip() or None, _now())
                registry.activate(_named(number), _now())
            return _state_html(number)

        @told
        def on_revoke(number: str) -> str:
            with _registry_for(number) as registry:
                registry.revoke(_named(number), _now())
            return _state_html(number)

        @told
        def on_receipt(number: str, who: str, where: str, request: gr.Request) -> gr.Files:
            from consent.receipt import Controller

            folder = room.files.new_folder(session_of(request))
            with _registry_for(number) as registry:
                made = registry.receipt(_named(number), Controller(who, where, ""), _now())
            written = {
                f"{number}.json": json.dumps(made.record, indent=2, ensure_ascii=False).encode(),
                f"{number}.dsse.json": made.signed,
                f"{number}.html": made.page.encode(),
            }
            for name, data in written.items():
                (folder / name).write_bytes(data)
            return gr.Files([str(folder / name) for name in written], visible=True)

        give.click(on_grant, [grant, human], state, api_name="consent_grant")
        revoke.click(on_revoke, grant, state, api_name="consent_revoke")
        look.click(told(_state_html), grant, state, api_name="consent_show")
        receipt.click(on_receipt, [grant, asker, reach], files, api_name="consent_receipt")


def _registry_for(number: str) -> Registry:
    """The registry, for who names a grant; its drivers are imported here, not by the start."""
    _named(number)
    from consent.registry import Registry

    return Registry.open(locate(os.environ, Path.home()))


def _now() -> datetime:
    return datetime.now(UTC)


def _named(number: str) -> str:
    if not (number or "").strip():
        raise OutputError("no grant is named; write the statement first (step 1)")
    return number.strip()


def _statement_html(text: str, digits: str, until: datetime) -> str:
    spaced = "  ".join(digits)
    return (
        f'<div class="statement"><p>{escape(text)}</p><p class="digits">{escape(spaced)}</p>'
        "<p>Read all of it in one recording, pause, then the digits one by one in English. "
        f"Good until {until:%H:%M:%S} UTC.</p></div>"
    )


def _findings_html(findings: Sequence[Finding]) -> str:
    rows = "".join(
        f'<li class="{"good" if finding.passed else "bad"}"><b>{escape(finding.rule)}</b> '
        f"{'passed' if finding.passed else 'not passed'}: {escape(finding.text)}</li>"
        for finding in findings
    )
    return f'<ul class="findings">{rows}</ul>'


def _state_html(number: str) -> str:
    """Terms and state of a grant, without the person."""
    with _registry_for(number) as registry:
        summary = registry.show(_named(number))
    told_of = f"<p>Grant {escape(summary.grant_id)} is <b>{escape(summary.state.value)}</b>.</p>"
    if summary.terms is not None:
        terms = summary.terms
        until = f" until {terms.expires_at:%d %B %Y}" if terms.expires_at else ""
        uses = ", ".join(sorted(operation.value for operation in terms.operations))
        told_of += f"<p>For {escape(terms.project)}: {escape(uses)}{until}.</p>"
    return f'<div class="statement">{told_of}</div>'
