"""Chords, beat by beat: 24 triads and none, by a Viterbi search over bass and treble."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.analysis.model import ChordSpan, Mode

Floats = npt.NDArray[np.float64]

TRIADS = 24
NONE = 24
FIT = 12.0
BASS_FIT = 3.0
NONE_FIT = 0.45
CHANGE = 1.8
CHANGE_ON_BAR = 0.9
MODES: tuple[Mode, Mode] = ("major", "minor")
THIRDS = (4, 3)
BASS_SHARES = (1.0, 0.45, 0.5)


def find_chords(
    edges_s: Floats, treble: Floats, bass: Floats, first_beats: npt.NDArray[np.bool_]
) -> tuple[ChordSpan, ...]:
    """The likeliest chords, neighbours that are equal joined.

    Args:
        edges_s: where each span begins and the last ends, `(spans + 1,)`.
        treble, bass: pitch classes of each span, `(spans, 12)`.
        first_beats: which spans begin a bar; there chords change more easily.
    """
    if not len(treble):
        return ()
    states = _path(_fits(treble, bass), first_beats)
    spans: list[ChordSpan] = []
    for index, state in enumerate(states):
        root = None if state == NONE else int(state) % 12
        mode = "major" if state == NONE else MODES[int(state) // 12]
        start_s, end_s = float(edges_s[index]), float(edges_s[index + 1])
        if spans and (spans[-1].root, spans[-1].mode) == (root, mode):
            spans[-1] = ChordSpan(spans[-1].start_s, end_s, root, mode)
        else:
            spans.append(ChordSpan(start_s, end_s, root, mode))
    return tuple(spans)


def chord_confidence(treble: Floats, bass: Floats) -> float:
    """How far the best triad of each span is before the second, 0-1."""
    if not len(treble):
        return 0.0
    fits = np.sort(_fits(treble, bass)[:, :TRIADS], axis=1)
    lead = fits[:, -1] - fits[:, -2]
    return float(np.clip(np.mean(1.0 - np.exp(-1.5 * lead)), 0.0, 1.0))


def _fits(treble: Floats, bass: Floats) -> Floats:
    """How well each chord explains each span, `(spans, 25)`, in natural logarithm."""
    templates = np.zeros((TRIADS, 12))
    low = np.zeros((TRIADS, 12))
    for state in range(TRIADS):
        root, third = state % 12, THIRDS[state // 12]
        for step, share in zip((0, third, 7), BASS_SHARES, strict=True):
            templates[state, (root + step) % 12] = 1.0
            low[state, (root + step) % 12] = share
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    lengths = np.linalg.norm(treble, axis=1, keepdims=True)
    alike = treble @ templates.T / np.maximum(lengths, 1e-9)
    heights = bass.sum(axis=1, keepdims=True)
    under = bass @ low.T / np.maximum(heights, 1e-9)
    fits = np.empty((len(treble), TRIADS + 1))
    fits[:, :TRIADS] = FIT * alike + BASS_FIT * under
    fits[:, NONE] = FIT * NONE_FIT + BASS_FIT * 0.4
    silent = lengths[:, 0] < 1e-6
    fits[silent, NONE] = fits[silent].max(axis=1) + FIT
    return fits


def _path(fits: Floats, first_beats: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Viterbi: every change costs the same, less where a bar begins."""
    spans, states = fits.shape
    score = fits[0].copy()
    origin = np.zeros((spans, states), dtype=np.int64)
    for span in range(1, spans):
        cost = CHANGE_ON_BAR if first_beats[span] else CHANGE
        best = int(np.argmax(score))
        changed = score[best] - cost
        stay = score >= changed
        origin[span] = np.where(stay, np.arange(states), best)
        score = np.where(stay, score, changed) + fits[span]
    path = np.empty(spans, dtype=np.int64)
    path[-1] = int(np.argmax(score))
    for span in range(spans - 1, 0, -1):
        path[span - 1] = origin[span, path[span]]
    return path
