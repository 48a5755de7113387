"""The tab Sing: a voice, how it shall sing, and the take to hear, see and take home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from voice.cli.orders import in_words, parse_transposition
from voice.cli.outputs import Files, write_outputs
from voice.demo.cards import chosen_voice
from voice.demo.desk import Desk, desk_html
from voice.demo.errors import told
from voice.demo.roll import curve_of, roll_value
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, session_of, staged, strip
from voice.demo.take_picture import take_picture
from voice.errors import OutputError
from voice.marking.record import record_path
from voice.performance.bounds import BOUNDS
from voice.performance.wishes import Expression, Wishes
from voice.studio import SingOptions
from voice.take import VocalTake

USUAL = Expression()
FIRST = ("vibrato", "portamento", "breathiness", "tension", "dynamics")
LANGUAGES = ("as the words are", "en", "ja", "zh", "de", "fr", "es", "it", "la")
SLIDER_STEPS = 200


@dataclass(frozen=True)
class SingParts:
    """What other tabs use of this one."""

    desk_line: gr.HTML
    take: gr.State


def own_way() -> dict[str, float]:
    """Where each slider stands before anybody touches it: the voice's own way."""
    return {
        "dynamics": USUAL.dynamics_db,
        "phrasing": USUAL.dynamics.phrase_db,
        "breathiness": USUAL.breathiness,
        "tension": USUAL.tension,
        "gender": USUAL.gender_semitones,
        "vibrato": USUAL.intonation.vibrato_depth_cents,
        "vibrato_rate": USUAL.intonation.vibrato_rate_hz,
        "vibrato_onset": USUAL.intonation.vibrato_onset_s,
        "portamento": USUAL.intonation.portamento_s,
        "scoop": USUAL.intonation.scoop_cents,
        "variation": 1.0,
        "fermata": USUAL.fermata,
    }


def sing_tab(room: Room, desk: gr.State, cards: gr.HTML, roll: gr.HTML) -> SingParts:
    """Builds the tab."""
    take = gr.State(None, time_to_live=room.state_life_s)
    gr.Markdown("## Sing\nChoose who sings and how; then press the button.", elem_classes="lead")
    desk_line = gr.HTML(desk_html(room.first_desk), padding=False)
    cards.render()  # type: ignore[no-untyped-call]
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=310):
            sliders = _expression()
            transpose, tempo, seed, language, breaths = _details()
        with gr.Column(scale=8, min_width=310, elem_classes="plate result"):
            button = gr.Button("Sing", variant="primary", elem_id="sing-button")
            shown = strip(room.jobs)
            sound = gr.Audio(
                label="The take",
                interactive=False,
                buttons=["download"],
                visible=False,
                elem_id="take",
            )
            said = gr.Markdown(elem_classes="quiet sung-by")
            picture = gr.HTML(
                '<p class="quiet">The take will stand here: to hear, to see, to take home.</p>',
                padding=False,
                elem_id="take-picture",
            )
            files = gr.Files(
                label="To take home", interactive=False, visible=False, elem_id="take-files"
            )

    def on_sing(
        request: gr.Request,
        here: Desk,
        voice: str,
        shift: str,
        quarters: float | None,
        number: float,
        words: str,
        breathing: bool,
        *wishes: float,
    ) -> Iterator[Shown]:
        options = options_of(shift, quarters, number, words, breathing, wishes)
        made: VocalTake = yield from staged(
            room.jobs,
            request,
            lambda tell: room.studio.sing(here.melody, chosen_voice(voice), options, tell),
            nothing_new(6),
        )
        paths = saved(made, room.files.new_folder(session_of(request)))
        told_of = "\n\n".join([*made.warnings, told_take(made)])
        curve = curve_of(made, here.melody) if quarters is None else "[]"
        drawn = roll_value(here.melody, room.range_of(made.voice), curve)
        kept = gr.Files(paths, visible=True)
        heard = gr.Audio(str(paths[0]), visible=True)
        yield done("Sung."), heard, told_of, take_picture(made), kept, made, drawn

    button.click(
        on_sing,
        [desk, cards, transpose, tempo, seed, language, breaths, *sliders],
        [shown, sound, said, picture, files, take, roll],
        concurrency_id="studio",
        concurrency_limit=room.at_once,
        show_progress="minimal",
        show_progress_on=shown,
        api_visibility="private",
    )
    return SingParts(desk_line, take)


@told
def options_of(
    shift: str,
    quarters: float | None,
    number: float,
    words: str,
    breathing: bool,
    wishes: tuple[float, ...],
) -> SingOptions:
    """The same options as the command line's, from what stands on the page."""
    number = number or 0
    if number < 0 or number != int(number):
        raise OutputError(f"the seed {number:g}: give a whole number from 0")
    usual = own_way()
    values = dict(zip(BOUNDS, wishes, strict=True))
    moved: dict[str, Any] = {name: value for name, value in values.items() if value != usual[name]}
    return SingOptions(
        language=None if words == LANGUAGES[0] else words,
        transpose=parse_transposition(shift.strip()),
        tempo_qpm=quarters or None,
        seed=int(number),
        expression=Wishes(**moved, breaths=breathing).expression(),
    )


def saved(take: VocalTake, folder: Path) -> list[str]:
    """The same files that `melisma sing --frames` writes: sound, FrameScore, signed record."""
    files = Files(folder / f"{take.voice}.wav", None, folder / f"{take.voice}.json")
    write_outputs(files, take, None)
    written = (*files.all, record_path(files.output))
    return [str(path) for path in written if path.is_file()]


def told_take(take: VocalTake) -> str:
    """Who sang, and whom to name."""
    return f"Sung by {take.voice}, {in_words(take.transposed_semitones)}. Name: {take.credit}"


def _expression() -> list[gr.Slider]:
    """A slider for each wish, in the order of `BOUNDS`."""
    with gr.Accordion("Expression", open=True):
        made = {name: _slider(name) for name in FIRST}
        with gr.Accordion("More", open=False):
            made |= {name: _slider(name) for name in BOUNDS if name not in made}
    return [made[name] for name in BOUNDS]


def _slider(name: str) -> gr.Slider:
    bounds = BOUNDS[name]
    unit = f" ({bounds.unit})" if bounds.unit else ""
    return gr.Slider(
        bounds.low,
        bounds.high,
        own_way()[name],
        step=(bounds.high - bounds.low) / SLIDER_STEPS,
        label=f"{name.replace('_', ' ').capitalize()}{unit}",
        info=f"{bounds.meaning[0].upper()}{bounds.meaning[1:]}.",
    )


def _details() -> tuple[gr.Textbox, gr.Number, gr.Number, gr.Dropdown, gr.Checkbox]:
    with gr.Accordion("Key, tempo, language", open=False):
        transpose = gr.Textbox(
            "octave", label="Transpose", info="Semitones, or octave, auto, none.", max_length=12
        )
        tempo = gr.Number(None, label="Tempo", info="Quarters a minute; empty as written.")
        seed = gr.Number(0, label="Seed", info="Another number, another take.", precision=0)
        language = gr.Dropdown(list(LANGUAGES), value=LANGUAGES[0], label="Language of the words")
        breaths = gr.Checkbox(True, label="Breathe audibly at rests")
    return transpose, tempo, seed, language, breaths
