"""The page: tabs over one room, and the server that shows it."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from voice.demo import limits
from voice.demo.blocks import PageBlocks
from voice.demo.cards import voice_cards
from voice.demo.check_tab import check_tab
from voice.demo.convert_tab import convert_tab
from voice.demo.desk import desk_html
from voice.demo.example_take import warmed
from voice.demo.melody_tab import melody_tab
from voice.demo.my_voice_tab import my_voice_tab
from voice.demo.program_tab import program_tab
from voice.demo.roll import roll as piano_roll
from voice.demo.room import Room
from voice.demo.running import session_of
from voice.demo.sing_tab import sing_tab
from voice.demo.starting import Once
from voice.demo.theme import style, theme
from voice.demo.track_tab import track_tab
from voice.demo.write_tab import write_tab
from voice.errors import OutputError
from voice.studio import Studio

LOOPBACK = ("127.0.0.1", "localhost", "::1")

MASTHEAD = """
<div class="masthead"><svg viewBox="0 0 46 34" aria-hidden="true">
<path class="stave" d="M0 5H46M0 11H46M0 17H46M0 23H46M0 29H46"/>
<path class="voice" d="M4 24C9 24 9 9 14 9s5 13 10 13 4-15 9-15 4 7 9 7"/></svg>
<h1>Melisma</h1><p>A melody and its words in, a sung voice out.</p></div>
"""


@dataclass(frozen=True)
class Serving:
    """Where the page is served, and for whom.

    Attributes:
        user: name and password; without them only this machine may look.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    user: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.host not in LOOPBACK and self.user is None:
            raise OutputError(
                f"--host {self.host}: others could sing and record in your name; give "
                "--auth USER:PASS as well"
            )


def page(room: Room) -> gr.Blocks:
    """The page, ready to be launched with `launched`."""
    blocks: gr.Blocks = PageBlocks(
        title="Melisma",
        analytics_enabled=False,
        delete_cache=(limits.FILES_LOOK_S, limits.FILES_LIFE_S),
    )
    with blocks:
        gr.HTML(MASTHEAD, padding=False)
        desk = gr.State(room.first_desk, time_to_live=limits.STATE_LIFE_S)
        track = gr.State(None, time_to_live=limits.STATE_LIFE_S)
        bank = room.studio.voices
        with gr.Tabs(overflow_behavior="wrap"):
            voices = voice_cards(bank, room.studio.default_voice("en"), "Who sings")
            voices.unrender()  # type: ignore[no-untyped-call]
            roll = piano_roll(room.first_desk)
            roll.unrender()  # type: ignore[no-untyped-call]
            melody_line = gr.HTML(desk_html(room.first_desk), padding=False, render=False)
            with gr.Tab("Write", id="write"):
                write_tab(room, desk, roll, melody_line)
            with gr.Tab("Melody", id="melody"):
                melody_tab(room, desk, track, voices, roll, melody_line)
            with gr.Tab("Sing", id="sing"):
                sung_line = sing_tab(room, desk, voices, roll)
            with gr.Tab("Over a track", id="track"):
                track_tab(room, desk, track, voices, roll, melody_line)
            with gr.Tab("Convert", id="convert"):
                into = convert_tab(room)
            with gr.Tab("My voice", id="my-voice"):
                my_voice_tab(room, [voices, into])
            with gr.Tab("Check a file", id="check"):
                check_tab(room)
        program_tab(room)
        warm = Once(lambda: warmed(room.studio))
        blocks.load(warm.begin, queue=False, api_visibility="private")
        melody_line.change(
            lambda line: line, melody_line, sung_line, queue=False, api_visibility="private",
            show_progress="hidden",
        )  # fmt: skip

        def on_leave(request: gr.Request) -> None:
            room.leave(session_of(request))

        blocks.unload(on_leave)
    _one_line(blocks, room.at_once)
    return blocks


def _one_line(blocks: gr.Blocks, at_once: int) -> None:
    """All that computes stands in one line.

    Gradio takes the limit of a line from those of its events that were asked for so far, so that
    every one of them has to name it.
    """
    for event in blocks.fns.values():
        if event.concurrency_id == limits.LINE:
            event.concurrency_limit = at_once


def launched(blocks: gr.Blocks, serving: Serving, wait: bool) -> str:
    """Serves the page and gives its address; with `wait` until somebody interrupts it.

    `_frontend=False` leaves out one last look at the page that gives it three seconds to answer,
    which a busy machine does not keep; that the server answers was asked just before.
    """
    _, address, _ = blocks.launch(
        server_name=serving.host,
        server_port=serving.port,
        auth=serving.user,
        theme=theme(),
        css=style(),
        max_file_size=limits.LARGEST_UPLOAD,
        state_session_capacity=limits.SESSIONS,
        share=False,
        ssr_mode=False,
        quiet=not wait,
        show_error=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=["api"],
        prevent_thread_lock=not wait,
        _frontend=False,
    )
    return str(address)


def serve(serving: Serving) -> None:
    """Opens the page and stays."""
    room = Room(Studio.open())
    try:
        launched(page(room), serving, wait=True)
    finally:
        room.files.close()
