"""The same jobs for programs: endpoints with plain names, used through `gradio_client`.

The fields are not shown. They are components all the same, because a component only accepts files
that were uploaded to this very page.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gradio as gr

from lyrics.writer.song_file import to_text
from voice.cli.orders import parse_verse
from voice.demo.desk import Desk, desk_from_file, desk_from_line
from voice.demo.errors import told
from voice.demo.likeness_fields import likeness_of
from voice.demo.limits import LINE
from voice.demo.memory import memory_given_back
from voice.demo.room import Room
from voice.demo.running import session_of
from voice.demo.sing_tab import saved
from voice.demo.track import MixWish, heard, laid_over
from voice.demo.wishes_panel import options_of, own_way
from voice.demo.write_tab import FROM_COUNTS, Desktop, Wish
from voice.errors import OutputError
from voice.performance.fermatas import FERMATA
from voice.score.opening import choose_verse
from voice.studio import SingOptions, silent_progress


def program_tab(room: Room) -> None:
    """Adds /sing, /check_score, /mix, /convert and /write_lyrics."""
    with gr.Column(visible=False):
        line = gr.Textbox("", label="A song in one line; empty where a file is given")
        file = gr.File(label="A score file", type="filepath")
        voice = gr.Textbox("wren", label="Whose voice")
        _singing(room, line, file, voice)
        _mixing(room, line, file, voice)
        _converting(room, voice)
        _writing(room)


def _singing(room: Room, line: gr.Textbox, file: gr.File, voice: gr.Textbox) -> None:
    verse = gr.Textbox("1", label="Number of the verse, or all")
    transpose = gr.Textbox("octave", label="Semitones, octave, auto or none")
    tempo = gr.Number(None, label="Quarters a minute; empty as written")
    seed = gr.Number(0, label="Seed", precision=0)
    sound, frames = gr.File(label="The vocal, WAV"), gr.File(label="Its FrameScore, JSON")
    notes = gr.JSON(label="Notes and warnings")

    @told
    @memory_given_back()
    def sing(
        request: gr.Request,
        one_line: str,
        score: str | None,
        who: str,
        number: str,
        shift: str,
        quarters: float | None,
        random: float,
    ) -> tuple[str, str]:
        """Sings a line or a score file; the same files as `melisma sing --frames`."""
        melody, chosen = choose_verse(_desk_of(one_line, score).score, parse_verse(number))
        options = replace(_usual(shift, quarters, random, FERMATA), verse=chosen)
        take = room.studio.sing(melody, who, options)
        path, kept, *_ = saved(take, room.files.new_folder(session_of(request)))
        return path, kept

    @told
    def check_score(one_line: str, score: str | None) -> dict[str, object]:
        """What a score holds, and what was read otherwise than written."""
        melody = _desk_of(one_line, score).melody
        return {
            "title": melody.title,
            "notes": len(melody.notes),
            "seconds": round(melody.length_s, 3),
            "warnings": list(melody.warnings),
        }

    gr.Button().click(
        sing,
        [line, file, voice, verse, transpose, tempo, seed],
        [sound, frames],
        api_name="sing",
        concurrency_id=LINE,
    )
    gr.Button().click(check_score, [line, file], notes, api_name="check_score")


def _mixing(room: Room, line: gr.Textbox, file: gr.File, voice: gr.Textbox) -> None:
    track = gr.File(label="The instrumental", type="filepath")
    start = gr.Textbox("1", label="A bar such as 3, or seconds such as 7.5s")
    preset = gr.Textbox("pop", label="Way of mixing")
    files = gr.Files(label="A zip of all, mix, stems, melody, words, reports")

    @told
    @memory_given_back()
    def mix(
        request: gr.Request,
        one_line: str,
        score: str | None,
        instrumental: str | None,
        who: str,
        enters: str,
        way: str,
    ) -> list[str]:
        """Sings over an instrumental at its tempo and mixes."""
        found = heard(instrumental, silent_progress)
        wish = MixWish(enters, way, None, -14.0, with_track=True)
        folder = room.files.new_folder(session_of(request))
        desk, usual = _desk_of(one_line, score), _usual("octave", None, 0)
        made = laid_over(room, desk, found, who, usual, wish, folder, silent_progress)
        return [str(path) for path in made.files]

    gr.Button().click(
        mix,
        [line, file, track, voice, start, preset],
        files,
        api_name="mix",
        concurrency_id=LINE,
    )


def _converting(room: Room, voice: gr.Textbox) -> None:
    vocal = gr.File(label="A recording of one voice", type="filepath")
    transpose = gr.Textbox("auto", label="Semitones, auto or spoken")
    may_use = gr.Checkbox(False, label="You state that you may use the recording")
    likeness = gr.Number(None, label="How like the voice, 0-1; empty as is usual for it")
    sound, statement = gr.File(label="The result, WAV"), gr.Textbox("", label="What is kept of it")

    @told
    @memory_given_back()
    def convert(
        request: gr.Request,
        recording: str | None,
        who: str,
        shift: str,
        stated: bool,
        like: float | None = None,
    ) -> tuple[str, str]:
        """A recording in the timbre of a voice, as `melisma convert` makes it."""
        from voice.cli.converting import Order, carry_out

        if recording is None:
            raise OutputError("there is no recording; hand one in")
        output = room.files.new_folder(session_of(request)) / "converted.wav"
        order = Order(
            vocal=Path(recording),
            voice=who,
            output=output,
            transpose=shift,
            formants=0.0,
            follow_dynamics=False,
            may_use=stated,
            seed=0,
            bits="24",
            threads=room.studio.threads,
            likeness=likeness_of(False, like),
        )
        made = carry_out(order, silent_progress)
        return str(made.output), made.statement.text

    gr.Button().click(
        convert,
        [vocal, voice, transpose, may_use, likeness],
        [sound, statement],
        api_name="convert",
        concurrency_id=LINE,
    )


def _writing(room: Room) -> None:
    desktop = Desktop()
    theme = gr.Textbox("", label="What the song is about")
    genre = gr.Textbox("pop", label="Genre")
    structure = gr.Textbox("verse", label="Sections, parted by commas")
    syllables = gr.Textbox("8,6,8,6", label="Syllables of each line")
    seed = gr.Number(0, label="Seed", precision=0)
    words = gr.Textbox("", label="The lyrics")

    @told
    @memory_given_back()
    def write_lyrics(about: str, kind: str, sections: str, counts: str, random: float) -> str:
        """Lyrics to the syllable, as `melisma lyrics write` writes them."""
        wish = Wish(about, kind, sections, FROM_COUNTS, counts, "", False, "", "", random)
        return to_text(desktop.writer.write(wish.request(room.first_desk.melody)))

    gr.Button().click(
        write_lyrics,
        [theme, genre, structure, syllables, seed],
        words,
        api_name="write_lyrics",
        concurrency_id=LINE,
    )


def _usual(shift: str, quarters: float | None, seed: float, fermata: float = 1.0) -> SingOptions:
    """The voice's own way; fermatas are held unless an instrumental keeps the time."""
    wishes = tuple(own_way(fermata).values())
    return options_of(shift, quarters, seed, "as the words are", True, wishes)


def _desk_of(line: str, file: str | None) -> Desk:
    if file is not None:
        return desk_from_file(file, "")
    if not line.strip():
        raise OutputError("there is nothing to sing; give a line, or a score file")
    return desk_from_line(line)
