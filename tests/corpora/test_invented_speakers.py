"""People who never were: another pitch, another throat, the same words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vocoder.frames import GRID, SAMPLE_RATE_HZ
from vocoder.mel import log_mel
from vocoder.pitch import PitchCurve
from vocoder.store import Sound, SoundStore, StoredSound, write_store
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels
from voice.corpora.labels import LabelledPhone
from voice.corpora.prepare_invented import (
    LARGER_SEMITONES,
    SMALLER_SEMITONES,
    play_at,
    prepare_invented,
)

HZ, FRAMES = 200.0, 120


def tone() -> Sound:
    time_s = np.arange(FRAMES * GRID.hop_samples) / SAMPLE_RATE_HZ
    wave = np.sum([np.sin(2 * np.pi * HZ * n * time_s) / n for n in range(1, 12)], axis=0)
    audio = (0.2 * wave).astype(np.float32)
    voiced = np.arange(FRAMES) >= FRAMES // 2
    return Sound(audio, log_mel(audio), PitchCurve(np.full(FRAMES, HZ), voiced))


def labels() -> PhoneLabels:
    middle, end = GRID.frames_to_seconds(FRAMES // 2), GRID.frames_to_seconds(FRAMES)
    phones = (LabelledPhone("s", 0.0, middle), LabelledPhone("a", middle, end, 1))
    return PhoneLabels("en", "core", None, "sa", phones)


@pytest.fixture
def store(tmp_path: Path) -> SoundStore:
    rows = [
        StoredSound(f"{name}-1", 0, 0, name, "speech", held_back=False) for name in ("bo", "ada")
    ]
    made = write_store(tmp_path / "speech", [(row, tone()) for row in rows])
    write_labels(made.folder, {row.name: labels() for row in rows})
    return made


@pytest.mark.parametrize("semitones", [LARGER_SEMITONES, SMALLER_SEMITONES])
def test_pitch_phones_and_length_go_together(semitones: float) -> None:
    ratio = 2.0 ** (semitones / 12.0)
    sound, moved = play_at(tone(), labels(), semitones)
    assert len(sound.audio) == pytest.approx(FRAMES * GRID.hop_samples / ratio, abs=2 * 512)
    assert sound.mel.shape[1] == len(sound.pitch) == len(sound.audio) // GRID.hop_samples
    spectrum = np.abs(np.fft.rfft(sound.audio * np.hanning(len(sound.audio))))
    loudest_hz = float(spectrum.argmax()) * SAMPLE_RATE_HZ / len(sound.audio)
    assert loudest_hz == pytest.approx(HZ * ratio, rel=0.01)
    assert float(np.median(sound.pitch.hz)) == pytest.approx(HZ * ratio, rel=1e-3)
    border_s = moved.phones[0].end_s
    assert border_s == pytest.approx(labels().phones[0].end_s / ratio)
    turn = int(np.argmax(sound.pitch.voiced))
    assert turn == pytest.approx(border_s * GRID.frames_per_second, abs=1.5)


def test_every_speaker_becomes_one_other(store: SoundStore, tmp_path: Path) -> None:
    made = prepare_invented(store, tmp_path / "invented", 3, lambda done, total: None)
    assert [row.speaker for row in made.recordings] == ["bo-invented", "ada-invented"]
    assert not any(row.full_band for row in made.recordings)
    assert set(read_labels(made.folder)) == {"bo-1", "ada-1"}
    middles = [float(np.median(made.read(row).pitch.hz)) for row in made.recordings]
    assert middles[0] > HZ > middles[1]
    again = prepare_invented(store, tmp_path / "again", 3, lambda done, total: None)
    np.testing.assert_array_equal(again.mel, made.mel)
