"""A take as a picture: what was written, what was sung, and its spectrogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vocoder.frames import GRID
from vocoder.mel import log_mel
from vocoder.pitch import hz_to_midi
from voice.take import VocalTake

if TYPE_CHECKING:
    from matplotlib.figure import Figure

QUIET, LOUD = -9.0, 1.0
INK, SUNG, NOTE = "#222222", "#c8352b", "#8fb4d9"


def draw_take(take: VocalTake, first_s: float = 0.0, last_s: float | None = None) -> Figure:
    """Notes with their syllables and the pitch that is sung above, the mel spectrogram below.

    Drawn on a figure of its own, so that nothing is shared between threads.
    """
    from matplotlib.figure import Figure

    frames = take.frames
    end_s = take.audio.duration_s if last_s is None else last_s
    figure = Figure(figsize=(11.0, 5.5), layout="constrained")
    melody, sound = figure.subplots(2, 1, sharex=True, height_ratios=(1.1, 1.0))
    for note in frames.notes:
        length_s = note.end_s - note.start_s
        melody.barh(note.midi, length_s, left=note.start_s, height=0.9, color=NOTE, alpha=0.6)
        if first_s <= note.start_s < end_s:
            melody.text(
                note.start_s, note.midi + 0.8, note.text, fontsize=9, color=INK, clip_on=True
            )
    midi = np.where(frames.pitch.voiced, hz_to_midi(frames.pitch.hz), np.nan)
    melody.plot(GRID.centres_s(frames.frames), midi, color=SUNG, linewidth=1.4)
    melody.set_ylabel("MIDI note")
    mel = log_mel(_padded(take))
    sound.imshow(
        mel,
        aspect="auto",
        origin="lower",
        extent=(0.0, GRID.frames_to_seconds(mel.shape[1]), 0, mel.shape[0]),
        vmin=QUIET,
        vmax=LOUD,
        cmap="magma",
    )
    sound.set_ylabel("mel band")
    sound.set_xlabel("seconds")
    sound.set_xlim(first_s, end_s)
    shown = [note.midi for note in frames.notes if first_s <= note.end_s and note.start_s < end_s]
    if shown:
        melody.set_ylim(min(shown) - 2.0, max(shown) + 3.0)
    return figure


def _padded(take: VocalTake) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    samples = take.audio.mono().samples[0]
    whole = GRID.frames_to_samples(GRID.samples_to_frames(len(samples)))
    return np.pad(samples, (0, whole - len(samples)))
