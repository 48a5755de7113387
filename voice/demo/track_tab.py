"""The tab Over a track: an instrumental is heard, the voice comes in, and the song is mixed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import gradio as gr

from voice.cli.orders import parse_start
from voice.demo.cards import chosen_voice
from voice.demo.desk import EXAMPLE_SCORE, EXAMPLE_TRACK, Desk, desk_from_file, desk_html
from voice.demo.errors import told
from voice.demo.limits import LINE
from voice.demo.players import player, sound_field, to_take_home
from voice.demo.roll import roll_value
from voice.demo.room import Room
from voice.demo.running import Shown, done, nothing_new, session_of, staged, strip
from voice.demo.sing_tab import told_take
from voice.demo.song_plate import song_plate
from voice.demo.track import MixWish, Project, Track, heard, laid_over
from voice.demo.track_picture import facts_html, track_picture
from voice.demo.wishes_panel import options_of, own_way
from voice.mixing.placement import AtBar, second_of_bar
from voice.mixing.presets import PRESETS

QUIETEST_LUFS = -40.0


def track_tab(
    room: Room, desk: gr.State, track: gr.State, cards: gr.HTML, roll: gr.HTML, desk_line: gr.HTML
) -> None:
    """Builds the tab."""
    gr.Markdown(
        "## Over a track\nBring an instrumental. Melisma listens for its beat, key, chords and "
        "sections; say at which bar the voice comes in, and mix.",
        elem_classes="lead",
    )
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=310):
            source = sound_field("The instrumental", "track", ["upload"])
            with gr.Row():
                listen = gr.Button("Listen", variant="primary", elem_id="listen-button")
                example = gr.Button("Take the example", visible=EXAMPLE_TRACK.is_file())
            heard_strip = strip(room.jobs)
        with gr.Column(scale=7, min_width=310, elem_classes="plate"):
            facts = gr.HTML(
                '<p class="quiet">Tempo, key, chords and sections will stand here.</p>',
                padding=False, elem_id="facts",
            )  # fmt: skip
    drawn = gr.HTML(padding=False, elem_id="track-picture")
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=310, elem_classes="plate"):
            start, fields = _faders()
        with gr.Column(scale=7, min_width=310, elem_classes="plate"):
            button = gr.Button("Sing and mix", variant="primary", elem_id="mix-button")
            mix_strip = strip(room.jobs)
            with gr.Row():
                before = player("Before: the track", "before")
                mixed = player("After: the song", "mix")
            meters = gr.HTML(
                '<p class="quiet">The song will stand here, beside the track as it was: loudness, '
                "stems, words, notes, and a zip of all.</p>",
                padding=False, elem_id="meters",
            )  # fmt: skip
            said = gr.Markdown(elem_classes="quiet sung-by")
            files = to_take_home("To take home", "mix-files")

    song_plate(room, track, cards, [desk, roll, desk_line])

    def on_listen(path: str | None, start: str, request: gr.Request) -> Iterator[Shown]:
        found = yield from staged(
            room.jobs, request, lambda tell: heard(path, tell), nothing_new(3)
        )
        told_of = facts_html(found.found, found.missing)
        yield done("Heard."), found, told_of, _drawn(found, start)

    @told
    def on_start(found: Track | None, start: str) -> str:
        return "" if found is None else _drawn(found, start)

    start.change(on_start, [track, start], drawn, show_progress="hidden", api_visibility="private")

    @told
    def on_example() -> Shown:
        new = Desk.of(desk_from_file(str(EXAMPLE_SCORE), "").score, "all")
        return str(EXAMPLE_TRACK), new, roll_value(new), desk_html(new), "3"

    taken = example.click(
        on_example, None, [source, desk, roll, desk_line, start], api_visibility="private"
    )
    for asked in (listen.click, source.upload, taken.success):
        asked(
            on_listen,
            [source, start],
            [heard_strip, track, facts, drawn],
            concurrency_id=LINE,
            show_progress="minimal",
            show_progress_on=heard_strip,
            api_visibility="private",
        )

    def on_mix(
        request: gr.Request,
        here: Desk,
        found: Track | None,
        voice: str,
        start: str,
        preset: str,
        lead: float,
        loudness: float,
        with_track: bool,
    ) -> Iterator[Shown]:
        wish = MixWish(start, preset, lead, loudness, with_track)
        usual = options_of("octave", None, 0, "as the words are", True, tuple(own_way().values()))
        folder = room.files.new_folder(session_of(request))
        made: Project = yield from staged(
            room.jobs,
            request,
            lambda tell: laid_over(
                room, here, found, chosen_voice(voice), usual, wish, folder, tell
            ),
            nothing_new(5),
        )
        told_of = "\n\n".join([*made.made.report.warnings, told_take(made.take)])
        kept = gr.Files([str(path) for path in made.files], visible=True)
        was = gr.Audio(str(found.path) if found else None, visible=True)
        song = gr.Audio(str(made.mix), visible=True)
        yield done("Mixed."), song, was, meters_html(made), told_of, kept

    button.click(
        on_mix,
        [desk, track, cards, *fields],
        [mix_strip, mixed, before, meters, said, files],
        concurrency_id=LINE,
        show_progress="minimal",
        show_progress_on=mix_strip,
        api_visibility="private",
    )


def meters_html(project: Project) -> str:
    """Loudness of the song and how far the voice stands in front, as bars and numbers."""
    measured = project.made.mixed.measured
    rows = [
        ("Loudness", measured.loudness_lufs, "LUFS", _share(measured.loudness_lufs)),
        ("True peak", measured.true_peak_dbtp, "dBTP", _share(measured.true_peak_dbtp)),
        ("Limiter, most", measured.limited_db, "dB", measured.limited_db / 12.0),
    ]
    if measured.lead_lu is not None:
        rows.append(("Voice in front", measured.lead_lu, "LU", (measured.lead_lu + 10) / 20))
    return '<div class="meters">' + "".join(_meter(*row) for row in rows) + "</div>"


def _share(decibels: float) -> float:
    return 1.0 - decibels / QUIETEST_LUFS


def _meter(name: str, value: float, unit: str, share: float) -> str:
    wide = round(100 * min(max(share, 0.0), 1.0))
    return (
        f'<div class="row-meter"><span>{escape(name)}</span><span class="scale" '
        f'aria-hidden="true"><span style="width:{wide}%"></span></span>'
        f"<span>{value:.1f} {unit}</span></div>"
    )


def _drawn(track: Track, start: str) -> str:
    asked = parse_start(start.strip())
    if isinstance(asked, AtBar):
        enters_s = second_of_bar(asked.bar, track.found.downbeats_s)
    else:
        enters_s = asked.seconds
    return track_picture(track.found, track.audio(), enters_s)


def _faders() -> tuple[gr.Textbox, list[gr.components.Component]]:
    start = gr.Textbox(
        "1", label="The voice enters at", info="A bar such as 3, or seconds such as 7.5s.",
        max_length=12, elem_id="start",
    )  # fmt: skip
    names = [(f"{name}: {preset.summary}", name) for name, preset in PRESETS.items()]
    preset = gr.Dropdown(names, value="pop", label="Way of mixing")
    lead = gr.Slider(-10, 10, 2, step=0.5, label="Voice in front (LU)")
    loudness = gr.Slider(-24, -8, -14, step=0.5, label="Loudness of the song (LUFS)")
    with_track = gr.Checkbox(True, label="Sing at the tempo of the track")
    return start, [start, preset, lead, loudness, with_track]
