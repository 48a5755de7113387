"""The form: where something new begins, and which parts are alike.

Novelty along the diagonal of a self-similarity matrix over bars (Foote 2000); parts are alike where
bar after bar of one resembles the other.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import scipy

from voice.analysis.model import Section

Floats = npt.NDArray[np.float64]

TIMBRE_NUMBERS = 12
KERNEL_BARS = 8
SHORTEST_BARS = 4
ALIKE = 0.72
LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def bar_features(mel: Floats, chroma: Floats) -> Floats:
    """Sound and harmony of each bar, `(bars, features)`, each half of about equal weight.

    Args:
        mel: mean log-mel spectrum of each bar, `(bars, mels)`.
        chroma: its pitch classes, `(bars, 12)`.
    """
    timbre = scipy.fft.dct(mel, axis=1, norm="ortho")[:, :TIMBRE_NUMBERS]
    timbre = timbre - timbre.mean(axis=0)
    timbre[:, 1:] *= 1.5
    timbre /= max(float(np.sqrt(np.mean(np.sum(timbre**2, axis=1)))), 1e-9)
    tones = chroma / np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9)
    tones = tones - tones.mean(axis=0)
    tones /= max(float(np.sqrt(np.mean(np.sum(tones**2, axis=1)))), 1e-9)
    return np.concatenate([timbre, 0.6 * tones], axis=1)


def find_sections(edges_s: Floats, features: Floats) -> tuple[tuple[Section, ...], float]:
    """The parts of the form, from the first edge to the last, and how clear their bounds are.

    Args:
        edges_s: where each bar begins and the last ends, `(bars + 1,)`.
    """
    bars = len(features)
    if bars == 0:
        return (), 0.0
    distances = np.linalg.norm(features[:, None] - features[None, :], axis=2)
    likeness = np.exp(-((distances / max(float(np.median(distances)), 1e-9)) ** 2))
    bounds, clearness = _bounds(likeness)
    labels = _labels(likeness, bounds)
    sections = tuple(
        Section(float(edges_s[first]), float(edges_s[last]), label)
        for first, last, label in zip(bounds, bounds[1:], labels, strict=False)
    )
    return sections, clearness


def _bounds(likeness: Floats) -> tuple[list[int], float]:
    bars = len(likeness)
    if bars < 2 * SHORTEST_BARS:
        return [0, bars], 0.0
    novelty = _novelty(likeness, min(KERNEL_BARS, bars // 2))
    threshold = float(novelty.mean() + 0.5 * novelty.std())
    peaks, _ = scipy.signal.find_peaks(novelty, height=threshold, distance=SHORTEST_BARS)
    inner = [int(p) for p in peaks if SHORTEST_BARS <= p <= bars - SHORTEST_BARS]
    clearness = float(np.clip(np.mean(novelty[inner]) * 2.0, 0.0, 1.0)) if inner else 0.0
    return [0, *inner, bars], clearness


def _novelty(likeness: Floats, reach: int) -> Floats:
    """How much the bars before a bar line differ from those after it, `(bars,)`."""
    bars = len(likeness)
    taper = np.exp(-0.5 * ((np.arange(-reach, reach) + 0.5) / (0.5 * reach)) ** 2)
    sign = np.sign(np.arange(-reach, reach) + 0.5)
    kernel = np.outer(taper, taper) * np.outer(sign, sign)
    padded = np.pad(likeness, reach, mode="edge")
    scale = float(np.abs(kernel).sum())
    return np.array(
        [
            float((padded[bar : bar + 2 * reach, bar : bar + 2 * reach] * kernel).sum()) / scale
            for bar in range(bars)
        ]
    )


def _labels(likeness: Floats, bounds: list[int]) -> list[str]:
    """The label of the part that resembles this one most, or a new one."""
    spans = list(itertools.pairwise(bounds))
    labels: list[int] = []
    for index, span in enumerate(spans):
        alike = [_alike(likeness, spans[other], span) for other in range(index)]
        nearest = int(np.argmax(alike)) if alike else -1
        if alike and alike[nearest] >= ALIKE:
            labels.append(labels[nearest])
        else:
            labels.append(max(labels, default=-1) + 1)
    return [LABELS[label % len(LABELS)] + "'" * (label // len(LABELS)) for label in labels]


def _alike(likeness: Floats, first: tuple[int, int], second: tuple[int, int]) -> float:
    """The mean likeness along the best diagonal through two parts."""
    block = likeness[first[0] : first[1], second[0] : second[1]]
    shorter = min(block.shape)
    needed = max(1, shorter // 2 + 1)
    return max(
        float(np.diagonal(block, offset).mean())
        for offset in range(-block.shape[0] + 1, block.shape[1])
        if len(np.diagonal(block, offset)) >= needed
    )
