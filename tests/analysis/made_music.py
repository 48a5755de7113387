"""Small tracks of which everything is known: triads, a bass and a drummer, added up from sines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vocoder.audio import Audio

Floats = npt.NDArray[np.float64]

PARTIALS = (1.0, 0.5, 0.3, 0.15, 0.08)


@dataclass(frozen=True)
class Music:
    """What is played: one triad a bar, given as (root, third above it)."""

    bpm: float
    beats_in_bar: int
    triads: Sequence[tuple[int, int]]
    lead_s: float = 0.25
    rate_hz: int = 22_050
    cents: float = 0.0

    @property
    def beat_s(self) -> float:
        return 60.0 / self.bpm

    @property
    def bars_s(self) -> list[float]:
        bar_s = self.beat_s * self.beats_in_bar
        return [self.lead_s + number * bar_s for number in range(len(self.triads))]

    @property
    def length_s(self) -> float:
        return self.lead_s + self.beat_s * self.beats_in_bar * len(self.triads) + 0.2


def play(music: Music) -> Audio:
    """Chords strummed on every beat, the root in the bass on the first, kick, snare and hats."""
    sound = np.zeros(round(music.length_s * music.rate_hz))
    random = np.random.default_rng(1)
    for bar_s, (root, third) in zip(music.bars_s, music.triads, strict=True):
        _add(sound, music, bar_s, 36 + root, music.beat_s * (music.beats_in_bar - 0.1), 0.35)
        for beat in range(music.beats_in_bar):
            second = bar_s + beat * music.beat_s
            for step in (0, third, 7):
                _add(sound, music, second, 60 + (root + step) % 12, 0.9 * music.beat_s, 0.12)
            if beat == 0:
                _hit(sound, music, second, np.sin(2 * np.pi * 55 * _time(music, 0.12)), 0.8)
            else:
                _hit(sound, music, second, random.normal(0, 1, len(_time(music, 0.1))), 0.12)
            for half in (0.0, 0.5):
                tick = random.normal(0, 1, len(_time(music, 0.03)))
                _hit(sound, music, second + half * music.beat_s, np.diff(tick), 0.05)
    samples = (0.5 * sound / np.abs(sound).max()).astype(np.float32)
    return Audio(np.stack([samples, samples]), music.rate_hz)


def drone(length_s: float = 20.0, rate_hz: int = 22_050) -> Audio:
    """A chord that neither begins nor ends."""
    time_s = np.arange(round(length_s * rate_hz)) / rate_hz
    sound = sum(np.sin(2 * np.pi * hz * time_s) for hz in (110.0, 164.8, 220.0, 277.2))
    return Audio((0.1 * np.asarray(sound))[None].astype(np.float32), rate_hz)


def murmur(length_s: float = 40.0, rate_hz: int = 22_050) -> Audio:
    """Syllables of noise and voice at no regular time, as in speech."""
    random = np.random.default_rng(3)
    sound = np.zeros(round(length_s * rate_hz))
    second = 0.1
    while second < length_s - 0.6:
        lasts_s = random.uniform(0.07, 0.32)
        time_s = np.arange(round(lasts_s * rate_hz)) / rate_hz
        hz = random.uniform(140, 240) * (1 + 0.2 * random.normal() * time_s)
        voice = sum(np.sin(2 * np.pi * k * np.cumsum(hz) / rate_hz) / k for k in range(1, 12))
        first = round(second * rate_hz)
        sound[first : first + len(time_s)] += np.asarray(voice) * np.hanning(len(time_s))
        second += lasts_s + float(random.exponential(0.12))
    return Audio((0.1 * sound)[None].astype(np.float32), rate_hz)


def _time(music: Music, length_s: float) -> Floats:
    return np.arange(round(length_s * music.rate_hz)) / music.rate_hz


def _add(
    sound: Floats, music: Music, second: float, midi: int, length_s: float, level: float
) -> None:
    time_s = _time(music, length_s)
    hz = 440.0 * 2.0 ** ((midi - 69 + music.cents / 100.0) / 12.0)
    tone = sum(
        share * np.sin(2 * np.pi * hz * number * time_s)
        for number, share in enumerate(PARTIALS, start=1)
    )
    decay = np.exp(-2.0 * time_s) * np.minimum(1.0, (length_s - time_s) / 0.02)
    first = round(second * music.rate_hz)
    sound[first : first + len(time_s)] += level * np.asarray(tone) * decay


def _hit(sound: Floats, music: Music, second: float, noise: Floats, level: float) -> None:
    first = round(second * music.rate_hz)
    decay = np.exp(-6.0 * np.arange(len(noise)) / len(noise))
    sound[first : first + len(noise)] += level * noise * decay
