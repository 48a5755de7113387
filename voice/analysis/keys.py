"""The key: pitch classes over the track against the profile of each key.

Profiles of Albrecht and Shanahan, "The use of large corpora to train a new type of key-finding
algorithm" (Music Perception 2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voice.analysis.model import ChordSpan, Key, Mode

Floats = npt.NDArray[np.float64]

MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
MODES: tuple[Mode, Mode] = ("major", "minor")
BASS_SHARE = 0.4
CHORD_WEIGHT = 0.6
LAST_WEIGHT = 0.15
SHARPNESS = 18.0


@dataclass(frozen=True)
class FoundKey:
    """The likeliest key and how likely it is among all."""

    key: Key
    confidence: float


def find_key(treble: Floats, bass: Floats, chords: tuple[ChordSpan, ...]) -> FoundKey:
    """The key of the whole track.

    Args:
        treble, bass: pitch classes of spans of about equal length, `(spans, 12)`.
        chords: what was heard in them; how long the tonic triad sounds, and whether the track ends
            on it, tells a key from its relative.
    """
    scores = _profile_scores(_mean(treble) + BASS_SHARE * _mean(bass))
    scores = scores + CHORD_WEIGHT * _tonic_shares(chords) + LAST_WEIGHT * _last(chords)
    likely = np.exp(SHARPNESS * (scores - scores.max()))
    best = int(np.argmax(scores))
    return FoundKey(Key(best % 12, MODES[best // 12]), float(likely[best] / likely.sum()))


def _mean(chroma: Floats) -> Floats:
    """Every span counts the same, however loud."""
    heights = chroma.max(axis=1, keepdims=True)
    mean = (chroma / np.maximum(heights, 1e-9)).mean(axis=0)
    return np.asarray(mean / max(float(mean.sum()), 1e-9))


def _profile_scores(chroma: Floats) -> Floats:
    """Correlation with each key's profile: twelve major, twelve minor."""
    return np.array(
        [
            _correlation(chroma, np.roll(profile, tonic))
            for profile in (MAJOR, MINOR)
            for tonic in range(12)
        ]
    )


def _correlation(first: Floats, second: Floats) -> float:
    if first.std() < 1e-12:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _tonic_shares(chords: tuple[ChordSpan, ...]) -> Floats:
    shares = np.zeros(24)
    for chord in chords:
        if chord.root is not None:
            shares[chord.root + 12 * MODES.index(chord.mode)] += chord.end_s - chord.start_s
    return np.asarray(shares / max(float(shares.sum()), 1e-9))


def _last(chords: tuple[ChordSpan, ...]) -> Floats:
    ends = np.zeros(24)
    sounding = [chord for chord in chords if chord.root is not None]
    for chord in (*sounding[-1:], *sounding[:1]):
        if chord.root is not None:
            ends[chord.root + 12 * MODES.index(chord.mode)] += 1.0 if chord is sounding[-1] else 0.5
    return ends
