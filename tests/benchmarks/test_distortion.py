"""Mel-cepstral distortion of a known change of the spectrum."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from made import RATE_HZ, Vowel, sound_of, tilted

from benchmarks.measures import copy_measures

Floats = npt.NDArray[np.float64]


def mel_of(hz: Floats) -> Floats:
    return np.asarray(1127.01048 * np.log1p(hz / 700.0))


def test_one_cepstral_wave_distorts_by_half_its_effective_value_in_decibels() -> None:
    """A log gain of a cos(mel) has the effective value 20 / ln 10 * a / sqrt 2.

    That is its distortion with SPTK's mel-cepstra, which WORLD's coded envelope exceeds by sqrt 2;
    the measure divides by 2 sqrt 2.
    """
    sound = sound_of([Vowel(0.05, 0.75, 57)], 0.8)
    hz = np.fft.rfftfreq(sound.length_samples, 1.0 / RATE_HZ).astype(np.float64)
    mel = np.clip(mel_of(hz), mel_of(np.array(40.0)), mel_of(np.array(12_000.0)))
    place = (mel - mel.min()) / (mel.max() - mel.min())
    wave = copy_measures(sound, tilted(sound, 0.4 * np.cos(np.pi * place)))
    effective_db = 20.0 / np.log(10.0) * 0.4 / np.sqrt(2.0)
    assert wave.mel_cepstral_distortion_db == pytest.approx(effective_db / 2.0, rel=0.05)
