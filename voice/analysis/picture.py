"""An analysis as a picture: waveform, bars, chords by name, sections in colour."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vocoder.audio import Audio
from voice.analysis.model import TrackAnalysis
from voice.errors import OutputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS = 4_000
INK, WAVE, BAR = "#222222", "#5b6b7d", "#c8352b"
COLOURS = ("#8fb4d9", "#f2b880", "#a7d3a6", "#d9a7c7", "#e6dc8a", "#b9b3e0", "#9fd6d2", "#e0a59a")
ROW_S = 45.0
CHORD_LINES = (1.38, 1.74)
LETTER_POINTS, GAP_POINTS = 5.6, 2.0
"""Of 8-point letters, the widest of them; and what stands between two names at least."""
STRIP_SHARE = 0.97
"""Of the figure's width that a strip takes."""


def draw_analysis(audio: Audio, analysis: TrackAnalysis, name: str = "") -> Figure:
    """One strip for every `ROW_S` of the track, on a figure of its own."""
    from matplotlib.figure import Figure

    rows = max(1, int(np.ceil(analysis.length_s / ROW_S)))
    figure = Figure(figsize=(14.0, 1.0 + 1.45 * rows), layout="constrained")
    meter = "{}/{}".format(*analysis.meter)
    figure.suptitle(
        f"{name}   {analysis.tempo_bpm:.2f} bpm   {meter}   {analysis.key}", color=INK, fontsize=13
    )
    strips = figure.subplots(rows, 1, squeeze=False)[:, 0]
    times_s, low, high = _outline(audio)
    scale = max(float(np.abs([low, high]).max()), 1e-6)
    for row, strip in enumerate(strips):
        begin, end = row * ROW_S, (row + 1) * ROW_S
        shown = (times_s >= begin) & (times_s <= end)
        _sections(strip, analysis, begin, end)
        strip.fill_between(
            times_s[shown], low[shown] / scale, high[shown] / scale, color=WAVE, linewidth=0
        )
        _bars(strip, analysis, begin, end)
        _chords(figure, strip, analysis, begin, end)
        strip.set(xlim=(begin, end), ylim=(-1.05, 2.1), yticks=[])
        strip.spines[["top", "left", "right"]].set_visible(False)
    strips[-1].set_xlabel("seconds")
    return figure


def check_picture(path: Path) -> None:
    """Refuse, before any work is done, a picture that could not be written.

    Raises:
        OutputError: a suffix other than .png, or no such folder.
    """
    if path.suffix.lower() != ".png":
        raise OutputError(f"{path}: pictures are written as .png; end its name in .png")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}; make it first")


def save_picture(path: Path, audio: Audio, analysis: TrackAnalysis, name: str = "") -> None:
    """Write the picture whole or not at all.

    Raises:
        OutputError: a suffix other than .png, or a place that cannot be written to.
    """
    check_picture(path)
    partial = path.with_name(f".{path.stem}.partial.png")
    try:
        draw_analysis(audio, analysis, name).savefig(partial, dpi=110)
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        partial.unlink(missing_ok=True)


def _outline(audio: Audio) -> tuple[Any, Any, Any]:
    """Moments, and the lowest and highest sample around each, `(points,)`."""
    samples = audio.mono().samples[0]
    points = min(POINTS, max(len(samples), 1))
    edges = np.linspace(0, len(samples), points + 1).astype(int)[:-1]
    low = np.minimum.reduceat(samples, edges)
    high = np.maximum.reduceat(samples, edges)
    return edges / audio.rate_hz, low, high


def _sections(strip: Any, analysis: TrackAnalysis, begin: float, end: float) -> None:
    for section in analysis.sections:
        if section.start_s < end and section.end_s > begin:
            colour = COLOURS[(ord(section.label[0]) - ord("A")) % len(COLOURS)]
            strip.axvspan(section.start_s, section.end_s, color=colour, alpha=0.45, linewidth=0)
            if begin <= section.start_s < end:
                strip.text(section.start_s, -1.0, f" {section.label}", fontsize=9, weight="bold")


def _bars(strip: Any, analysis: TrackAnalysis, begin: float, end: float) -> None:
    first = set(analysis.downbeats_s)
    inner = [each for each in analysis.beats_s if begin <= each < end]
    strip.vlines([each for each in inner if each not in first], -0.95, -0.8, color=INK, lw=0.5)
    strip.vlines([each for each in inner if each in first], -1.05, 1.1, color=BAR, lw=0.6)
    for number, each in enumerate(analysis.downbeats_s, start=1):
        if begin <= each < end and number % 4 == 1:
            strip.text(each, 1.08, str(number), fontsize=6, color=BAR)


def _chords(figure: Figure, strip: Any, analysis: TrackAnalysis, begin: float, end: float) -> None:
    """Names on two lines, where there is room; a short stroke for each that has none."""
    second_per_point = (end - begin) / (72.0 * figure.get_figwidth() * STRIP_SHARE)
    free = [begin] * len(CHORD_LINES)
    for chord in analysis.chords:
        if chord.root is None or not begin <= chord.start_s < end:
            continue
        wide_s = (len(chord.name) * LETTER_POINTS + GAP_POINTS) * second_per_point
        line = next((line for line, from_s in enumerate(free) if chord.start_s >= from_s), None)
        if line is None:
            strip.vlines(chord.start_s, CHORD_LINES[0], CHORD_LINES[0] + 0.12, color=INK, lw=0.5)
            continue
        free[line] = chord.start_s + wide_s
        strip.text(
            chord.start_s, CHORD_LINES[line], chord.name, fontsize=8, color=INK, clip_on=True
        )
