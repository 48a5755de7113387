"""A whole song from a theme over the track that was heard: words, melody, vocal and mix at once."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import gradio as gr

from voice.demo.cards import chosen_voice
from voice.demo.desk import Desk, desk_from_file, desk_html
from voice.demo.limits import LINE
from voice.demo.players import player, to_take_home
from voice.demo.roll import roll_value
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, session_of, staged, strip
from voice.demo.track import Track
from voice.demo.write_tab import GENRES, Desktop
from voice.errors import OutputError
from voice.song.wishes import STYLES, SongWishes
from voice.studio import Progress


def song_plate(
    room: Room, track: gr.State, cards: gr.HTML, new: list[gr.components.Component]
) -> None:
    """Builds the plate; `new` are desk, roll and desk line."""
    desktop = Desktop()
    with gr.Column(elem_classes="plate"):
        gr.Markdown(
            "### Or a whole song from a theme\nWords, melody, voice and mix over this track, each "
            "kept as a file that can be changed."
        )
        with gr.Row():
            theme = gr.Textbox("coming home at first light", label="Theme", max_length=300)
            genre = gr.Dropdown(GENRES, value="folk", label="Genre", allow_custom_value=True)
            style = gr.Dropdown(list(STYLES), value="folk", label="Style")
            seed = gr.Number(0, label="Seed", precision=0, minimum=0)
        button = gr.Button("Make the song", elem_id="song-button")
        shown = strip(room.jobs)
        sound = player("The song", "song")
        files = to_take_home("The project", "song-files")

    def on_song(
        request: gr.Request,
        found: Track | None,
        voice: str,
        about: str,
        kind: str,
        manner: str,
        number: float,
    ) -> Iterator[Shown]:
        folder = room.files.new_folder(session_of(request)) / "song"

        def work(tell: Progress) -> tuple[Desk, Path, list[str]]:
            from voice.song.make import new_song
            from voice.song.steps import MELODY, SONG, Tools

            wishes = SongWishes(
                theme=about,
                genre=kind,
                style=manner,
                voice=chosen_voice(voice),
                seed=int(number or 0),
            )
            tools = Tools(room.studio, lambda: desktop.writer)
            new_song(_needed(found), folder, wishes, tools, None, tell)
            melody = desk_from_file(str(folder / MELODY), "")
            return melody, folder / SONG, [str(_zipped(folder))]

        made, sung, kept = yield from staged(room.jobs, request, work, nothing_new(5))
        yield (
            done("The song is made."),
            gr.Audio(str(sung), visible=True),
            gr.Files(kept, visible=True),
            made,
            roll_value(made),
            desk_html(made),
        )

    button.click(
        on_song,
        [track, cards, theme, genre, style, seed],
        [shown, sound, files, *new],
        concurrency_id=LINE,
        show_progress="minimal",
        show_progress_on=shown,
        api_visibility="private",
    )


def _needed(track: Track | None) -> Path:
    if track is None:
        raise OutputError("there is no track yet; drop one and press Listen first")
    return track.path


def _zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path
