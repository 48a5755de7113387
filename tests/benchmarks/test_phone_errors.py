"""Phones that are heard wrong are counted; the recogniser reads what it was made to say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from made import Vowel, frame_score, sound_of

from benchmarks.errors import BenchmarkError
from benchmarks.phone_errors import phone_rows, phones_heard
from benchmarks.phone_net import (
    BLANK,
    CROP_FRAMES,
    UNKNOWN,
    PhoneNet,
    Stretch,
    batch_of,
    heard_phones,
    load_net,
    number_of,
    stretches,
)
from benchmarks.strings import Rendered, SungString
from vocoder.pitch import PitchCurve
from vocoder.store import Sound, StoredSound, write_store
from voice.corpora.label_files import PhoneLabels, write_labels
from voice.corpora.labels import LabelledPhone
from voice.corpora.recordings import Kind, Recording
from voice.take import VocalTake

RECORDING = Recording(
    "one", Path("one.wav"), "kumi-ja", "kumi", "ja", Kind.SUNG, "しょん", 2.0, pitch_midi=60
)
STRING = SungString(RECORDING, ("しょ", "お", "ん"), (0.5, 0.9, 1.3, 1.7), 60.0)


def rendered() -> Rendered:
    vowels = [Vowel(0.5, 1.7, 60)]
    sound = sound_of(vowels, 2.0)
    return Rendered(
        STRING, sound, sound, VocalTake(sound, frame_score(vowels, 2.0), "kumi", "", 0, ())
    )


def test_errors_are_counted_against_what_can_be_heard() -> None:
    """The second o melts into the first; only the string itself is listened to."""
    seen: list[int] = []

    def hear(mel: npt.NDArray[np.float32]) -> Sequence[str]:
        seen.append(mel.shape[1])
        return ("ɕ", "o", "n")

    found = phones_heard(rendered().recorded, STRING, hear)
    assert found.wanted == "ɕ o ɴ"
    assert (found.phones, found.errors) == (3, 1)
    assert seen == [pytest.approx((1.7 + 0.15 - 0.25) * 86.13, abs=2)]


def test_renders_may_be_five_points_worse_than_recordings() -> None:
    answers = iter([("ɕ", "o", "ɴ"), ()])
    recorded, made = phone_rows("kumi", "ja", [rendered()], lambda mel: next(answers))
    assert (recorded.key, recorded.value) == ("phones.kumi.ja.recordings", 0.0)
    assert (made.value, made.met) == (100.0, False)
    assert made.target is not None
    assert made.target.bound == 5.0


class Saying(PhoneNet):
    """Says the same whatever it hears."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__()
        self.numbers = numbers

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        said = torch.full((1, len(self.numbers), 100), -9.0)
        for at, number in enumerate(self.numbers):
            said[0, at, number] = 0.0
        return said


def test_the_best_path_is_read_without_blanks_and_repetitions() -> None:
    s, o, pause = number_of("ɕ"), number_of("o"), number_of("_")
    net = Saying([BLANK, pause, s, s, BLANK, o, BLANK, o, pause, s])
    assert heard_phones(net, np.zeros((128, 40), dtype=np.float32)) == ("ɕ", "o", "ɕ")


def test_frames_become_half_as_many_outputs() -> None:
    said = PhoneNet()(torch.zeros(1, 128, 41))
    assert said.shape[:2] == (1, 21)
    assert float(said.exp().sum(dim=-1).mean()) == pytest.approx(1.0, abs=1e-4)


def test_crops_hold_whole_phones_none_twice_in_a_row() -> None:
    starts = np.arange(0, 600, 30)
    stretch = Stretch(
        np.zeros((128, 600), np.float16), np.repeat(np.arange(1, 11), 2), starts
    )  # fmt: skip
    batch = batch_of([stretch] * 8, np.random.default_rng(0))
    assert batch.mels.shape == (8, 128, CROP_FRAMES)
    assert int(batch.lengths.sum()) == len(batch.targets)
    assert int(batch.frames.max()) <= CROP_FRAMES // 2
    rows = torch.split(batch.targets, batch.lengths.tolist())
    for row, sounding, frames in zip(rows, batch.sounding, batch.frames, strict=True):
        assert (row[1:] != row[:-1]).all()
        assert sounding[:frames].unique_consecutive().tolist() == row.tolist()
        assert (sounding[frames:] == UNKNOWN).all()


def test_only_what_is_labelled_throughout_and_may_train_is_learned(tmp_path: Path) -> None:
    frames = 172
    sound = Sound(
        np.zeros(frames * 512, np.float32),
        np.zeros((128, frames), np.float32),
        PitchCurve(np.full(frames, 200.0), np.ones(frames, np.bool_)),
    )
    rows = [StoredSound(name, 0, 0, "kumi", "sung", name == "secret") for name in ("a", "secret")]
    store = write_store(tmp_path, [(row, sound) for row in rows])
    phones = (
        LabelledPhone("_", 0.0, 0.2),
        LabelledPhone("k", 0.2, 0.3),
        LabelledPhone("a", 0.3, 0.8),
        LabelledPhone("o", 1.2, 1.9),
    )
    labels = PhoneLabels("ja", "core", 60, "", phones)
    write_labels(tmp_path, {"a": labels, "secret": labels})
    found = list(stretches(store))
    assert [list(each.phones) for each in found] == [
        [number_of("k"), number_of("a")], [number_of("o")],
    ]  # fmt: skip
    assert found[0].starts.tolist() == [17, 26]


def test_a_missing_recogniser_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"phones\.safetensors: no recogniser; make it"):
        load_net(tmp_path / "phones.safetensors")
