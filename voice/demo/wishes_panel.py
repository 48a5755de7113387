"""How a take shall be: expression, key and tempo, and who sings besides, as fields of the page."""

from __future__ import annotations

from typing import Any

import gradio as gr

from voice.cli.company import NAMED, Company
from voice.cli.orders import parse_transposition
from voice.demo.errors import told
from voice.ensemble.members import MOST_CHOIR, MOST_DOUBLES
from voice.errors import OutputError
from voice.performance.bounds import BOUNDS
from voice.performance.fermatas import FERMATA
from voice.performance.wishes import Expression, Wishes
from voice.studio import SingOptions

USUAL = Expression()
FIRST = ("vibrato", "portamento", "breathiness", "tension", "dynamics")
LANGUAGES = ("as the words are", "en", "ja", "zh", "de", "fr", "es", "it", "la")
ALONE = "nobody"
SLIDER_STEPS = 200


def own_way(fermata: float = USUAL.fermata) -> dict[str, float]:
    """The voice's own way, for each wish in the order of `BOUNDS`."""
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
        "fermata": fermata,
    }


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


def expression_fields() -> list[gr.Slider]:
    """A slider for each wish, in the order of `BOUNDS`."""
    with gr.Accordion("Expression", open=True, elem_classes="card-block"):
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
        own_way(FERMATA)[name],
        step=(bounds.high - bounds.low) / SLIDER_STEPS,
        label=f"{name.replace('_', ' ').capitalize()}{unit}",
        info=f"{bounds.meaning[0].upper()}{bounds.meaning[1:]}.",
    )


def detail_fields() -> tuple[gr.Textbox, gr.Number, gr.Number, gr.Dropdown, gr.Checkbox]:
    with gr.Accordion("Key, tempo, language", open=False, elem_classes="card-block"):
        transpose = gr.Textbox(
            "octave", label="Transpose", info="Semitones, or octave, auto, none.", max_length=12
        )
        tempo = gr.Number(None, label="Tempo", info="Quarters a minute; empty as written.")
        seed = gr.Number(0, label="Seed", info="Another number, another take.", precision=0)
        language = gr.Dropdown(list(LANGUAGES), value=LANGUAGES[0], label="Language of the words")
        breaths = gr.Checkbox(True, label="Breathe audibly at rests")
    return transpose, tempo, seed, language, breaths


def company_fields() -> list[gr.components.Component]:
    """Harmony, doubles and choir."""
    with gr.Accordion("Who sings along", open=False, elem_classes="card-block"):
        harmony = gr.Dropdown(
            [ALONE, *NAMED], value=ALONE, label="Harmony", info="Follows the key of the melody."
        )
        double = gr.Slider(
            0, MOST_DOUBLES, 0, step=1, label="Doubles", info="The same voice once more."
        )
        choir = gr.Slider(
            0, MOST_CHOIR, 0, step=1, label="Choir", info="So many share each part; nobody leads."
        )
    return [harmony, double, choir]


@told
def company_of(harmony: str, double: float, choir: float) -> Company:
    """The same company as `melisma sing --harmony --double --choir`."""
    named = () if harmony == ALONE else (harmony,)
    return Company(harmony=named, double=int(double), choir=int(choir))
