"""The pitch that is sung: the score's, with portamento, vibrato and a bounded lean of its own.

f0(t) = 440 * 2 ** ((m(t) - 69 + d(t)) / 12), m the written pitch with a cosine glide between
touching notes, d a deviation whose median over the middle of every note is zero: the centre of each
note is in tune by construction, whatever the network or the vibrato say.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.frames import GRID
from voice.expression import FramedNote

Floats = npt.NDArray[np.float64]

CENTRE_SHARE = 0.6
RAMP_SHARE = 0.2


@dataclass(frozen=True)
class Intonation:
    """How a melody is shaped between and on its notes."""

    portamento_s: float = 0.060
    vibrato_depth_cents: float = 22.0
    vibrato_rate_hz: float = 5.4
    vibrato_onset_s: float = 0.30
    vibrato_fade_s: float = 0.25
    vibrato_shortest_s: float = 0.55
    lean: float = 0.6

    def __post_init__(self) -> None:
        if not 0.0 <= self.vibrato_depth_cents <= 200.0:
            raise ValueError(f"vibrato depth lies in 0-200 cents, not {self.vibrato_depth_cents}")
        if not 3.0 <= self.vibrato_rate_hz <= 9.0:
            raise ValueError(f"vibrato rate lies in 3-9 Hz, not {self.vibrato_rate_hz}")
        if not 0.0 <= self.portamento_s <= 0.4:
            raise ValueError(f"portamento lasts 0-0.4 s, not {self.portamento_s}")


def written_pitch(notes: Sequence[FramedNote], frames: int) -> Floats:
    """The notes as steps, held through rests, in fractional MIDI notes, `(frames,)`."""
    times_s = GRID.centres_s(frames)
    curve = np.full(frames, notes[0].midi if notes else 60.0)
    for note in notes:
        curve[times_s >= note.start_s] = note.midi
    return curve


def glided(notes: Sequence[FramedNote], frames: int, portamento_s: float) -> Floats:
    """Written pitch with a cosine glide centred on every boundary of touching notes."""
    times_s = GRID.centres_s(frames)
    curve = written_pitch(notes, frames)
    for before, after in itertools.pairwise(notes):
        if after.start_s - before.end_s > 0.05 or portamento_s <= 0:
            continue
        room = 2.0 * RAMP_SHARE * min(before.end_s - before.start_s, after.end_s - after.start_s)
        width = min(portamento_s, room)
        share = (times_s - (after.start_s - width / 2)) / max(width, 1e-9)
        inside = (share > 0.0) & (share < 1.0)
        rise = 0.5 - 0.5 * np.cos(np.pi * share[inside])
        curve[inside] = before.midi + (after.midi - before.midi) * rise
    return curve


def vibrato(
    notes: Sequence[FramedNote], frames: int, style: Intonation, random: np.random.Generator
) -> Floats:
    """Semitones of vibrato on long notes, each a little different, `(frames,)`."""
    times_s = GRID.centres_s(frames)
    curve = np.zeros(frames)
    for note in notes:
        rate_hz = style.vibrato_rate_hz * random.uniform(0.94, 1.06)
        depth = style.vibrato_depth_cents / 100.0 * random.uniform(0.75, 1.25)
        phase = random.uniform(0.0, 2.0 * np.pi)
        if note.end_s - note.start_s < style.vibrato_shortest_s:
            continue
        inside = (times_s >= note.start_s + style.vibrato_onset_s) & (times_s < note.end_s)
        since = times_s[inside] - note.start_s - style.vibrato_onset_s
        left = note.end_s - times_s[inside]
        fade = np.clip(since / style.vibrato_fade_s, 0.0, 1.0) * np.clip(left / 0.1, 0.0, 1.0)
        curve[inside] = depth * fade * np.sin(2.0 * np.pi * rate_hz * since + phase)
    return curve


def centred(
    deviation: Floats, notes: Sequence[FramedNote], voiced: npt.NDArray[np.bool_]
) -> Floats:
    """The deviation with its median over the voiced middle of every note taken off.

    The correction holds from the note's first to its last frame and changes smoothly between
    notes, so that no step is heard.
    """
    frames = len(deviation)
    times_s = GRID.centres_s(frames)
    knots_s: list[float] = []
    offsets: list[float] = []
    for note in notes:
        length_s = note.end_s - note.start_s
        margin_s = (1.0 - CENTRE_SHARE) / 2.0 * length_s
        middle = (times_s >= note.start_s + margin_s) & (times_s <= note.end_s - margin_s)
        heard = middle & voiced
        chosen = heard if heard.any() else middle
        offset = float(np.median(deviation[chosen])) if chosen.any() else 0.0
        knots_s += [note.start_s + margin_s, note.end_s - margin_s]
        offsets += [offset, offset]
    if not knots_s:
        return deviation
    return np.asarray(deviation - np.interp(times_s, knots_s, offsets))
