"""Times for stores of words, found by a model; refused where there is none."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch

from tests.acoustic.tiny import TINY, tiny_model
from tests.corpora.known_sounds import hiss, silence, sound_of, vowel
from vocoder.store import SoundStore, StoredSound, write_store
from vocoder.training.checkpoints import Parts, Progress, save_checkpoint
from voice.acoustic.config import ABOUT_FILE
from voice.acoustic.training import align_store as timing
from voice.acoustic.training.align_store import align_store, timed
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels
from voice.corpora.labels import LabelledPhone
from voice.errors import CorpusError

PARTS = Parts({"average": tiny_model()}, {})
GIVEN = (LabelledPhone("a", 0.2, 0.6),)


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def made_store(folder: Path, **texts: str | tuple[LabelledPhone, ...]) -> SoundStore:
    """Recordings of `sama`, each with words, or with phones that are timed already."""
    parts = [silence(0.2), hiss(0.2), vowel(0.4), vowel(0.4, 200.0), silence(0.2)]
    sound = sound_of(parts, 220.0, [False, False, True, True, False])
    rows = [StoredSound(name, 0, 0, "ann", "speech", False) for name in texts]
    store = write_store(folder, [(row, sound) for row in rows])
    labels = {
        name: PhoneLabels("zh", "core", None, told, ())
        if isinstance(told, str)
        else PhoneLabels("zh", "core", None, "sa", told)
        for name, told in texts.items()
    }
    write_labels(folder, labels)
    return store


def test_words_get_their_times_and_what_cannot_be_said_stays_without(tmp_path: Path) -> None:
    store = made_store(
        tmp_path, told="sa, ma!", given=GIVEN, unknown="qqqq", mute="", long="sa " * 90
    )
    assert align_store(store, tiny_model(), [0, 1], silent) == 1
    labels = read_labels(tmp_path)
    assert [p.symbol for p in labels["told"].phones if p.symbol != "_"] == ["s", "a", "m", "a"]
    assert labels["told"].text == "sa, ma!"
    for before, after in itertools.pairwise(labels["told"].phones):
        assert before.end_s == after.start_s
    assert labels["given"].phones == GIVEN
    assert not any(labels[name].phones for name in ("unknown", "mute", "long"))


def test_a_new_voice_is_heard_as_the_average_of_those_known(tmp_path: Path) -> None:
    """Rows that no speaker ever trained have no say."""
    found = []
    for noise in (0.0, 50.0):
        model = tiny_model()
        with torch.no_grad():
            model.speakers.weight[3] += noise
        store = made_store(tmp_path / str(noise), told="sa ma")
        align_store(store, model, [0, 1], silent)
        found.append(read_labels(store.folder)["told"].phones)
    assert found[0] == found[1]


def test_a_store_of_words_alone_wants_a_model(tmp_path: Path) -> None:
    store = made_store(tmp_path / "words", told="sa ma")
    with pytest.raises(CorpusError, match=r"words: words without times; give --start-from.*zh"):
        timed(store, None, silent)


def test_a_checkpoint_times_what_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "AcousticConfig", lambda: TINY)
    (tmp_path / "lost").mkdir()
    lost = save_checkpoint(tmp_path / "lost", Progress("acoustic", 1, 1.0), PARTS)
    (tmp_path / ABOUT_FILE).write_text('{"speakers": {"ann": 0, "bob": 2}}', encoding="utf-8")
    checkpoint = save_checkpoint(tmp_path, Progress("acoustic", 1, 1.0), PARTS)
    store = made_store(tmp_path / "words", told="sa ma")
    with pytest.raises(CorpusError, match=r"model\.json: missing; give --start-from"):
        timed(store, lost, silent)
    assert timed(store, checkpoint, silent) is store
    assert read_labels(store.folder)["told"].phones
    hopeless = made_store(tmp_path / "hopeless", told="qqqq")
    with pytest.raises(CorpusError, match="hopeless: none of its words were found"):
        timed(hopeless, checkpoint, silent)


def test_stores_that_need_no_times_are_left_alone(tmp_path: Path) -> None:
    for name, told in (("given", GIVEN), ("mute", "")):
        store = made_store(tmp_path / name, one=told)
        assert timed(store, None, silent) is store
