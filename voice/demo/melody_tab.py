"""The tab Melody: a score from a file or a line, its notes and syllables open to every edit."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from voice.demo.cards import chosen_voice
from voice.demo.compose_plate import compose_plate
from voice.demo.desk import EXAMPLE_LINE, Desk, desk_from_file, desk_from_line, desk_html
from voice.demo.errors import told
from voice.demo.limits import LINE, LONGEST_LINE
from voice.demo.players import player
from voice.demo.roll import curve_of, notes_from, roll_value, span_from, turn_from
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, session_of, staged, strip
from voice.demo.sing_tab import saved
from voice.errors import OutputError
from voice.score.editing import excerpt
from voice.studio import SingOptions
from voice.take import VocalTake

SUFFIXES = [
    ".abc", ".mid", ".midi", ".kar", ".musicxml", ".mxl", ".xml", ".ust", ".ustx", ".ds", ".svp",
    ".vsqx", ".vpr", ".ccs",
]  # fmt: skip
SAVED_AS = ("mid", "musicxml", "ustx", "ust", "ds")


def melody_tab(
    room: Room,
    desk: gr.State,
    track: gr.State,
    cards: gr.HTML,
    roll: gr.HTML,
    desk_line: gr.HTML,
) -> None:
    """Builds the tab; `desk_line` says what lies on the desk."""
    gr.Markdown(
        "## Melody\nBring a score or write one in a line; then mend it by hand. Drag a note, type "
        "its syllable, split it with S; the bars above the notes are phrases to be heard alone.",
        elem_classes="lead",
    )
    desk_line.render()  # type: ignore[no-untyped-call]
    roll.render()  # type: ignore[no-untyped-call]
    shown = strip(room.jobs)
    heard = player("The phrase", "phrase", autoplay=True)
    with gr.Row(equal_height=False):
        file, part, verse = _from_file()
        line, load = _from_line()
        words, lay = _words()
        save, files = _save()
    new = [desk, roll, desk_line, verse]
    compose_plate(room, track, cards, new)

    file.upload(_file_read, [file, part], new, api_visibility="private")
    part.submit(_file_read, [file, part], new, api_visibility="private")
    gr.on([load.click, line.submit], _line_read, line, new, api_visibility="private")
    verse.input(_verse_chosen, [desk, verse], new[:3], api_visibility="private")
    lay.click(_words_laid, [desk, words], new, api_visibility="private")
    roll.edit(
        _edited, desk, new[:3], queue=False, trigger_mode="always_last", show_progress="hidden",
        api_visibility="private",
    )  # fmt: skip

    def on_phrase(
        here: Desk, voice: str, event: gr.EventData, request: gr.Request
    ) -> Iterator[Shown]:
        span = told(span_from)(event._data or {})
        part_of = told(excerpt)(here.melody, span)
        made: VocalTake = yield from staged(
            room.jobs,
            request,
            lambda tell: room.studio.sing(part_of, chosen_voice(voice), SingOptions(), tell),
            nothing_new(2),
        )
        path = saved(made, room.files.new_folder(session_of(request)))[0]
        curve = curve_of(made, part_of, span.start_beats)
        drawn = roll_value(here, room.range_of(made.voice), curve)
        yield done(f"Sung by {made.voice}."), gr.Audio(path, visible=True), drawn

    roll.submit(
        on_phrase, [desk, cards], [shown, heard, roll], concurrency_id=LINE,
        show_progress="minimal", show_progress_on=shown, api_visibility="private",
    )  # fmt: skip

    @told
    def on_save(here: Desk, kind: str, request: gr.Request) -> gr.File:
        if kind not in SAVED_AS:
            raise OutputError(f"{kind!r} is no format of scores here; choose one of the list")
        path = room.files.new_folder(session_of(request)) / f"melody.{kind}"
        from voice.score.writing import write_score

        write_score(here.melody, path)
        return gr.File(str(path), visible=True)

    save[1].click(on_save, [desk, save[0]], files, api_visibility="private")


def _from_file() -> tuple[gr.File, gr.Textbox, gr.Dropdown]:
    with gr.Column(min_width=280, elem_classes="plate"):
        file = gr.File(
            label="A score file",
            file_types=SUFFIXES,
            type="filepath",
            height=170,
            elem_id="score-file",
            elem_classes="drop",
        )
        part = gr.Textbox("", label="Part", placeholder="the one with words", max_length=200)
        verse = gr.Dropdown(["1"], value="1", label="Verse")
    return file, part, verse


def _from_line() -> tuple[gr.Textbox, gr.Button]:
    with gr.Column(min_width=280, elem_classes="plate"):
        line = gr.Textbox(
            EXAMPLE_LINE,
            label="A song in one line",
            info="C4 A- D4 ma- E4:2 zing: pitch, length in quarters, syllable.",
            lines=6,
            max_lines=12,
            max_length=LONGEST_LINE,
            elem_id="line",
        )
        load = gr.Button("Put it on the desk")
    return line, load


def _words() -> tuple[gr.Textbox, gr.Button]:
    with gr.Column(min_width=280, elem_classes="plate"):
        words = gr.Textbox(
            "",
            label="Other words",
            info="One syllable for each note; _ holds one, an empty line parts verses.",
            lines=6,
            max_lines=12,
            max_length=LONGEST_LINE,
            elem_id="words",
        )
        lay = gr.Button("Lay them under the notes")
    return words, lay


def _save() -> tuple[tuple[gr.Dropdown, gr.Button], gr.File]:
    with gr.Column(min_width=220, elem_classes="plate"):
        kind = gr.Dropdown(list(SAVED_AS), value="mid", label="Save the melody as")
        button = gr.Button("Save")
        file = gr.File(
            label="The melody",
            interactive=False,
            visible=False,
            elem_id="score-saved",
            elem_classes="keeps",
        )
    return (kind, button), file


def _put(desk: Desk) -> Shown:
    verse = gr.Dropdown(desk.verses, value="1")
    return desk, roll_value(desk), desk_html(desk), verse


@told
def _file_read(file: str | None, part: str) -> Shown:
    if file is None:
        raise OutputError("no score was given; drop a file on the field above")
    return _put(desk_from_file(file, part))


@told
def _line_read(line: str) -> Shown:
    return _put(desk_from_line(line))


@told
def _words_laid(here: Desk, words: str) -> Shown:
    return _put(here.with_text(words))


@told
def _verse_chosen(here: Desk, verse: str) -> Shown:
    return _put(Desk.of(here.score, verse))[:3]


@told
def _edited(here: Desk, event: gr.EventData) -> Shown:
    sent = event._data or {}
    desk = here.with_notes(notes_from(sent, here.base))
    return desk, roll_value(desk, turn=turn_from(sent)), desk_html(desk)
