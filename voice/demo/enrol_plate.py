"""The last step of My voice: a sealed voice from the recordings that its grant names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from consent.location import locate
from voice.demo.cards import cards_value
from voice.demo.limits import LINE
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, staged, strip
from voice.studio import Progress

if TYPE_CHECKING:
    from voice.conversion.enrolling import Enrolled, Tuning


def can_tune() -> bool:
    """Whether what training needs is installed."""
    return find_spec("torch") is not None


def _tuning(tell: Progress) -> Tuning:
    from voice.conversion.training.adapt import AdaptOptions
    from voice.conversion.training.adapting import towards_embedding

    return towards_embedding(AdaptOptions(), lambda share: tell("tuning", share))


def enrol_plate(room: Room, grant: gr.Textbox, material: gr.Files, cards: list[gr.HTML]) -> None:
    """Builds the plate; the grant must be in force and name these very recordings."""
    bank = room.studio.voices
    with gr.Column(elem_classes="plate"):
        gr.Markdown("### 4 · Make the voice\nFrom the recordings of step 2, sealed to the grant.")
        with gr.Row():
            name = gr.Textbox("", label="Name of the voice", placeholder="ada", max_length=40)
            base = gr.Dropdown(
                list(bank.names()), value=room.studio.default_voice("en"),
                label="Whose networks it sings with",
            )  # fmt: skip
        closer = gr.Checkbox(
            can_tune(), interactive=can_tune(),
            label="Take some minutes: it is tuned until others sound like the person in it",
        )  # fmt: skip
        button = gr.Button("Make the voice", variant="primary")
        shown = strip(room.jobs)
        said = gr.Markdown(elem_classes="quiet", elem_id="enrolled")

    def on_enrol(
        number: str,
        called: str,
        built_on: str,
        tuned: bool,
        files: list[str] | None,
        request: gr.Request,
    ) -> Iterator[Shown]:
        """Make a sealed voice under a grant that is in force."""

        def work(tell: Progress) -> Enrolled:
            from consent.registry import Registry
            from voice.conversion.enrolling import Enrolment, enroll
            from voice.conversion.recording import cut_short

            tell("listening", 0.1)
            wanted = Enrolment(
                tuple(map(Path, files or ())), number.strip(), called.strip(), built_on
            )
            with Registry.open(locate(os.environ, Path.home())) as registry:
                tuning = _tuning(tell) if tuned and can_tune() else None
                made = enroll(bank, registry, wanted, lambda: datetime.now(UTC), tuning)
            return replace(made, warnings=(*cut_short(wanted.recordings), *made.warnings))

        made = yield from staged(room.jobs, request, work, nothing_new(1 + len(cards)))
        sings = f"The voice {made.name} sings from {made.seconds:.0f} s of recordings."
        told_of = "\n\n".join([sings, *made.warnings])
        shown_cards = [cards_value(bank, made.name)] * len(cards)
        yield done("Made."), told_of, *shown_cards

    button.click(
        on_enrol,
        [grant, name, base, closer, material],
        [shown, said, *cards],
        concurrency_id=LINE,
        show_progress="minimal",
        show_progress_on=shown,
        api_name="enroll",
    )
