"""Files cut in half: every kind says so, keeps what is there, and whole ones say nothing."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from vocoder.audio import read_audio
from vocoder.cut_short import Held, held
from vocoder.errors import AudioFormatError

RATE_HZ, SECONDS = 48_000, 4.0
KINDS = {
    "pcm.wav": ("WAV", "PCM_16"),
    "float.wav": ("WAVEX", "FLOAT"),
    "large.wav": ("RF64", "PCM_24"),
    "a.aiff": ("AIFF", "PCM_16"),
    "a.au": ("AU", "PCM_16"),
    "a.w64": ("W64", "PCM_16"),
    "a.flac": ("FLAC", "PCM_16"),
    "a.ogg": ("OGG", "VORBIS"),
    "a.opus": ("OGG", "OPUS"),
    "a.mp3": ("MP3", "MPEG_LAYER_III"),
}
PROMISING = [name for name in KINDS if not name.endswith(("ogg", "opus"))]
LEAST_KEPT = 0.4


def sound() -> np.ndarray:
    random = np.random.default_rng(0)
    return 0.2 * random.standard_normal(round(RATE_HZ * SECONDS)).astype(np.float32)


def made(folder: Path, name: str) -> Path:
    container, subtype = KINDS[name]
    path = folder / name
    soundfile.write(path, sound(), RATE_HZ, format=container, subtype=subtype)
    return path


def cut(path: Path, share: float = 0.5) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: round(len(data) * share)])
    return path


def of(path: Path) -> Held:
    return held(lambda: soundfile.SoundFile(path))


@pytest.mark.parametrize("name", KINDS)
def test_whole_files_lack_nothing(name: str, tmp_path: Path) -> None:
    path = made(tmp_path, name)
    assert of(path) == Held(round(RATE_HZ * SECONDS))
    audio = read_audio(path)
    assert audio.missing == ""
    np.testing.assert_array_equal(audio.samples[0], soundfile.read(path, dtype="float32")[0])


@pytest.mark.parametrize("name", KINDS)
def test_half_a_file_is_read_and_says_so(name: str, tmp_path: Path) -> None:
    path = cut(made(tmp_path, name))
    audio = read_audio(path)
    assert LEAST_KEPT * SECONDS / 2 < audio.duration_s < 0.6 * SECONDS
    assert "cut short" in audio.missing
    assert f"{audio.duration_s:.1f}" in audio.missing
    assert audio.resampled(16_000).duration_s == pytest.approx(audio.duration_s, abs=0.01)
    if name in PROMISING:
        assert f"of the {SECONDS:.1f} s that it promises" in audio.missing


def test_what_is_there_of_a_flac_is_what_was_there(tmp_path: Path) -> None:
    path = made(tmp_path, "a.flac")
    whole = read_audio(path).samples
    there = read_audio(cut(path)).samples
    np.testing.assert_array_equal(there, whole[:, : there.shape[1]])


@pytest.mark.parametrize("size", [0xFFFF_FFFF, 0x7FFF_F000])
def test_a_length_that_nobody_knew_yet_promises_nothing(size: int, tmp_path: Path) -> None:
    """As sox and ffmpeg write a WAV into a pipe."""
    path = made(tmp_path, "pcm.wav")
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", size)
    path.write_bytes(data)
    assert of(path) == Held(round(RATE_HZ * SECONDS))


def test_a_few_samples_too_few_are_not_worth_a_word(tmp_path: Path) -> None:
    path = made(tmp_path, "pcm.wav")
    path.write_bytes(path.read_bytes()[:-100])
    assert of(path) == Held(round(RATE_HZ * SECONDS) - 50)


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, "pcm.wav")
    path.write_bytes(path.read_bytes()[:44])
    with pytest.raises(AudioFormatError, match=r"pcm\.wav: holds nothing of the sound"):
        read_audio(path)
