"""Plays the four voices of the example hymn on plucked strings and a soft organ.

    python examples/make_instrumental.py

writes `for_the_beauty_of_the_earth.ogg` beside the score: two bars of introduction, two verses, a
last chord. Strings after Karplus and Strong (1983), an organ of a few sines, pedalboard's room.
The same score gives the same samples (the Ogg stream's serial number differs).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.signal
import soundfile
from pedalboard import Chorus, HighpassFilter, Pedalboard, Reverb

from vocoder.audio import Audio
from voice.mixing.limiter import limited
from voice.mixing.loudness import gain_of, integrated_lufs

Floats = npt.NDArray[np.float64]

SCORE = Path(__file__).with_name("for_the_beauty_of_the_earth.abc")
OUT = SCORE.with_suffix(".ogg")
RATE_HZ = 44_100
QUARTER_S = 60.0 / 92.0
BAR_BEATS = 4
INTRO_BEATS = 2 * BAR_BEATS
VERSES = 2
RING_S = 4.0
LOUDNESS_LUFS = -20.0
CEILING_DBTP = -1.0
COMPRESSION = 0.95
BLOCK_SAMPLES = 65_536
"""libsndfile's Vorbis encoder overflows on long blocks."""

STEPS = {"C": 0, "D": 2, "E": 4, "F": 6, "G": 7, "A": 9, "B": 11}
"""Semitones above C in G major, where F is sharp."""
NOTE = re.compile(r"([A-Ga-g])([,']*)(\d*)(/?)(\d*)")


@dataclass(frozen=True)
class Played:
    """One note of one voice, in quarter notes."""

    start: Fraction
    length: Fraction
    midi: int


def voices(abc: str) -> list[list[Played]]:
    """Soprano, alto, tenor and bass of an ABC file without accidentals, chords or ties."""
    found: dict[str, list[Played]] = {}
    for name, music in re.findall(r"^\[V: (\w+)\](.*)$", abc, re.MULTILINE):
        row = found.setdefault(name, [])
        for letter, marks, above, slash, below in NOTE.findall(re.sub(r"\[.*?\]", "", music)):
            start = row[-1].start + row[-1].length if row else Fraction(0)
            length = Fraction(int(above or 1), int(below or 2) if slash else 1)
            octave = (5 if letter.islower() else 4) + marks.count("'") - marks.count(",")
            row.append(Played(start, length, 12 * (octave + 1) + STEPS[letter.upper()]))
    return list(found.values())


def plucked(midi: int, seconds: float, random: np.random.Generator) -> Floats:
    """A string: noise that runs round a loop of one period and loses its edge on the way."""
    hz = 440.0 * 2.0 ** ((midi - 69) / 12.0)
    period = RATE_HZ / hz - 0.5
    whole = int(period)
    share = period - whole
    decay = 0.5 ** (1.0 / (hz * 0.9))
    loop = np.zeros(whole + 3)
    loop[whole : whole + 3] = -decay * np.convolve([1.0 - share, share], [0.5, 0.5])
    loop[0] = 1.0
    burst = np.zeros(round(seconds * RATE_HZ))
    soft = scipy.signal.lfilter([0.25], [1.0, -0.75], random.uniform(-1.0, 1.0, whole))
    burst[: len(soft)] = (soft - soft.mean())[: len(burst)]
    tone = scipy.signal.lfilter([1.0], loop, burst)
    fade = min(len(tone), round(0.05 * RATE_HZ))
    tone[len(tone) - fade :] *= np.linspace(1.0, 0.0, fade)
    return np.asarray(tone)


def held(midi: int, seconds: float) -> Floats:
    """A soft organ pipe."""
    hz = 440.0 * 2.0 ** ((midi - 69) / 12.0)
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    tone = sum(
        level * np.sin(2.0 * np.pi * hz * partial * time_s)
        for partial, level in ((1, 1.0), (2, 0.35), (3, 0.12), (4, 0.05))
    )
    swell = np.clip(time_s / 0.12, 0.0, 1.0) * np.clip((seconds - time_s) / 0.15, 0.0, 1.0)
    return np.asarray(tone * swell)


