"""A classifier and a distance whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
from made import Vowel, sound_of

from benchmarks.telling import Clip, coded, modulation_row, told_row

STRINGS, FRAMES = 8, 300


def clip(number: int, made: bool, shift: float = 0.0, smooth: float = 0.0) -> Clip:
    random = np.random.default_rng(2 * number + made)
    mel = scipy.ndimage.gaussian_filter1d(random.normal(0.0, 1.0, (128, FRAMES)), 2.0, axis=1)
    mel[100:] += shift
    if smooth:
        mel = scipy.ndimage.gaussian_filter1d(mel, smooth, axis=1)
    return Clip(f"{number}", f"string {number // 2}", made, mel)


def clips(shift: float = 0.0, smooth: float = 0.0) -> list[Clip]:
    return [
        clip(number, made, shift * made, smooth * made)
        for number in range(2 * STRINGS)
        for made in (False, True)
    ]


def test_what_is_the_same_is_not_told_apart() -> None:
    row = told_row("made", clips(), "rendered", 80.0)
    assert 30.0 < row.value < 70.0
    assert row.met is True
    assert row.n == 2 * 2 * STRINGS * (FRAMES // 43)


def test_another_colour_is_told_apart() -> None:
    row = told_row("made", clips(shift=1.0), "rendered", 80.0)
    assert row.value > 95.0
    assert row.met is False


def test_smooth_bands_move_otherwise() -> None:
    assert modulation_row("made", clips()).value == pytest.approx(1.0, abs=0.25)
    assert modulation_row("made", clips(smooth=3.0)).value > 2.0


def test_the_codec_keeps_time_and_level() -> None:
    sound = sound_of([Vowel(0.3, 0.9, 60)], 1.2)
    heard = coded(sound)
    length = min(sound.length_samples, heard.length_samples)
    assert abs(sound.length_samples - heard.length_samples) <= 2
    alike = np.corrcoef(sound.samples[0, :length], heard.samples[0, :length])[0, 1]
    assert alike > 0.99
