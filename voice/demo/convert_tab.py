"""The tab Convert: a recording in the timbre of a voice, by leave and by the user's word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gradio as gr

from vocoder.audio import read_audio
from voice.cli.converting import Order, carry_out
from voice.conversion.convert import Conversion
from voice.conversion.statement import QUESTION
from voice.demo.cards import chosen_voice, voice_cards
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, session_of, staged, strip
from voice.demo.take_picture import waves_picture
from voice.errors import OutputError
from voice.studio import Progress


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
            source = gr.Audio(
                sources=["upload", "microphone"], type="filepath", buttons=[],
                label="A vocal without music",
                elem_id="source",
            )  # fmt: skip
            with gr.Accordion("Key, formants, loudness", open=False):
                transpose = gr.Textbox(
                    "auto", label="Transpose", info="Semitones, or auto.", max_length=12
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
            sound = gr.Audio(
                label="The result",
                type="filepath",
                interactive=False,
                buttons=["download"],
                visible=False,
                elem_id="converted",
            )
            picture = gr.HTML(padding=False)
            said = gr.Markdown(elem_classes="quiet sung-by")

    def on_convert(
        recording: str | None,
        into: str,
        shift: str,
        throat: float,
        loud: bool,
        number: float,
        may_use: bool,
        request: gr.Request,
    ) -> Iterator[Shown]:
        """A vocal in the timbre of another voice; `may_use` is your word that you may."""
        folder = room.files.new_folder(session_of(request))

        def work(tell: Progress) -> Conversion:
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
            )
            return carry_out(order, tell)

        made = yield from staged(room.jobs, request, work, nothing_new(3))
        drawn = waves_picture(
            {"before": read_audio(Path(str(recording))), "after": read_audio(made.output)}
        )
        told_of = "\n\n".join(
            [
                *made.warnings,
                f"Converted into {made.voice}, {made.transposed_semitones:+g} semitones. "
                f"Name: {made.credit}",
                f"Kept in the file: {made.statement.text}",
            ]
        )
        heard = gr.Audio(str(made.output), visible=True)
        yield done("Converted."), heard, drawn, told_of

    button.click(
        on_convert,
        [source, voice, transpose, formants, follow, seed, stated],
        [shown, sound, picture, said],
        concurrency_id="studio",
        show_progress="minimal",
        show_progress_on=shown,
        api_visibility="private",
    )
    return voice
