"""The tab Check a file: whether Melisma made a sound, under which grant, and what was changed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from voice.demo.example_take import example_file
from voice.demo.limits import LINE
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, session_of, staged, strip
from voice.errors import OutputError
from voice.studio import Progress

if TYPE_CHECKING:
    from voice.marking.check import Findings


def check_tab(room: Room) -> None:
    """Builds the tab."""
    gr.Markdown(
        "## Check a file\nDrop any sound. What Melisma makes carries a mark that is not heard, and "
        "a signed record of whose voice it is and by which leave.",
        elem_classes="lead",
    )
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=310):
            file = gr.File(
                label="Any sound: wav, flac, ogg, opus, mp3", type="filepath", height=190,
                elem_id="checked", elem_classes="drop",
            )  # fmt: skip
            with gr.Row():
                button = gr.Button("Check it", variant="primary", elem_id="check-button")
                example = gr.Button("Take an example")
            shown = strip(room.jobs)
        with gr.Column(scale=7, min_width=310, elem_classes="plate"):
            findings = gr.HTML(
                '<p class="quiet">What is known of the file will stand here.</p>',
                padding=False, elem_id="checked-findings",
            )  # fmt: skip

    def on_check(path: str | None, request: gr.Request) -> Iterator[Shown]:
        """Whether Melisma made a sound, as HTML."""

        def work(tell: Progress) -> Findings:
            from voice.marking.check import check_file

            if path is None:
                raise OutputError("there is no file yet; drop a sound on the field above")
            tell("listening for the mark", 0.2)
            return check_file(Path(path))

        found = yield from staged(room.jobs, request, work, nothing_new(1))
        yield done("Checked."), findings_html(found)

    def on_example(request: gr.Request) -> Iterator[Shown]:
        folder = room.files.new_folder(session_of(request))
        singer = room.studio.default_voice("en")
        made = yield from staged(
            room.jobs,
            request,
            lambda tell: example_file(room.studio, singer, folder, tell),
            nothing_new(1),
        )
        yield done(f"A phrase sung by {singer}."), str(made)

    taken = example.click(
        on_example, None, [shown, file], concurrency_id=LINE, show_progress="minimal",
        show_progress_on=shown, api_visibility="private",
    )  # fmt: skip

    for asked, visibility in (
        (button.click, "public"), (file.upload, "private"), (taken.success, "private"),
    ):  # fmt: skip
        asked(
            on_check,
            file,
            [shown, findings],
            concurrency_id=LINE,
            show_progress="minimal",
            show_progress_on=shown,
            api_name="check_file",
            api_visibility=visibility,
        )


def findings_html(findings: Findings) -> str:
    """What `melisma check` says, as a list; the stretches that carry a mark beside it."""
    from voice.cli.check import lines
    from voice.marking.check import Verdict
    from voice.marking.edits import clock

    told = "".join(f"<li>{escape(line.strip())}</li>" for line in lines(findings)[1:])
    spans = "".join(
        f"<li>marked from {clock(span.start_s)} to {clock(span.end_s)}</li>"
        for span in findings.spans
    )
    good = (Verdict.UNCHANGED, Verdict.CHANGED, Verdict.MARKED)
    kind = "good" if findings.verdict in good else "plain"
    verdict = f"{findings.meaning[:1].upper()}{findings.meaning[1:]}."
    return (
        f'<div class="verdict {kind}"><p>{escape(verdict)}</p>'
        f"<p>{escape(findings.path.name)}</p><ul>{told}{spans}</ul></div>"
    )
