"""The same jobs for programs: endpoints with plain names, used through `gradio_client`.

The fields are not shown. They are components all the same, because a component only accepts files
that were uploaded to this very page.
"""

from __future__ import annotations

from dataclasses import replace

import gradio as gr

from lyrics.writer.song_file import to_text
from voice.cli.orders import parse_verse
from voice.demo.desk import Desk, desk_from_file, desk_from_line
from voice.demo.errors import told
from voice.demo.room import Room
from voice.demo.running import session_of
from voice.demo.sing_tab import options_of, own_way, saved
from voice.demo.write_tab import FROM_COUNTS, Desktop, Wish
from voice.errors import OutputError
from voice.score.opening import choose_verse


def program_tab(room: Room) -> None:
    """Adds /sing, /check_score and /write_lyrics."""
    with gr.Column(visible=False):
        line = gr.Textbox(label="A song in one line; empty where a file is given")
        file = gr.File(label="A score file", type="filepath")
        voice = gr.Textbox("wren", label="Who sings")
        verse = gr.Textbox("1", label="Number of the verse, or all")
        transpose = gr.Textbox("octave", label="Semitones, octave, auto or none")
        tempo = gr.Number(None, label="Quarters a minute; empty as written")
        seed = gr.Number(0, label="Seed", precision=0)
        sound = gr.File(label="The vocal, WAV")
        frames = gr.File(label="Its FrameScore, JSON")
        notes = gr.JSON(label="Notes and warnings")
        theme = gr.Textbox(label="What the song is about")
        genre = gr.Textbox("pop", label="Genre")
        structure = gr.Textbox("verse", label="Sections, parted by commas")
        syllables = gr.Textbox("8,6,8,6", label="Syllables of each line")
        words = gr.Textbox(label="The lyrics")
        doors = [gr.Button() for _ in range(3)]

    @told
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
        read = _score_of(one_line, score)
        usual = tuple(own_way().values())
        options = options_of(shift, quarters, random, "as the words are", True, usual)
        melody, chosen = choose_verse(read.score, parse_verse(number))
        take = room.studio.sing(melody, who, replace(options, verse=chosen))
        path, kept, *_ = saved(take, room.files.new_folder(session_of(request)))
        return path, kept

    @told
    def check_score(one_line: str, score: str | None) -> dict[str, object]:
        """What a score holds, and what was read otherwise than written."""
        melody = _score_of(one_line, score).melody
        return {
            "title": melody.title,
            "notes": len(melody.notes),
            "seconds": round(melody.length_s, 3),
            "warnings": list(melody.warnings),
        }

    desktop = Desktop()

    @told
    def write_lyrics(about: str, kind: str, sections: str, counts: str, random: float) -> str:
        """Lyrics to the syllable, as `melisma lyrics write` writes them."""
        wish = Wish(about, kind, sections, FROM_COUNTS, counts, "", False, "", "", random)
        return to_text(desktop.writer.write(wish.request(room.first_desk.melody)))

    asked = [line, file, voice, verse, transpose, tempo, seed]
    doors[0].click(sing, asked, [sound, frames], api_name="sing", concurrency_id="studio")
    doors[1].click(check_score, [line, file], notes, api_name="check_score")
    doors[2].click(
        write_lyrics, [theme, genre, structure, syllables, seed], words, api_name="write_lyrics",
        concurrency_id="studio",
    )  # fmt: skip


def _score_of(line: str, file: str | None) -> Desk:
    if file is not None:
        return desk_from_file(file, "")
    if not line.strip():
        raise OutputError("there is nothing to sing; give a line, or a score file")
    return desk_from_line(line)
