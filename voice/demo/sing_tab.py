"""The tab Sing: a voice, how it shall sing, and the take to hear, see and take home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gradio as gr

from voice.cli.company import Company, ensemble_of
from voice.cli.orders import in_words
from voice.demo.cards import chosen_voice
from voice.demo.desk import Desk, desk_html
from voice.demo.limits import LINE
from voice.demo.players import player, to_take_home
from voice.demo.roll import curve_of, roll_value
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, session_of, staged, strip
from voice.demo.take_picture import take_picture
from voice.demo.wishes_panel import (
    company_fields,
    company_of,
    detail_fields,
    expression_fields,
    options_of,
)
from voice.studio import Progress, SingOptions
from voice.take import VocalTake


def sing_tab(room: Room, desk: gr.State, cards: gr.HTML, roll: gr.HTML) -> gr.HTML:
    """Builds the tab; gives the line that says what lies on the desk."""
    gr.Markdown("## Sing\nChoose who sings and how; then press the button.", elem_classes="lead")
    desk_line = gr.HTML(desk_html(room.first_desk), padding=False)
    cards.render()  # type: ignore[no-untyped-call]
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=310):
            sliders = expression_fields()
            company = company_fields()
            details = detail_fields()
        with gr.Column(scale=8, min_width=310, elem_classes="plate result"):
            button = gr.Button("Sing", variant="primary", elem_id="sing-button")
            shown = strip(room.jobs)
            sound = player("The take", "take")
            said = gr.Markdown(elem_classes="quiet sung-by")
            picture = gr.HTML(
                '<p class="quiet">The take will stand here: to hear, to see, to take home.</p>',
                padding=False,
                elem_id="take-picture",
            )
            files = to_take_home("To take home", "take-files")

    def on_sing(
        request: gr.Request,
        here: Desk,
        voice: str,
        shift: str,
        quarters: float | None,
        number: float,
        words: str,
        breathing: bool,
        harmony: str,
        double: float,
        choir: float,
        *wishes: float,
    ) -> Iterator[Shown]:
        options = options_of(shift, quarters, number, words, breathing, wishes)
        company = company_of(harmony, double, choir)
        made = yield from staged(
            room.jobs,
            request,
            lambda tell: sung(room, here, chosen_voice(voice), options, company, tell),
            nothing_new(5),
        )
        paths = saved(made, room.files.new_folder(session_of(request)))
        told_of = "\n\n".join([*made.warnings, told_take(made)])
        curve = curve_of(made, here.melody) if quarters is None else "[]"
        drawn = roll_value(here, room.range_of(chosen_voice(voice)), curve)
        kept = gr.Files(paths, visible=True)
        heard = gr.Audio(str(paths[0]), visible=True)
        yield done("Sung."), heard, told_of, take_picture(made), kept, drawn

    button.click(
        on_sing,
        [desk, cards, *details, *company, *sliders],
        [shown, sound, said, picture, files, roll],
        concurrency_id=LINE,
        show_progress="minimal",
        show_progress_on=shown,
        api_visibility="private",
    )
    return desk_line


def sung(
    room: Room, desk: Desk, voice: str, options: SingOptions, company: Company, tell: Progress
) -> VocalTake:
    """The take of one singer, or of all who sing along."""
    if company.is_alone:
        return room.studio.sing(desk.melody, voice, options, tell)
    from voice.ensemble.together import sing_together

    ensemble = ensemble_of(company, desk.melody, options.language)
    return sing_together(room.studio, desk.melody, voice, options, ensemble, tell).as_take


def saved(take: VocalTake, folder: Path) -> list[str]:
    """The same files that `melisma sing --frames` writes: sound, FrameScore, signed record."""
    from voice.cli.outputs import Files, write_outputs
    from voice.marking.record import record_path

    name = take.voice.replace(", ", "-")
    files = Files(folder / f"{name}.wav", None, folder / f"{name}.json")
    write_outputs(files, take, None)
    written = (*files.all, record_path(files.output))
    return [str(path) for path in written if path.is_file()]


def told_take(take: VocalTake) -> str:
    """Who sang, and whom to name."""
    return f"Sung by {take.voice}, {in_words(take.transposed_semitones)}. Name: {take.credit}"
