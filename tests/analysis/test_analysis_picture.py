"""The picture of an analysis: chord names on busy tracks stand apart, and none goes unmarked."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vocoder.audio import Audio
from voice.analysis.model import ChordSpan, Key, Section, TrackAnalysis
from voice.analysis.picture import CHORD_LINES, draw_analysis

LENGTH_S = 60.0


def drawn(chord_s: float) -> tuple[Figure, TrackAnalysis]:
    """A track whose chord changes every `chord_s`, with the widest names among them."""
    beats = tuple(float(second) for second in np.arange(0.0, LENGTH_S, 0.5))
    roots = np.random.default_rng(0).integers(0, 12, round(LENGTH_S / chord_s))
    chords = tuple(
        ChordSpan(index * chord_s, (index + 1) * chord_s, int(root), "minor")
        for index, root in enumerate(roots)
    )
    analysis = TrackAnalysis(
        length_s=LENGTH_S,
        tempo_bpm=120.0,
        key=Key(0, "major"),
        meter=(4, 4),
        beats_s=beats,
        downbeats_s=beats[::4],
        chords=chords,
        sections=(Section(0.0, LENGTH_S, "A"),),
        loudness_lufs=-14.0,
        confidence={},
    )
    figure = draw_analysis(Audio(np.zeros((1, 240_000), np.float32), 4_000), analysis, "busy")
    FigureCanvasAgg(figure).draw()
    return figure, analysis


@pytest.mark.parametrize("chord_s", [0.25, 0.5, 1.0, 2.0])
def test_names_of_chords_never_overlap(chord_s: float) -> None:
    figure, analysis = drawn(chord_s)
    canvas = FigureCanvasAgg(figure)
    named = 0
    for strip in figure.axes:
        for line in CHORD_LINES:
            boxes = sorted(
                (
                    text.get_window_extent(canvas.get_renderer())
                    for text in strip.texts
                    if text.get_position()[1] == line
                ),
                key=lambda box: box.x0,
            )
            named += len(boxes)
            assert all(one.x1 < other.x0 for one, other in pairwise(boxes))
    strokes = sum(
        segment[0][1] == CHORD_LINES[0]
        for strip in figure.axes
        for lines in strip.collections
        if hasattr(lines, "get_segments")
        for segment in lines.get_segments()
    )
    assert named + strokes == len(analysis.chords)
    assert named == len(analysis.chords) if chord_s >= 1.0 else named > 60
