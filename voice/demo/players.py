"""Players, fields for sound and lists of files, all alike and in the page's own colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import gradio as gr

WAVE, PLAYED = "#a79e8d", "#559a88"
"""Grey and green that stand out from paper and from a dark room alike."""


def player(label: str, elem_id: str, autoplay: bool = False) -> gr.Audio:
    """Plays what was made, once there is something."""
    return gr.Audio(
        label=label,
        type="filepath",
        interactive=False,
        buttons=["download"],
        autoplay=autoplay,
        visible=False,
        elem_id=elem_id,
        waveform_options=_waves(),
    )


def sound_field(
    label: str, elem_id: str, sources: Sequence[Literal["upload", "microphone"]]
) -> gr.Audio:
    """Takes a sound from a file or the microphone."""
    return gr.Audio(
        label=label,
        sources=list(sources),
        type="filepath",
        buttons=[],
        elem_id=elem_id,
        elem_classes="drop",
        waveform_options=_waves(),
    )


def to_take_home(label: str, elem_id: str) -> gr.Files:
    """What was made, as files to be kept, once there are some."""
    return gr.Files(
        label=label, interactive=False, visible=False, elem_id=elem_id, elem_classes="keeps"
    )


def _waves() -> gr.WaveformOptions:
    return gr.WaveformOptions(waveform_color=WAVE, waveform_progress_color=PLAYED)
