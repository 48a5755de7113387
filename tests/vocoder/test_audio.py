"""Audio in memory, into files and back."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vocoder.audio import (
    FORMATS,
    Audio,
    ReadingLimits,
    Tags,
    check_format,
    read_audio,
    write_audio,
)
from vocoder.errors import AudioFormatError, SoundError


def tone(rate_hz: int = 44_100, seconds: float = 0.5, channels: int = 1) -> Audio:
    time_s = np.arange(round(rate_hz * seconds)) / rate_hz
    wave = 0.5 * np.sin(2 * np.pi * 440.0 * time_s)
    return Audio(np.tile(wave, (channels, 1)).astype(np.float32), rate_hz)


@pytest.mark.parametrize(
    ("samples", "rate_hz", "message"),
    [
        (np.zeros(8, np.float32), 44_100, "shape"),
        (np.zeros((1, 8)), 44_100, "float64"),
        (np.zeros((9, 8), np.float32), 44_100, "not 9"),
        (np.zeros((1, 8), np.float32), 100, "not 100"),
        (np.full((1, 8), np.nan, np.float32), 44_100, "NaN"),
    ],
)
def test_audio_is_checked_when_made(samples: np.ndarray, rate_hz: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Audio(samples, rate_hz)


@settings(max_examples=30, deadline=None)
@given(
    samples=arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 3), st.integers(1, 300)),
        elements=st.floats(-1.0, 1.0, width=32),
    ),
    rate_hz=st.sampled_from([8_000, 22_050, 44_100, 96_000]),
)
def test_float_wav_gives_back_the_very_samples(
    samples: np.ndarray, rate_hz: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("wav") / "a.wav"
    write_audio(path, Audio(samples, rate_hz), "32f")
    back = read_audio(path)
    assert back.rate_hz == rate_hz
    np.testing.assert_array_equal(back.samples, samples)


@settings(max_examples=20, deadline=None)
@given(
    samples=arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 2), st.integers(1, 300)),
        elements=st.floats(-1.0, 1.0, width=32),
    ),
    kind=st.sampled_from(
        [(".wav", "16", 2.0**-15), (".wav", "24", 2.0**-23), (".flac", "24", 2.0**-23)]
    ),
)
def test_whole_number_files_stay_within_two_steps(
    samples: np.ndarray, kind: tuple[str, str, float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    suffix, bits, step = kind
    path = tmp_path_factory.mktemp("pcm") / f"a{suffix}"
    write_audio(path, Audio(samples, 44_100), bits)  # type: ignore[arg-type]
    assert np.max(np.abs(read_audio(path).samples - samples)) <= 2.0 * step + 1e-9


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_format_keeps_pitch_level_and_length(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"tone{suffix}"
    write_audio(path, tone(channels=2))
    back = read_audio(path)
    assert back.channels == 2
    assert back.duration_s == pytest.approx(0.5, abs=0.06)
    mono = back.mono().samples[0]
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono))))
    assert np.argmax(spectrum) * back.rate_hz / len(mono) == pytest.approx(440.0, abs=3.0)
    middle = mono[len(mono) // 4 : len(mono) // 2]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.03)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_the_same_sound_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        write_audio(tmp_path / name, tone(), "16")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_dither_keeps_a_tone_below_one_step_audible(tmp_path: Path) -> None:
    quiet = Audio(tone(seconds=2.0).samples * np.float32(2.0**-16), 44_100)
    write_audio(tmp_path / "quiet.wav", quiet, "16")
    wave = read_audio(tmp_path / "quiet.wav").samples[0]
    spectrum = np.abs(np.fft.rfft(wave))
    assert np.argmax(spectrum) * 44_100 / len(wave) == pytest.approx(440.0, abs=1.0)


def test_a_long_vorbis_file_survives(tmp_path: Path) -> None:
    write_audio(tmp_path / "long.ogg", tone(seconds=20.0))
    assert read_audio(tmp_path / "long.ogg").duration_s == pytest.approx(20.0, abs=0.01)


def test_resampling_keeps_the_tone() -> None:
    moved = tone(44_100).resampled(48_000)
    wanted = tone(48_000)
    assert moved.length_samples == wanted.length_samples
    inner = slice(2_000, -2_000)
    np.testing.assert_allclose(moved.samples[0, inner], wanted.samples[0, inner], atol=1e-4)


def test_clipping_is_refused_with_the_excess(tmp_path: Path) -> None:
    loud = Audio(tone().samples * np.float32(4.0), 44_100)
    with pytest.raises(AudioFormatError, match=r"6\.0 dB above full scale"):
        write_audio(tmp_path / "loud.wav", loud, "16")
    assert list(tmp_path.iterdir()) == []
    write_audio(tmp_path / "loud.wav", loud, "32f")
    np.testing.assert_array_equal(read_audio(tmp_path / "loud.wav").samples, loud.samples)


@pytest.mark.parametrize(
    ("name", "bits", "message"),
    [
        ("a.xyz", "16", "choose .wav"),
        ("a", "16", "without suffix"),
        ("a.flac", "32f", "choose 16, 24"),
    ],
)
def test_unknown_formats_are_refused(name: str, bits: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(AudioFormatError, match=message):
        write_audio(tmp_path / name, tone(), bits)  # type: ignore[arg-type]


def test_a_missing_folder_is_a_one_line_error(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match="No such file or directory"):
        write_audio(tmp_path / "nowhere" / "a.wav", tone())


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (ReadingLimits(longest_s=0.1), "at most 0.1 s"),
        (ReadingLimits(channels=1), "2 channels"),
        (ReadingLimits(lowest_rate_hz=48_000), "44100 Hz"),
    ],
)
def test_limits_are_taken_from_the_header(
    limits: ReadingLimits, message: str, tmp_path: Path
) -> None:
    write_audio(tmp_path / "a.flac", tone(channels=2))
    with pytest.raises(AudioFormatError, match=message):
        read_audio(tmp_path / "a.flac", limits)


def test_what_is_not_audio_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("hello")
    with pytest.raises(AudioFormatError, match="not readable as audio"):
        read_audio(tmp_path / "a.wav")
    with pytest.raises(AudioFormatError, match="no such file"):
        read_audio(tmp_path / "b.wav")


def test_nan_in_a_file_is_named_by_its_place(tmp_path: Path) -> None:
    samples = np.zeros(100, np.float32)
    samples[42] = np.nan
    soundfile.write(tmp_path / "nan.wav", samples, 44_100, "FLOAT")
    with pytest.raises(AudioFormatError, match="sample 42"):
        read_audio(tmp_path / "nan.wav")


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_audio(path, tone(), "16")
    before = path.read_bytes()
    program = (
        "import sys, numpy as np; from pathlib import Path\n"
        "from vocoder.audio import Audio, write_audio; from vocoder.errors import SoundError\n"
        "try:\n"
        "    write_audio(Path(sys.argv[1]), Audio(np.zeros((1, 500_000), np.float32), 44_100))\n"
        "except SoundError as error:\n"
        "    sys.exit(f'refused: {error}')\n"
    )

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    run = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        preexec_fn=small_files,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "refused: cannot write" in run.stderr
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_float_wav_is_the_same_bytes_whenever_it_is_written(tmp_path: Path) -> None:
    sound = Audio(np.full((1, 900), 0.25, np.float32), 44_100)
    write_audio(tmp_path / "a.wav", sound, "32f", Tags(comment="PEAK of 0.5 s"))
    data = (tmp_path / "a.wav").read_bytes()
    stamp = data.rfind(b"PEAK") + 12
    assert data[stamp : stamp + 4] == bytes(4)
    np.testing.assert_array_equal(read_audio(tmp_path / "a.wav").samples, sound.samples)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_tags_are_read_back_by_others(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    sound = Audio(np.zeros((1, 900), np.float32), 44_100)
    write_audio(path, sound, "24" if suffix != ".wav" else "32f", Tags("Dix", "kumi", "beat 0"))
    with soundfile.SoundFile(path) as file:
        assert (file.title, file.artist, file.comment) == ("Dix", "kumi", "beat 0")


def test_a_format_is_judged_before_anything_is_written(tmp_path: Path) -> None:
    check_format(tmp_path / "a.wav", "32f")
    with pytest.raises(AudioFormatError, match="does not hold 32f bits"):
        check_format(tmp_path / "a.flac", "32f")
