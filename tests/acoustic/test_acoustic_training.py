"""Training the acoustic model on a made-up store: it learns, stops, goes on and obeys."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lyrics.phonemes import INVENTORY
from tests.acoustic.made_store import OPTIONS, made_store, stored
from tests.acoustic.tiny import TINY
from vocoder.store import SoundStore
from vocoder.training.checkpoints import checkpoint_path, latest_checkpoint, load_average
from vocoder.training.resuming import RunResult
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training import run
from voice.acoustic.training.options import AcousticTrainingOptions
from voice.acoustic.training.phrases import (
    read_phrases,
)
from voice.acoustic.training.run import train_acoustic
from voice.corpora.label_files import read_labels
from voice.errors import CorpusError, VoiceError


@pytest.fixture
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of the tiny configuration that logs each step."""
    monkeypatch.setattr(run, "AcousticConfig", lambda: TINY)
    monkeypatch.setattr(run, "LOG_EVERY_STEPS", 1)


def train(
    store: SoundStore,
    folder: Path,
    options: AcousticTrainingOptions = OPTIONS,
    renew: Callable[[], None] = lambda: None,
) -> RunResult:
    return train_acoustic([store], options, folder, renew)


def losses(folder: Path, name: str) -> list[float]:
    found: list[float] = []
    for path in sorted(folder.glob("losses/version_*/metrics.csv")):
        with path.open() as file:
            found += [float(row[name]) for row in csv.DictReader(file) if row[name]]
    return found


@torch.no_grad()
def apart(one: nn.Module, other: nn.Module) -> float:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return sum(float((a - b).abs().sum()) for a, b in pairs)


@pytest.mark.usefixtures("_tiny")
def test_a_few_steps_reduce_the_loss(tmp_path: Path) -> None:
    store = made_store(tmp_path / "store", stored("a"), stored("b"))
    result = train(store, tmp_path / "run")
    assert result.steps == 40
    assert result.checkpoint.name == "step-00000040.safetensors"
    for name in ("mel_prior", "mel_posterior", "voicing"):
        curve = losses(tmp_path / "run", name)
        assert len(curve) == 40
        assert np.isfinite(curve).all()
        assert np.mean(curve[-8:]) < 0.75 * np.mean(curve[:8]), name


@pytest.mark.usefixtures("_tiny")
def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    store = made_store(tmp_path / "store", stored("a"))
    first = train(store, tmp_path / "run", replace(OPTIONS, steps=4))
    before = AcousticModel(TINY)
    load_average(first.checkpoint, before)
    second = train(store, tmp_path / "run", replace(OPTIONS, steps=6))
    assert (first.steps, second.steps) == (4, 6)
    assert second.elapsed_s > first.elapsed_s
    assert losses(tmp_path / "run", "step") == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    after = AcousticModel(TINY)
    load_average(second.checkpoint, after)
    moved, fresh = apart(before, after), apart(AcousticModel(TINY), after)
    assert 0.0 < moved < 0.2 * fresh


@pytest.mark.usefixtures("_tiny")
def test_a_finished_run_is_left_as_it_is(tmp_path: Path) -> None:
    store = made_store(tmp_path / "store", stored("a"))
    first = train(store, tmp_path / "run", replace(OPTIONS, steps=2))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")}
    asked: list[int] = []
    options = replace(OPTIONS, steps=2)
    again = train(store, tmp_path / "run", options, lambda: asked.append(1))
    assert (again.checkpoint, again.steps, asked) == (first.checkpoint, 2, [1])
    by_time = replace(OPTIONS, steps=None, minutes=again.elapsed_s / 60.0)
    assert train(store, tmp_path / "run", by_time).steps == 2
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")} == before


@pytest.mark.usefixtures("_tiny")
def test_the_run_ends_when_the_permission_does(tmp_path: Path) -> None:
    asked: list[int] = []

    def renew() -> None:
        asked.append(len(asked))
        if len(asked) > 3:
            raise VoiceError("the grant was withdrawn")

    store = made_store(tmp_path / "store", stored("a"))
    options = replace(OPTIONS, steps=30, checkpoint_every_steps=3)
    with pytest.raises(VoiceError, match="withdrawn"):
        train(store, tmp_path / "run", options, renew)
    kept = latest_checkpoint(tmp_path / "run")
    assert kept is not None
    assert kept.name == "step-00000003.safetensors"


