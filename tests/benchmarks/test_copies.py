"""Which recordings are copied, and that a copy is judged against its own recording."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from made import Vowel, sound_of

from benchmarks.copies import copied, held_back, loaded, recording_sets
from benchmarks.errors import BenchmarkError
from benchmarks.rows import copy_rows
from benchmarks.splits import read_splits
from vocoder.audio import Audio, write_audio
from vocoder.frames import SAMPLE_RATE_HZ
from vocoder.pitch import PitchCurve
from vocoder.source import Excitation
from voice.corpora.recordings import is_held_back, text_key_of_source

STRINGS = [f"_か{a}{b}" for a in "あいうえお" for b in "かきくけこさしすせそたちつてと"]


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    folder = tmp_path / "ann-ja"
    folder.mkdir()
    rows = [
        {
            "id": f"{pitch}-{index}",
            "audio": f"{pitch}.wav",
            "source": f"_Core_{pitch}/{string}.wav",
            "duration_s": 0.8,
            "language": "ja",
            "kind": "sung",
            "folder": f"_Core_{pitch}",
        }
        for pitch in ("A3", "D4")
        for index, string in enumerate(STRINGS)
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "manifest.jsonl").write_text(text, encoding="utf-8")
    for pitch, midi in (("A3", 57), ("D4", 62)):
        write_audio(folder / f"{pitch}.wav", sound_of([Vowel(0.1, 0.7, midi)], 0.8))
    return tmp_path


def test_only_held_back_strings_are_copied_at_every_pitch(corpora: Path) -> None:
    kept = held_back(corpora, "ann-ja")
    secret = [text for text in STRINGS if is_held_back(text_key_of_source(f"A3/{text}.wav"))]
    assert len(kept) == 2 * len(secret) > 0
    assert all(recording.held_back for recording in kept)
    assert {recording.pitch_midi for recording in held_back(corpora, "ann-ja", 2)} == {57, 62}


def test_a_corpus_without_held_back_recordings_is_refused(corpora: Path) -> None:
    (corpora / "ann-ja" / "manifest.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(BenchmarkError, match="held back"):
        held_back(corpora, "ann-ja")


class Humming:
    """A vocoder that hears the pitch and no vowel."""

    def __init__(self, semitones: float = 0.0) -> None:
        self.ratio = 2.0 ** (semitones / 12.0)

    def synthesise(self, mel: npt.NDArray[np.float32], pitch: PitchCurve, seed: int) -> Audio:
        assert mel.shape == (128, len(pitch))
        moved = PitchCurve(pitch.hz * self.ratio, pitch.voiced)
        hum = 0.05 * Excitation(moved, seed).harmonics(0, len(pitch))
        return Audio(hum[None].astype(np.float32), SAMPLE_RATE_HZ)


def test_the_corpora_of_the_sets_have_held_back_texts_listed() -> None:
    sets = recording_sets()
    assert all(read_splits()[corpus] for corpus in (*sets.copied, sets.speech))


def test_recordings_come_mono_at_the_clock_of_the_vocoder(corpora: Path) -> None:
    audio = loaded(held_back(corpora, "ann-ja", 1)[0])
    assert (audio.channels, audio.rate_hz) == (1, SAMPLE_RATE_HZ)
    assert audio.duration_s == pytest.approx(0.8)


@pytest.mark.parametrize(("semitones", "near"), [(0.0, True), (1.0, False)])
def test_a_copy_is_held_against_its_own_recording(
    corpora: Path, semitones: float, near: bool
) -> None:
    copies = list(copied(held_back(corpora, "ann-ja", 1), Humming(semitones)))
    rows = {row.key: row for row in copy_rows("hum", copies)}
    assert (rows["copy.hum.curve"].value > 95.0) is near
    assert rows["copy.hum.mcd"].value > 1.0
    assert rows["copy.hum.mcd_sptk"].value == pytest.approx(2.0 * rows["copy.hum.mcd"].value)
