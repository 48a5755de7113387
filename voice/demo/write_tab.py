"""The tab Write: a theme and a form become lyrics, line by line, and every line stays open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import gradio as gr

from lyrics.writer.errors import RequestError
from lyrics.writer.plan import SectionPlan, SongRequest, parse_structure, sections_of
from lyrics.writer.rhyme import RhymeKind
from lyrics.writer.song import Song, read_line
from lyrics.writer.song_file import from_text, to_text
from voice.demo.desk import Desk, desk_html
from voice.demo.errors import told
from voice.demo.limits import LINE, LONGEST_LINE
from voice.demo.lyric_sheet import lyric_sheet, sheet_value
from voice.demo.roll import roll_value
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, staged, strip
from voice.lyric_plan import lyric_plan
from voice.score.model import Score
from voice.songwriting import Form, ModelChoice, request_for
from voice.studio import Progress

if TYPE_CHECKING:
    from lyrics.writer.writer import SongWriter

GENRES = ["pop", "folk", "country", "gospel", "rock", "hymn", "lullaby", "soul", "musical"]
STRUCTURES = ["verse", "verse,chorus", "verse,verse", "verse,chorus,verse,chorus"]
FROM_MELODY, FROM_COUNTS = "the melody on the desk", "numbers of syllables"
WORDINGS = 4


class Desktop:
    """The writer, opened when it is first asked for and kept."""

    @cached_property
    def writer(self) -> SongWriter:
        from lyrics.writer.writer import SongWriter

        return SongWriter.of(ModelChoice().lyricist())


@dataclass(frozen=True)
class Wish:
    """What stands on the page."""

    theme: str
    genre: str
    structure: str
    shape: str
    syllables: str
    rhyme: str
    slant: bool
    include: str
    avoid: str
    seed: float

    def request(self, melody: Score) -> SongRequest:
        """Raises RequestError with what is missing."""
        return SongRequest(
            theme=self.theme,
            genre=self.genre or "pop",
            sections=self._sections(melody),
            rhyme_kind=RhymeKind.SLANT if self.slant else RhymeKind.PERFECT,
            include=_listed(self.include),
            avoid=_listed(self.avoid),
            seed=int(self.seed or 0),
        )

    def _sections(self, melody: Score) -> tuple[SectionPlan, ...]:
        rhyme = (self.rhyme or "").strip() or None
        if self.shape != FROM_MELODY:
            return Form(None, None, self.syllables, rhyme, self.structure).sections()
        kinds = parse_structure(self.structure)
        return sections_of(kinds, [lyric_plan(melody)] * len(kinds), rhyme)


def write_tab(room: Room, desk: gr.State, roll: gr.HTML, desk_line: gr.HTML) -> None:
    """Builds the tab."""
    desktop = Desktop()
    song = gr.State(None, time_to_live=room.state_life_s)
    gr.Markdown(
        "## Write\nSay what the song is about. Every line is written to the syllable; click one "
        "for other wordings, or change the text freely and watch whether it still fits.",
        elem_classes="lead",
    )
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=320, elem_classes="plate"):
            fields = _fields()
            button = gr.Button("Write", variant="primary", elem_id="write-button")
            shown = strip(room.jobs)
        with gr.Column(scale=7, min_width=330):
            sheet = lyric_sheet()
            with gr.Group(visible=False, elem_classes="card-block wordings") as choice:
                wordings = gr.Radio([], label="Other wordings", elem_id="wordings")
                take = gr.Button("Put this line in")
            text = gr.Textbox(
                "",
                label="The words, to be changed freely",
                lines=8,
                max_lines=30,
                max_length=LONGEST_LINE,
                elem_id="lyrics-text",
                elem_classes="card-block",
            )
            lay = gr.Button("Lay them under the melody")
    line = gr.State(0)
    results = [shown, sheet, song, text, choice]

    def on_write(request: gr.Request, here: Desk, *values: object) -> Iterator[Shown]:
        wish = told(Wish(*values).request)(here.melody)  # type: ignore[arg-type]
        newest: list[Song] = []

        def work(tell: Progress) -> Song:
            return _written(desktop, wish, tell, newest)

        def meanwhile() -> Shown:
            drawn = sheet_value(newest[-1], here.melody) if newest else gr.skip()
            return drawn, gr.skip(), gr.skip(), gr.skip()

        made = yield from staged(room.jobs, request, work, meanwhile)
        drawn, written_text = sheet_value(made, here.melody), to_text(made)
        yield done("Written."), drawn, made, written_text, gr.Group(visible=False)

    button.click(
        on_write, [desk, *fields], results, concurrency_id=LINE, show_progress="minimal",
        show_progress_on=shown, api_visibility="private",
    )  # fmt: skip

    def on_line(
        here: Song | None, seed: float, event: gr.EventData, request: gr.Request
    ) -> Iterator[Shown]:
        known = told(_needed)(here)
        number = told(_line_from)(event._data or {}, known)
        found = yield from staged(
            room.jobs,
            request,
            lambda tell: _wordings(desktop, known, number, int(seed or 0), tell),
            nothing_new(3),
        )
        radio = gr.Radio(found, value=found[0], label=f"Other wordings of line {number}")
        yield done("Choose a wording."), radio, gr.Group(visible=True), number

    sheet.select(
        on_line, [song, fields[-1]], [shown, wordings, choice, line], concurrency_id=LINE,
        show_progress="minimal", show_progress_on=shown, api_visibility="private",
    )  # fmt: skip

    @told
    def on_take(here: Song | None, number: int, wording: str | None, melody: Desk) -> Shown:
        from lyrics.writer.writer import with_line

        known = _needed(here)
        if not wording:
            raise RequestError("no wording is chosen; click on one of them")
        plan = known.lines[number - 1].plan
        new = with_line(known, number, read_line(wording, plan), desktop.writer.lyricist.origin)
        drawn = sheet_value(new, melody.melody)
        return done("Put in."), drawn, new, to_text(new), gr.Group(visible=False)

    take.click(on_take, [song, line, wordings, desk], results, api_visibility="private")

    @told
    def on_text(words: str, here: Desk) -> Shown:
        if not (words or "").strip():
            return "", None
        read = from_text(words, "the words")
        return sheet_value(read, here.melody), read

    text.change(
        on_text, [text, desk], [sheet, song], trigger_mode="always_last", show_progress="hidden",
        api_visibility="private",
    )  # fmt: skip

    @told
    def on_lay(words: str, here: Desk) -> Shown:
        new = here.with_text(words)
        return new, roll_value(new), desk_html(new), done("They lie under the melody.")

    lay.click(on_lay, [text, desk], [desk, roll, desk_line, shown], api_visibility="private")


def _written(desktop: Desktop, wish: SongRequest, tell: Progress, newest: list[Song]) -> Song:
    """The song; each finished line is put into `newest` at once."""
    tell("opening the writer", 0.0)
    total = sum(len(section.lines) for section in wish.sections)
    for draft in desktop.writer.drafts(wish):
        newest.append(draft)
        done = len(draft.lines)
        tell(f"line {min(done + 1, total)} of {total}", done / total)
    return newest[-1]


def _wordings(desktop: Desktop, song: Song, number: int, seed: int, tell: Progress) -> list[str]:
    """Other wordings of a line, one after another so that a stop is heard."""
    request = request_for(song)
    found: list[str] = []
    for turn in range(WORDINGS):
        tell(f"wording {turn + 1} of {WORDINGS}", turn / WORDINGS)
        lines = desktop.writer.rewritten(song, number, 1, seed + 1 + turn, request)
        found += [line.text for line in lines if line.text not in found]
    return found


def _needed(song: Song | None) -> Song:
    if song is None:
        raise RequestError("there are no lyrics yet; press Write first")
    return song


def _line_from(sent: Mapping[str, Any], song: Song) -> int:
    """The number of the line that was clicked."""
    number = sent.get("line")
    if not isinstance(number, int) or not 1 <= number <= len(song.lines):
        raise RequestError(f"the page named no line of 1 to {len(song.lines)}; click on one")
    return number


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


def _fields() -> list[gr.components.Component]:
    theme = gr.Textbox("coming home at first light", label="What is it about?", max_length=300)
    genre = gr.Dropdown(GENRES, value="folk", label="Genre", allow_custom_value=True)
    structure = gr.Dropdown(STRUCTURES, value="verse", label="Sections", allow_custom_value=True)
    shape = gr.Radio([FROM_MELODY, FROM_COUNTS], value=FROM_MELODY, label="Lines as long as")
    syllables = gr.Textbox("8,6,8,6", label="Syllables of each line", max_length=500)
    with gr.Accordion("Rhyme, words, seed", open=False):
        rhyme = gr.Textbox(
            "", label="Rhyme scheme", placeholder="ABAB", info="X rhymes with none.", max_length=200
        )
        slant = gr.Checkbox(False, label="Near rhymes count")
        include = gr.Textbox("", label="Words that must occur", max_length=500)
        avoid = gr.Textbox("", label="Words to avoid", max_length=500)
        seed = gr.Number(0, label="Seed", precision=0, minimum=0)
    return [theme, genre, structure, shape, syllables, rhyme, slant, include, avoid, seed]
