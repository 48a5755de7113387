"""Singing on other notes: the pitch moves, the vowel and the words stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.corpora.known_sounds import hiss, silence, sound_of, vowel
from vocoder.frames import GRID
from vocoder.pitch import cents_between, hz_to_midi
from vocoder.store import Sound, StoredSound, write_store
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels
from voice.corpora.labels import LabelledPhone
from voice.corpora.pitch_labels import label_pitch
from voice.corpora.prepare_shifted import FARTHEST_SEMITONES, prepare_shifted, shift_pitch

PHONES = (LabelledPhone("s", 0.2, 0.4), LabelledPhone("a", 0.4, 1.0))


def sung_sound() -> Sound:
    parts = [silence(0.2), hiss(0.2), vowel(0.6), silence(0.2)]
    return sound_of(parts, 220.0, [False, False, True, False])


@pytest.mark.parametrize("semitones", [-3.0, 2.5])
def test_the_pitch_moves_by_what_was_asked(semitones: float) -> None:
    moved = shift_pitch(sung_sound(), semitones)
    wanted_hz = 220.0 * 2.0 ** (semitones / 12.0)
    np.testing.assert_allclose(moved.pitch.hz, wanted_hz, rtol=1e-9)
    heard = label_pitch(moved.audio, 80.0, 500.0)
    middle = slice(GRID.seconds_to_frames(0.5), GRID.seconds_to_frames(0.9))
    assert np.abs(cents_between(heard.hz[middle], wanted_hz)).max() < 5.0
    assert abs(moved.mel.shape[1] - sung_sound().mel.shape[1]) <= 1


def test_the_vowel_keeps_its_formants() -> None:
    """Moved with the pitch, the spectral envelope would lie six bands higher."""
    before, after = sung_sound().mel, shift_pitch(sung_sound(), 3.0).mel
    middle = slice(GRID.seconds_to_frames(0.5), GRID.seconds_to_frames(0.9))

    def envelope(mel: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        bands = mel[20:90, middle].mean(axis=1).astype(np.float64)
        return np.asarray(np.convolve(bands, np.hanning(15) / 7.0, "valid"))

    one, other = envelope(before), envelope(after)
    likeness = [np.corrcoef(one[8:-8], np.roll(other, -lag)[8:-8])[0, 1] for lag in range(-8, 9)]
    assert abs(int(np.argmax(likeness)) - 8) <= 2


def test_labelled_recordings_are_moved_and_keep_their_words(tmp_path: Path) -> None:
    rows = [StoredSound(name, 0, 0, "ann", "sung", name == "b") for name in ("a", "b", "mute")]
    store = write_store(tmp_path / "sung", [(row, sung_sound()) for row in rows])
    told = PhoneLabels("ja", "core", 57, "", PHONES)
    mute = PhoneLabels("ja", "core", 57, "", ())
    write_labels(store.folder, {"a": told, "b": told, "mute": mute})
    made = prepare_shifted(store, tmp_path / "shifted", 3, lambda done, total: None)
    assert [(row.name, row.held_back) for row in made.recordings] == [("a", False), ("b", True)]
    assert not any(row.full_band for row in made.recordings)
    assert read_labels(made.folder)["a"] == told
    shifts = [float(hz_to_midi(made.read(row).pitch.hz[0])) - 57.0 for row in made.recordings]
    assert all(0.0 < abs(shift) <= FARTHEST_SEMITONES for shift in shifts)
    assert shifts[0] != shifts[1]
    again = prepare_shifted(store, tmp_path / "again", 3, lambda done, total: None)
    np.testing.assert_array_equal(np.array(again.mel), np.array(made.mel))
    none = prepare_shifted(store, tmp_path / "none", 3, lambda done, total: None, share=0.0)
    assert none.recordings == ()
