"""A melody written for words: over the track that was heard, or over a key and chords."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from voice.analysis.model import TrackAnalysis
from voice.composing.plan import MelodyPlan, Style, plan_from, plan_over
from voice.demo.cards import chosen_voice
from voice.demo.desk import Desk, desk_html
from voice.demo.limits import LINE, LONGEST_LINE
from voice.demo.roll import roll_value
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, staged, strip
from voice.demo.track import Track
from voice.errors import OutputError
from voice.score.languages import guess_language
from voice.studio import Progress

KEY_AND_CHORDS, OVER_TRACK = "a key and chords", "the track that was heard"
EXAMPLE_WORDS = "The morning comes across the hill\nand all the fields are bright and still"


def compose_plate(
    room: Room, track: gr.State, cards: gr.HTML, new: list[gr.components.Component]
) -> gr.Textbox:
    """Builds the plate; `new` are desk, roll, desk line and verse. Gives the field of words."""
    with gr.Column(elem_classes="plate"):
        gr.Markdown("### A new melody for words")
        with gr.Row(equal_height=False):
            with gr.Column(scale=3, min_width=280):
                words = gr.Textbox(
                    EXAMPLE_WORDS, label="Words", info="A line for each phrase.", lines=5,
                    max_lines=16, max_length=LONGEST_LINE, elem_id="words-to-compose",
                )  # fmt: skip
            with gr.Column(scale=4, min_width=280):
                over = gr.Radio([KEY_AND_CHORDS, OVER_TRACK], value=KEY_AND_CHORDS, label="Over")
                with gr.Row():
                    style = gr.Dropdown([str(each) for each in Style], value="folk", label="Style")
                    bar = gr.Number(1, label="First line in bar", precision=0, minimum=1)
                    seed = gr.Number(0, label="Seed", precision=0, minimum=0)
                with gr.Row():
                    key = gr.Textbox("G major", label="Key", max_length=20)
                    bpm = gr.Number(92, label="Beats a minute", minimum=10, maximum=400)
                    meter = gr.Textbox("4/4", label="Metre", max_length=8)
                    chords = gr.Textbox("G C D G", label="Chords, one a bar", max_length=2000)
        button = gr.Button("Write the melody", elem_id="compose-button")
        shown = strip(room.jobs)

    def on_compose(
        request: gr.Request,
        found: Track | None,
        voice: str,
        text: str,
        where: str,
        kind: str,
        first: float,
        number: float,
        tonality: str,
        beats: float,
        signature: str,
        harmony: str,
    ) -> Iterator[Shown]:
        def work(tell: Progress) -> Desk:
            from voice.composing.compose import compose
            from voice.composing.words import words_from

            tell("finding the melody", 0.1)
            reach = room.range_of(chosen_voice(voice))
            if where == OVER_TRACK:
                plan: MelodyPlan = plan_over(
                    _needed(found), int(first or 1), voice=reach, style=kind, seed=int(number or 0)
                )
            else:
                plan = plan_from(
                    tonality,
                    beats or 0.0,
                    harmony.strip() or None,
                    signature,
                    voice=reach,
                    style=kind,
                    seed=int(number or 0),
                )
            return Desk.of(compose(words_from(text, guess_language(text.split())), plan))

        made = yield from staged(room.jobs, request, work, nothing_new(4))
        verse = gr.Dropdown(made.verses, value="1")
        yield done("Written."), made, roll_value(made), desk_html(made), verse

    button.click(
        on_compose,
        [track, cards, words, over, style, bar, seed, key, bpm, meter, chords],
        [shown, *new],
        concurrency_id=LINE,
        show_progress="minimal",
        show_progress_on=shown,
        api_visibility="private",
    )
    return words


def _needed(track: Track | None) -> TrackAnalysis:
    if track is None:
        raise OutputError("no track was heard yet; bring one in the tab Over a track")
    return track.found
