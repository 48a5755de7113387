"""How like the voice a conversion shall be: as is usual for the voice, or as a slider says."""

from __future__ import annotations

import gradio as gr

from consent.errors import ConsentError
from voice.card import USUAL_LIKENESS
from voice.conversion.options import usual_in_words
from voice.demo.cards import chosen_voice
from voice.demo.errors import told
from voice.demo.room import Room
from voice.errors import OutputError, VoiceError

STEP = 0.05


def likeness_fields(room: Room, cards: gr.HTML) -> tuple[gr.Checkbox, gr.Slider]:
    """The box and the slider, which shows what is usual for the chosen voice while it is ticked.

    What the slider shows then is for the eye alone: a ticked box asks for what is usual whatever
    the slider has come to.
    """
    with gr.Column(elem_classes="card-block"):
        as_usual = gr.Checkbox(
            True, label="As like the voice as is usual", info=f"{usual_in_words().capitalize()}.",
            elem_id="usual-likeness",
        )  # fmt: skip
        slider = gr.Slider(
            0, 1, _usual(room, cards.value), step=STEP, label="Likeness", interactive=False,
            info="1: most like the voice. Towards 0 more of the recording comes along: its words "
            "are better understood, and it is less like the voice.",
            elem_id="likeness",
        )  # fmt: skip

    def on_choice(usual: bool, into: str) -> gr.Slider:
        if not usual:
            return gr.Slider(interactive=True)
        return gr.Slider(value=_usual(room, into), interactive=False)

    gr.on(
        [as_usual.change, cards.change], on_choice, [as_usual, cards], slider, queue=False,
        show_progress="hidden", api_visibility="private",
    )  # fmt: skip
    return as_usual, slider


@told
def likeness_of(usual: bool, wished: float | None) -> float | None:
    """What an order to convert asks for; None is what is usual for the voice.

    Raises:
        OutputError: a number that is no share.
    """
    if usual or wished is None:
        return None
    if not 0.0 <= wished <= 1.0:
        raise OutputError(f"a likeness of {wished:g}: give a number between 0 and 1")
    return wished


def _usual(room: Room, into: str | None) -> float:
    """What is usual for the voice that is chosen; of any, where it cannot be opened."""
    try:
        return room.studio.voices.card(chosen_voice(into)).likeness
    except (ConsentError, VoiceError):
        return USUAL_LIKENESS
