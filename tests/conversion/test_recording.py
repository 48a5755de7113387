"""Recordings as users have them: read, mended with a word, or refused by name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conversion.sounds import RATE_HZ, save, sung, vowel
from voice.conversion.recording import Faults, cut_short, open_recording, read_blocks
from voice.conversion.survey import survey
from voice.errors import ConversionError


def read(path: Path) -> np.ndarray:
    return np.concatenate(list(read_blocks(open_recording(path))))


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000, 96_000])
def test_every_rate_becomes_the_clocks_with_the_length_of_the_file(
    tmp_path: Path, rate_hz: int
) -> None:
    path = save(tmp_path / "a.wav", vowel(0.7013, 200.0, rate_hz=rate_hz), rate_hz)
    recording = open_recording(path)
    assert recording.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    samples = read(path)
    assert len(samples) == recording.clock_samples == round(recording.samples * 44_100 / rate_hz)
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.2, rel=0.05)


def test_resampled_sound_is_neither_late_nor_early(tmp_path: Path) -> None:
    wave = np.zeros(48_000, dtype=np.float32)
    wave[24_000] = 1.0
    assert int(np.argmax(read(save(tmp_path / "a.wav", wave, 48_000)))) == 22_050


def test_channels_are_averaged_and_it_is_said(tmp_path: Path) -> None:
    left = sung()
    path = save(tmp_path / "a.wav", np.stack([left, 0.5 * left], axis=1))
    np.testing.assert_allclose(read(path), 0.75 * left, atol=1e-6)
    assert survey(open_recording(path)).warnings == ("its 2 channels differ and were mixed to one",)
    same = save(tmp_path / "b.wav", np.stack([left, left], axis=1))
    assert survey(open_recording(same)).warnings == ()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: np.zeros(0, dtype=np.float32), "holds no sound at all"),
        (lambda: np.zeros((100, 1_024), dtype=np.float32), "1024 channels, at most 8"),
        (lambda: np.zeros(RATE_HZ, dtype=np.float32), "is silent"),
        (lambda: np.full(RATE_HZ, np.nan, dtype=np.float32), "44100 of 44100 samples are no"),
        (
            lambda: np.random.default_rng(0).normal(0, 0.1, RATE_HZ).astype(np.float32),
            "nobody sings or speaks in it",
        ),
    ],
    ids=["zero length", "1024 channels", "silence", "NaN", "noise"],
)
def test_what_cannot_be_converted_is_refused_by_name(
    tmp_path: Path, make: object, said: str
) -> None:
    path = save(tmp_path / "bad.wav", make())  # type: ignore[operator]
    with pytest.raises(ConversionError, match=said) as refusal:
        survey(open_recording(path))
    assert str(refusal.value).startswith(str(path))


def test_no_file_no_sound_and_a_slow_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="no such file"):
        open_recording(tmp_path / "none.wav")
    (tmp_path / "text.wav").write_text("la la la", encoding="utf-8")
    with pytest.raises(ConversionError, match="not readable as audio"):
        open_recording(tmp_path / "text.wav")
    with pytest.raises(ConversionError, match="sample rate 4000 Hz"):
        open_recording(save(tmp_path / "slow.wav", vowel(0.5, 200.0, rate_hz=4_000), 4_000))


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_a_file_that_is_cut_while_it_is_used_is_refused(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"a.{suffix}", sung(3.0), subtype="PCM_16")
    recording = open_recording(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ConversionError, match=r"damaged, export it again|not readable as audio"):
        list(read_blocks(recording))


def test_faults_that_can_be_mended_are_mended_and_told(tmp_path: Path) -> None:
    wave = np.clip(3.0 * sung(2.0, rate_hz=8_000), -1.0, 1.0)
    wave[5_000:5_003] = np.nan
    path = save(tmp_path / "a.wav", wave, 8_000)
    warnings = survey(open_recording(path)).warnings
    assert len(warnings) == 3
    for said in ("3 samples are no numbers", "is clipped", "recorded at 8000 Hz"):
        assert any(said in warning for warning in warnings)
    faults = Faults()
    assert np.isfinite(np.concatenate(list(read_blocks(open_recording(path), faults)))).all()
    assert faults.mended == 3


def test_a_survey_knows_the_pitch_and_the_level(tmp_path: Path) -> None:
    loud = survey(open_recording(save(tmp_path / "a.wav", sung(hz=330.0))))
    soft = survey(open_recording(save(tmp_path / "b.wav", 0.1 * sung(hz=330.0))))
    voiced = loud.pitch.voiced
    assert 0.2 < voiced.mean() < 0.9
    assert np.median(np.abs(1200 * np.log2(loud.pitch.hz[voiced] / 330.0))) < 5.0
    assert soft.gain_db - loud.gain_db == pytest.approx(20.0, abs=0.1)
    np.testing.assert_allclose(soft.usual[:25], loud.usual[:25], atol=0.05)
    assert 0.0 < loud.trust < 0.5
    assert soundfile.info(tmp_path / "a.wav").frames == loud.recording.samples


def test_music_is_told_from_a_voice(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    chords = []
    for _ in range(75):
        notes = 110.0 * 2.0 ** (random.integers(0, 36, 3) / 12.0)
        chords.append(np.sum([vowel(0.04, hz, 1_500.0) for hz in notes], axis=0))
    music = np.concatenate(chords).astype(np.float32)
    found = survey(open_recording(save(tmp_path / "music.wav", music))).warnings
    assert any("as in music rather than in one voice" in warning for warning in found)
    assert survey(open_recording(save(tmp_path / "sung.wav", sung(3.0)))).warnings == ()


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_half_a_recording_is_as_long_as_what_is_there(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"a.{suffix}", sung(4.0), subtype="PCM_16")
    whole = read(path)
    assert open_recording(path).missing == ""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    recording = open_recording(path)
    assert recording.missing.startswith(f"holds {recording.duration_s:.1f} of the 4.0 s")
    there = read(path)
    assert 0.2 * len(whole) < len(there) == recording.clock_samples < 0.8 * len(whole)
    np.testing.assert_array_equal(there, whole[: len(there)])
    assert cut_short([path]) == (f"{path}: {recording.missing}",)


def test_a_header_alone_is_no_recording(tmp_path: Path) -> None:
    path = save(tmp_path / "a.wav", sung(), subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:44])
    with pytest.raises(ConversionError, match="holds no sound at all"):
        open_recording(path)