@pytest.mark.usefixtures("_tiny")
def test_no_permission_no_step(tmp_path: Path) -> None:
    def refused() -> None:
        raise VoiceError("no grant")

    store = made_store(tmp_path / "store", stored("a"))
    with pytest.raises(VoiceError, match="no grant"):
        train(store, tmp_path / "run", OPTIONS, refused)
    assert not (tmp_path / "run").exists()


@pytest.mark.usefixtures("_tiny")
def test_speakers_keep_their_rows_when_others_join(tmp_path: Path) -> None:
    bob = made_store(tmp_path / "bob", stored("a", "bob"))
    train(bob, tmp_path / "run", replace(OPTIONS, steps=1))
    ann = made_store(tmp_path / "ann", stored("b", "ann"))
    train_acoustic([ann, bob], replace(OPTIONS, steps=2), tmp_path / "run", lambda: None)
    about = json.loads((tmp_path / "run" / "model.json").read_text(encoding="utf-8"))
    assert about["speakers"] == {"bob": 0, "ann": 1}
    heard = {INVENTORY.phonemes[i].symbol for i in about["phones_by_speaker"]["ann"]}
    assert heard == {"_", "s", "a"}


@pytest.mark.usefixtures("_tiny")
def test_a_run_that_starts_from_another_keeps_its_speakers(tmp_path: Path) -> None:
    bob = made_store(tmp_path / "bob", stored("a", "bob"))
    first = train(bob, tmp_path / "run", replace(OPTIONS, steps=1))
    ann = made_store(tmp_path / "ann", stored("b", "ann"))
    train(ann, tmp_path / "next", replace(OPTIONS, steps=1, start_from=first.checkpoint))
    about = json.loads((tmp_path / "next" / "model.json").read_text(encoding="utf-8"))
    assert about["speakers"] == {"bob": 0, "ann": 1}
    assert set(about["phones_by_speaker"]) == {"bob", "ann"}


@pytest.mark.usefixtures("_tiny")
def test_what_a_base_lacks_catches_up_alone(tmp_path: Path) -> None:
    """The first steps move the posterior and the singers' rows; afterwards everything learns."""
    store = made_store(tmp_path / "store", stored("a"))
    first = train(store, tmp_path / "base", replace(OPTIONS, steps=1))
    about_file = tmp_path / "base" / "model.json"
    about = json.loads(about_file.read_text(encoding="utf-8"))
    about_file.write_text(json.dumps(about | {"fresh": ["posterior.", "speakers."]}))
    start = replace(OPTIONS, start_from=first.checkpoint, fresh_steps=3)
    before = AcousticModel(TINY)
    load_average(first.checkpoint, before)
    train(store, tmp_path / "run", replace(start, steps=3))
    caught_up, later = AcousticModel(TINY), AcousticModel(TINY)
    load_average(train(store, tmp_path / "run", replace(start, steps=3)).checkpoint, caught_up)
    assert apart(before.posterior, caught_up.posterior) > 0.0
    assert apart(before.decoder, caught_up.decoder) == 0.0
    load_average(train(store, tmp_path / "run", replace(start, steps=5)).checkpoint, later)
    assert apart(caught_up.decoder, later.decoder) > 0.0
    again = replace(start, start_from=checkpoint_path(tmp_path / "run", 5), steps=1)
    train(store, tmp_path / "next", again)
    assert "fresh" not in json.loads((tmp_path / "next" / "model.json").read_text())


@pytest.mark.usefixtures("_tiny")
def test_more_speakers_than_rows_are_refused(tmp_path: Path) -> None:
    crowd = made_store(tmp_path / "store", *(stored(name, name) for name in "abcde"))
    with pytest.raises(CorpusError, match="5 speakers, but the model has room for 4"):
        train(crowd, tmp_path / "run")


@pytest.mark.usefixtures("_tiny")
def test_a_discriminator_joins_when_it_is_told_to(tmp_path: Path) -> None:
    store = made_store(tmp_path / "store", stored("a"))
    train(store, tmp_path / "run", replace(OPTIONS, steps=4, adversarial_from_step=2))
    assert len(losses(tmp_path / "run", "discriminator")) == 2


def test_held_back_and_unlabelled_recordings_never_train(tmp_path: Path) -> None:
    store = made_store(tmp_path / "a", stored("seen"), stored("held", held_back=True))
    phrases = read_phrases(store, read_labels(store.folder))
    assert len(phrases) == 1
    assert np.median(phrases[0].midi[phrases[0].voiced]) == pytest.approx(50.0, abs=0.01)
    mute = made_store(tmp_path / "b", stored("mute"), labelled=False)
    with pytest.raises(CorpusError, match="no labelled recordings"):
        train(mute, tmp_path / "run")
