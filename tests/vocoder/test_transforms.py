"""Spectra: NumPy against torch, against librosa, and back to the wave."""

from __future__ import annotations

import librosa
import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sounds import buzz

from vocoder import overlap
from vocoder.frames import FFT_SAMPLES, HOP_SAMPLES
from vocoder.mel import LOG_FLOOR, log_mel, mel_filterbank
from vocoder.networks import istft as torch_pair
from vocoder.training.crops import MEL_MARGIN_SAMPLES
from vocoder.training.losses import LogMel

WINDOW = torch.from_numpy(overlap.hann_window().copy())


@settings(max_examples=15, deadline=None)
@given(subframes=st.integers(1, 40), seed=st.integers(0, 99))
def test_transform_and_inverse_give_the_wave_back(subframes: int, seed: int) -> None:
    wave = np.random.default_rng(seed).standard_normal(subframes * 256).astype(np.float32)
    spectra = overlap.stft(wave)
    assert spectra.shape == (513, subframes)
    np.testing.assert_allclose(overlap.istft(spectra), wave, atol=1e-4)


def test_torch_and_numpy_transform_alike() -> None:
    wave = buzz(200.0, 30).audio
    spectra = torch_pair.stft(torch.from_numpy(wave)[None], WINDOW)
    np.testing.assert_allclose(spectra[0].numpy(), overlap.stft(wave), atol=1e-4)
    turned = spectra * torch.polar(torch.tensor(0.5), torch.tensor(1.0))
    made = torch_pair.istft(turned, WINDOW)[0].numpy()
    np.testing.assert_allclose(made, overlap.istft(turned[0].numpy()), atol=1e-5)


def test_log_mel_is_that_of_librosa() -> None:
    wave = buzz(200.0, 40).audio
    margin = (FFT_SAMPLES - HOP_SAMPLES) // 2
    reference = librosa.feature.melspectrogram(
        y=np.pad(wave, margin),
        sr=44_100,
        n_fft=FFT_SAMPLES,
        hop_length=HOP_SAMPLES,
        n_mels=128,
        fmin=40.0,
        fmax=16_000.0,
        power=1.0,
        center=False,
    )
    wanted = np.log(np.maximum(reference, LOG_FLOOR))
    np.testing.assert_allclose(log_mel(wave), wanted, atol=1e-3)


def test_log_mel_in_torch_is_that_in_numpy() -> None:
    wave = buzz(300.0, 40).audio
    framed = torch.from_numpy(np.pad(wave, MEL_MARGIN_SAMPLES))[None]
    np.testing.assert_allclose(LogMel()(framed)[0].numpy(), log_mel(wave), atol=1e-3)


def test_log_mel_covers_every_sample_and_blocks_join() -> None:
    assert log_mel(np.zeros(0, np.float32)).shape == (128, 0)
    assert log_mel(np.zeros(513, np.float32)).shape == (128, 2)
    long = np.random.default_rng(0).standard_normal(2_100 * HOP_SAMPLES).astype(np.float32)
    around = slice(2_040 * HOP_SAMPLES, 2_060 * HOP_SAMPLES)
    np.testing.assert_allclose(
        log_mel(long)[:, 2_042:2_058], log_mel(long[around])[:, 2:-2], atol=1e-4
    )


def test_filters_have_unit_area_and_end_at_16_khz() -> None:
    bank = mel_filterbank()
    assert bank.shape == (128, 1_025)
    assert not bank[:, int(16_050 / 44_100 * 2_048) :].any()
    np.testing.assert_allclose(bank.sum(axis=1)[40:] * 44_100 / 2_048, 1.0, rtol=0.1)


def test_filters_are_those_of_librosa_to_the_bit() -> None:
    theirs = librosa.filters.mel(sr=44_100, n_fft=2_048, n_mels=128, fmin=40.0, fmax=16_000.0)
    np.testing.assert_array_equal(mel_filterbank(), theirs)


def test_white_noise_has_a_log_mel_near_zero() -> None:
    """The inverse-STFT network takes band levels for gains because of this."""
    noise = np.random.default_rng(0).standard_normal(44_100 * 2).astype(np.float32)
    assert np.max(np.abs(log_mel(noise)[:, 4:-4].mean(axis=1))) < 0.2
