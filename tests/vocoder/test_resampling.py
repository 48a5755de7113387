"""Crops at other speeds: pitch goes where it is told, and two resamplers make the same sound."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import parselmouth
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sounds import small_store

from vocoder.errors import ResamplerError, SoundError
from vocoder.training import cuda_resampling
from vocoder.training.crops import Crops
from vocoder.training.cuda_resampling import CudaResampler
from vocoder.training.options import VocoderTrainingOptions
from vocoder.training.resampling import make_resampler, quantised_speed, read_with_soxr
from vocoder.training.run import train_vocoder

RATE_HZ = 44_100
PROCESSOR = torch.device("cpu")
OPTIONS = VocoderTrainingOptions(
    steps=1, batch=2, crop_frames=16, share_of_pitch_shifted=1.0, accelerator="cpu", devices=1
)


@pytest.fixture(params=["cpu", "cuda"])
def on_torchaudio(request: pytest.FixtureRequest) -> CudaResampler:
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    try:
        return CudaResampler(torch.device(request.param))
    except ResamplerError as error:
        pytest.skip(str(error))


def tone(hz: float, samples: int = RATE_HZ // 2) -> np.ndarray:
    return (0.5 * np.sin(2.0 * np.pi * hz * np.arange(samples) / RATE_HZ)).astype(np.float32)


def band_limited(samples: int = RATE_HZ // 2) -> np.ndarray:
    """Noise of 60 Hz to 8 kHz that fades in and out: nothing for edges or filters to cut."""
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(samples))
    hz = np.fft.rfftfreq(samples, 1.0 / RATE_HZ)
    spectrum[(hz < 60.0) | (hz > 8_000.0)] = 0.0
    wave = np.fft.irfft(spectrum, samples) * np.hanning(samples)
    return (0.5 * wave / np.abs(wave).max()).astype(np.float32)


def praat_hz(wave: np.ndarray) -> float:
    pitch = parselmouth.Sound(wave.astype(np.float64), RATE_HZ).to_pitch_ac(
        pitch_floor=65.0, pitch_ceiling=1_100.0
    )
    found = pitch.selected_array["frequency"]
    return float(np.median(found[found > 0]))


@given(st.floats(-24.0, 24.0))
@settings(deadline=None)
def test_a_quantised_speed_is_within_three_cents(semitones: float) -> None:
    speed = quantised_speed(semitones)
    assert abs(1200.0 * np.log2(float(speed)) - 100.0 * semitones) < 3.001


@pytest.mark.parametrize(
    ("semitones", "speed"),
    [(0.0, Fraction(1)), (0.02, Fraction(1)), (12.0, Fraction(2)), (-12.0, Fraction(1, 2))],
)
def test_simple_shifts_are_simple_ratios(semitones: float, speed: Fraction) -> None:
    assert quantised_speed(semitones) == speed


def test_kernels_stay_small() -> None:
    """One phase for every step of the denominator; close to 1 the ratios are least simple."""
    denominators = [
        quantised_speed(float(semitones)).denominator for semitones in np.linspace(-12, 12, 2_401)
    ]
    assert max(denominators) <= 300
    assert np.median(denominators) <= 30


@pytest.mark.parametrize("semitones", [-11.3, -2.0, 0.07, 4.4, 12.0])
def test_soxr_moves_a_tone_by_the_quantised_speed(semitones: float) -> None:
    speed = quantised_speed(semitones)
    moved = read_with_soxr(tone(300.0), speed)
    assert moved.dtype == np.float32
    assert len(moved) == pytest.approx(RATE_HZ / 2 / speed, abs=1.0)
    assert abs(1200.0 * np.log2(praat_hz(moved) / (300.0 * float(speed)))) < 0.5


@pytest.mark.parametrize("semitones", [-12.0, -5.3, -0.1, 0.1, 3.7, 12.0])
def test_torchaudio_makes_what_soxr_makes(on_torchaudio: CudaResampler, semitones: float) -> None:
    wave, speed = band_limited(), quantised_speed(semitones)
    one, other = read_with_soxr(wave, speed), on_torchaudio(wave, speed)
    assert other.dtype == np.float32
    assert abs(len(one) - len(other)) <= 1
    shorter = min(len(one), len(other))
    difference = one[:shorter] - other[:shorter]
    assert np.abs(difference).max() < 3e-5
    assert np.abs(one).max() > 0.4


def test_torchaudio_cuts_what_would_fold_back(on_torchaudio: CudaResampler) -> None:
    """At twice the speed 15 kHz would come back as 14.1 kHz."""
    moved = on_torchaudio(tone(15_000.0), Fraction(2))
    middle = slice(1_000, -1_000)
    assert np.abs(moved[middle]).max() < 1e-4
    assert np.abs(read_with_soxr(tone(15_000.0), Fraction(2))[middle]).max() < 1e-4


def test_crops_of_both_agree(on_torchaudio: CudaResampler, tmp_path: Path) -> None:
    store = small_store(tmp_path)
    by_soxr = next(iter(Crops([store], OPTIONS)))
    by_torchaudio = next(iter(Crops([store], OPTIONS, resampler=on_torchaudio)))
    assert torch.equal(by_soxr.log2_hz, by_torchaudio.log2_hz)
    for one, other in zip(by_soxr.wave, by_torchaudio.wave, strict=True):
        assert float((one - other).norm() / one.norm()) < 0.05


def test_crops_are_read_by_the_resampler_they_are_given(tmp_path: Path) -> None:
    speeds: list[Fraction] = []

    def noting(wave: np.ndarray, speed: Fraction) -> np.ndarray:
        speeds.append(speed)
        return read_with_soxr(wave, speed)

    store = small_store(tmp_path)
    batch = next(iter(Crops([store], OPTIONS, resampler=noting)))
    torch.testing.assert_close(batch.framed, next(iter(Crops([store], OPTIONS))).framed)
    stored = torch.log2(torch.tensor([110.0, 330.0]))
    for log2_hz, speed in zip(batch.log2_hz, speeds, strict=True):
        moved = stored + float(np.log2(float(speed)))
        assert float((moved - log2_hz.mean()).abs().min()) < 1e-4


@pytest.mark.parametrize("state", ["missing", "broken"])
def test_without_torchaudio_the_extra_is_named(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that cannot load its library, as torchaudio beside torch for the processor."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
        monkeypatch.delitem(sys.modules, name)
    if state == "missing":
        monkeypatch.setitem(sys.modules, "torchaudio", None)
    else:
        (tmp_path / "torchaudio").mkdir()
        (tmp_path / "torchaudio" / "__init__.py").write_text(
            "raise OSError('libcudart.so: cannot open shared object file')", encoding="utf-8"
        )
        monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ResamplerError, match=r"torchaudio.*melisma\[train-cuda\].*soxr"):
        make_resampler("torchaudio", PROCESSOR)
    run_folder = tmp_path / "run"
    options = replace(OPTIONS, resampler="torchaudio")
    with pytest.raises(SoundError, match="train-cuda"):
        train_vocoder([small_store(tmp_path / "store")], options, run_folder, lambda: None)
    assert not run_folder.exists()


def test_soxr_needs_no_torchaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchaudio", None)
    assert make_resampler("soxr", PROCESSOR) is read_with_soxr


def test_unknown_resamplers_are_refused() -> None:
    with pytest.raises(ValueError, match="choose soxr, torchaudio"):
        replace(OPTIONS, resampler="sox")  # type: ignore[arg-type]


def test_no_other_module_imports_torchaudio() -> None:
    packages = Path(cuda_resampling.__file__).parents[2]
    naming = {
        path.name
        for package in ("voice", "vocoder", "lyrics", "consent")
        for path in (packages / package).rglob("*.py")
        if 'import_module("torchaudio' in (text := path.read_text(encoding="utf-8"))
        or "import torchaudio" in text
        or "from torchaudio" in text
    }
    assert naming == {"cuda_resampling.py"}
