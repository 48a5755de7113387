"""The web page: a second skin over the studio, for a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from consent.errors import ConsentError
from lyrics.errors import LyricsError
from vocoder.errors import SoundError
from voice.cli.orders import in_words, parse_transposition, parse_verse
from voice.drawing import draw_take
from voice.errors import MelismaError
from voice.score.inline import read_inline
from voice.score.reading import read_score
from voice.studio import SingOptions, Studio

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MENDABLE = (MelismaError, LyricsError, SoundError, ConsentError)
EXAMPLE = "tempo=84 G4:1 For F#4:1/2 the G4 _ A4:1 beau- G4 ty C5 of C5 the B4:2 earth"
LARGEST_UPLOAD = "8mb"

Shown = tuple[tuple[int, npt.NDArray[np.int16]], "Figure", str]


def sing(
    studio: Studio, line: str, file: str | None, voice: str, verse: str, transpose: str
) -> Shown:
    """A take as sound, picture and words; the line is never taken for the name of a file."""
    score = read_inline(line) if file is None else read_score(Path(file))
    options = SingOptions(verse=parse_verse(verse), transpose=parse_transposition(transpose))
    take = studio.sing(score, voice, options)
    samples = take.audio.samples[0] / max(take.audio.peak, 1.0)
    sound = (take.audio.rate_hz, np.round(samples * 32_767).astype(np.int16))
    told = [f"sung by {take.voice}, {in_words(take.transposed_semitones)}", take.credit]
    return sound, draw_take(take), "\n\n".join([*take.warnings, *told])


def page(studio: Studio) -> Any:
    """The page, ready to be launched."""
    import gradio as gr

    def on_sing(line: str, file: str | None, voice: str, verse: str, transpose: str) -> Shown:
        try:
            return sing(studio, line, file, voice, verse, transpose)
        except MENDABLE as error:
            raise gr.Error(str(error), print_exception=False) from error

    with gr.Blocks(title="Melisma") as blocks:
        gr.Markdown("# Melisma\nA melody and its words in, a sung voice out.")
        line = gr.Textbox(EXAMPLE, label="A song in one line (grammar: docs/SCORES.md)")
        file = gr.File(label="or a score: MIDI, MusicXML, ABC, UST, USTX …", type="filepath")
        with gr.Row():
            voice = gr.Dropdown(list(studio.voices.names()), label="Voice")
            verse = gr.Textbox("1", label="Verse (number or all)")
            transpose = gr.Textbox("octave", label="Transpose (semitones, auto, octave, none)")
        button = gr.Button("Sing", variant="primary")
        outputs = [gr.Audio(label="Vocal"), gr.Plot(label="Melody and sound"), gr.Markdown()]
        button.click(on_sing, [line, file, voice, verse, transpose], outputs, concurrency_limit=1)
    return blocks.queue(max_size=8)


def main(port: int | None = None) -> None:
    """Open the page on this machine alone."""
    page(Studio.open()).launch(
        server_name="127.0.0.1", server_port=port, max_file_size=LARGEST_UPLOAD
    )