class Stage:
    """Two channels on which notes are laid."""

    def __init__(self, seconds: float) -> None:
        self.samples = np.zeros((2, round(seconds * RATE_HZ)))

    def lay(self, tone: Floats, at_s: float, level: float, pan: float) -> None:
        """`pan` runs from 0, left, to 1, right."""
        first = round(at_s * RATE_HZ)
        room = self.samples.shape[1] - first
        for channel, side in enumerate((np.cos(pan * np.pi / 2), np.sin(pan * np.pi / 2))):
            self.samples[channel, first : first + len(tone)] += level * side * tone[:room]


def sounding(row: list[Played], beat: Fraction) -> Played:
    return next(note for note in row if note.start <= beat < note.start + note.length)


def play_strings(stage: Stage, rows: list[list[Played]], beat: Fraction, at_beat: Fraction) -> None:
    """Two eighths of broken chord on a beat, the bass where it moves."""
    random = np.random.default_rng(int(at_beat * 2))
    soprano, alto, tenor, bass = (sounding(row, beat) for row in rows)
    at_s = float(at_beat) * QUARTER_S
    if bass.start == beat:
        stage.lay(plucked(bass.midi, 2.5, random), at_s, 0.9, 0.5)
    high = soprano if int(beat) % 2 else alto
    for step, (note, pan) in enumerate(((tenor, 0.3), (high, 0.7))):
        stage.lay(plucked(note.midi, 2.0, random), at_s + step * QUARTER_S / 2, 0.55, pan)


def play_organ(stage: Stage, rows: list[list[Played]], first_s: float, level: float) -> None:
    """Alto and tenor, held as written."""
    for row, pan in ((rows[1], 0.35), (rows[2], 0.65)):
        for note in row:
            tone = held(note.midi, float(note.length) * QUARTER_S)
            stage.lay(tone, first_s + float(note.start) * QUARTER_S, level, pan)


def arranged(rows: list[list[Played]]) -> Floats:
    """Introduction (the last two bars), verses and a last chord, `(2, samples)`."""
    length = int(rows[0][-1].start + rows[0][-1].length)
    total = INTRO_BEATS + VERSES * length
    stage = Stage(total * QUARTER_S + RING_S)
    for beat in range(INTRO_BEATS):
        play_strings(stage, rows, Fraction(length - INTRO_BEATS + beat), Fraction(beat))
    for verse in range(VERSES):
        first = INTRO_BEATS + verse * length
        for beat in range(length):
            play_strings(stage, rows, Fraction(beat), Fraction(first + beat))
        play_organ(stage, rows, first * QUARTER_S, 0.03 + 0.02 * verse)
    random = np.random.default_rng(0)
    for step, row in enumerate(reversed(rows)):
        tone = plucked(row[-1].midi, RING_S - 0.1 * step, random)
        stage.lay(tone, total * QUARTER_S + 0.07 * step, 0.7, 0.5)
    return stage.samples


def finished(samples: Floats) -> Audio:
    """In a room, at a level that leaves space for a voice."""
    room = Pedalboard(
        [HighpassFilter(40.0), Chorus(mix=0.12), Reverb(room_size=0.5, wet_level=0.14, width=1.0)]
    )
    sound = room(samples.astype(np.float32), RATE_HZ)
    level = integrated_lufs(Audio(np.ascontiguousarray(sound), RATE_HZ))
    sound = sound * np.float32(gain_of(LOUDNESS_LUFS - level))
    made = limited(np.ascontiguousarray(sound), RATE_HZ, CEILING_DBTP)
    return Audio(made.samples, RATE_HZ)


def main() -> None:
    """Write the instrumental."""
    audio = finished(arranged(voices(SCORE.read_text(encoding="utf-8"))))
    with soundfile.SoundFile(
        OUT, "w", RATE_HZ, 2, "VORBIS", format="OGG", compression_level=COMPRESSION
    ) as file:
        for first in range(0, audio.length_samples, BLOCK_SAMPLES):
            file.write(audio.samples[:, first : first + BLOCK_SAMPLES].T)


if __name__ == "__main__":
    main()
