"""The tab Convert: a recording in the timbre of a voice, by leave and by the user's word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from vocoder.audio import read_audio
from voice.conversion.statement import QUESTION
from voice.demo.cards import chosen_voice, voice_cards
from voice.demo.compared_picture import compared_picture
from voice.demo.example_take import example_file
from voice.demo.likeness_fields import likeness_fields, likeness_of
from voice.demo.limits import LINE
from voice.demo.players import player, sound_field
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, session_of, staged, strip
from voice.errors import OutputError
from voice.studio import Progress

if TYPE_CHECKING:
    from voice.conversion.convert import Conversion

EXAMPLE_SINGER = "alder"
"""Another than the voice that is chosen at first."""


def convert_tab(room: Room) -> gr.HTML:
    """Builds the tab; gives the cards of the voices to choose among."""
    gr.Markdown(
        "## Convert\nWords, timing and melody of a recording stay; the voice becomes another. The "
        "recording must be yours to use, and what you say of it is kept in the result.",
        elem_classes="lead",
    )
    voice = voice_cards(room.studio.voices, room.studio.default_voice("en"), "Into whom")
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=330):
            source = sound_field("A vocal without music", "source", ["upload", "microphone"])
            example = gr.Button("Take an example")
            sung_strip = strip(room.jobs)
            as_usual, likeness = likeness_fields(room, voice)
            with gr.Accordion("Key, formants, loudness", open=False, elem_classes="card-block"):
                transpose = gr.Textbox(
                    "auto",
                    label="Transpose",
                    info="Semitones, auto for singing, or spoken.",
                    max_length=12,
                )
                formants = gr.Slider(
                    -8, 8, 0, step=0.1, label="Formants (semitones)",
                    info="Higher for a smaller throat.",
                )  # fmt: skip
                follow = gr.Checkbox(False, label="As loud as the recording at every moment")
                seed = gr.Number(0, label="Seed", precision=0, minimum=0)
        with gr.Column(scale=6, min_width=330, elem_classes="plate"):
            stated = gr.Checkbox(False, label=QUESTION, elem_id="stated")
            button = gr.Button("Convert", variant="primary", elem_id="convert-button")
            shown = strip(room.jobs)
            sound = player("The result", "converted")
            picture = gr.HTML(
                '<p class="quiet">Recording and result will stand here, one under the other.</p>',
                padding=False, elem_id="compared",
            )  # fmt: skip
            said = gr.Markdown(elem_classes="quiet sung-by")

    def on_example(request: gr.Request) -> Iterator[Shown]:
        folder = room.files.new_folder(session_of(request))
        made = yield from staged(
            room.jobs,
            request,
            lambda tell: example_file(room.studio, EXAMPLE_SINGER, folder, tell),
            nothing_new(1),
        )
        yield done(f"A phrase sung by {EXAMPLE_SINGER}."), str(made)

    example.click(
        on_example, None, [sung_strip, source], concurrency_id=LINE, show_progress="minimal",
        show_progress_on=sung_strip, api_visibility="private",
    )  # fmt: skip

    def on_convert(
        recording: str | None,
        into: str,
        shift: str,
        throat: float,
        loud: bool,
        number: float,
        usual: bool,
        like: float,
        may_use: bool,
        request: gr.Request,
    ) -> Iterator[Shown]:
        """A vocal in the timbre of another voice; `may_use` is your word that you may."""
        folder = room.files.new_folder(session_of(request))
        wished = likeness_of(usual, like)

        def work(tell: Progress) -> Conversion:
            from voice.cli.converting import Order, carry_out

            if recording is None:
                raise OutputError("there is no recording yet; drop one, or press Record")
            order = Order(
                vocal=Path(recording),
                voice=chosen_voice(into),
                output=folder / f"{chosen_voice(into)}.wav",
                transpose=shift.strip(),
                formants=throat,
                follow_dynamics=loud,
                may_use=may_use,
                seed=int(number or 0),
                bits="24",
                threads=room.studio.threads,
                likeness=wished,
            )
            return carry_out(order, tell)

        made = yield from staged(room.jobs, request, work, nothing_new(3))
        drawn = compared_picture(
            {"before": read_audio(Path(str(recording))), "after": read_audio(made.output)}
        )
        told_of = "\n\n".join(
            [
                *made.warnings,
                f"Converted into {made.voice}, {made.transposed_semitones:+g} semitones, "
                f"likeness {made.likeness:g}. Name: {made.credit}",
                f"Kept in the file: {made.statement.text}",
            ]
        )
        heard = gr.Audio(str(made.output), visible=True)
        yield done("Converted."), heard, drawn, told_of

    button.click(
        on_convert,
        [source, voice, transpose, formants, follow, seed, as_usual, likeness, stated],
        [shown, sound, picture, said],
        concurrency_id=LINE,
        show_progress="minimal",
        show_progress_on=shown,
        api_visibility="private",
    )
    return voice
