"""Training the acoustic model on a made-up store: it learns, stops, goes on and obeys."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

from lyrics.phonemes import INVENTORY
from tests.acoustic.tiny import TINY
from tests.corpora.known_sounds import hiss, silence, sound_of, vowel
from vocoder.frames import GRID
from vocoder.pitch import PitchCurve, midi_to_hz
from vocoder.store import SoundStore, StoredSound, write_store
from vocoder.training.checkpoints import checkpoint_path, latest_checkpoint, load_average
from vocoder.training.resuming import RunResult
from voice.acoustic.comb import comb_of
from voice.acoustic.config import AcousticConfig
from voice.acoustic.inputs import position_inputs
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training import run
from voice.acoustic.training.adversary import PatchDiscriminator
from voice.acoustic.training.crops import LOG_FLOOR, AcousticCrops, cut
from voice.acoustic.training.fullness import filled_bands
from voice.acoustic.training.losses import masked_mean, mel_loss
from voice.acoustic.training.options import AcousticTrainingOptions
from voice.acoustic.training.phrases import (
    PhraseArrays,
    narrow_band_mask,
    phrase_arrays,
    read_phrases,
)
from voice.acoustic.training.run import train_acoustic
from voice.corpora.label_files import PhoneLabels, read_labels, write_labels
from voice.corpora.labels import LabelledPhone
from voice.errors import CorpusError, VoiceError
from voice.expression import FramedPhone

PHONES = (
    LabelledPhone("_", 0.0, 0.2),
    LabelledPhone("s", 0.2, 0.35),
    LabelledPhone("a", 0.35, 0.95, 1),
)
OPTIONS = AcousticTrainingOptions(
    steps=40,
    batch=2,
    crop_frames=40,
    learning_rate=3e-3,
    warmup_steps=1,
    checkpoint_every_steps=1_000,
    precision="32-true",
    accelerator="cpu",
)


def stored(name: str, speaker: str = "ann", held_back: bool = False) -> StoredSound:
    return StoredSound(name, 0, 0, speaker, "sung", held_back)


def made_store(folder: Path, *rows: StoredSound, labelled: bool = True) -> SoundStore:
    """Sung `sa` for each row, each a tone higher; half a second at the end nobody labelled."""
    sounds = []
    for index, row in enumerate(rows):
        hz = float(midi_to_hz(50 + 2 * index))
        parts = [silence(0.2), hiss(0.15), vowel(0.6, hz), vowel(0.2, hz, "i")]
        sounds.append((row, sound_of(parts, hz, [False, False, True, True])))
    store = write_store(folder, sounds)
    labels = {
        row.name: PhoneLabels("ja", "core", 50 + 2 * i, "", PHONES if labelled else ())
        for i, row in enumerate(rows)
    }
    write_labels(folder, labels)
    return store


@pytest.fixture(scope="module")
def phrase(tmp_path_factory: pytest.TempPathFactory) -> PhraseArrays:
    store = made_store(tmp_path_factory.mktemp("store"), stored("sa"))
    return phrase_arrays(store, store.recordings[0], read_labels(store.folder)["sa"])


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


def test_a_phrase_knows_its_phones_frame_by_frame(phrase: PhraseArrays) -> None:
    names = [INVENTORY.phonemes[i].symbol for i in phrase.phoneme]
    assert names == ["_", "s", "a", "_"]
    assert phrase.stress.tolist() == [0, 0, 1, 0]
    edges = [GRID.seconds_to_frames(s) for s in (0.0, 0.2, 0.35, 0.95)]
    assert phrase.first_frame.tolist() == edges
    assert phrase.labelled[: edges[3]].all()
    assert not phrase.labelled[edges[3] :].any()
    assert (phrase.note == np.float32(phrase.note[0])).all()
    assert phrase.sung_note


def crop(
    phrase: PhraseArrays, start: int, stop: int, length: int, gain_db: float = 0.0
) -> dict[str, npt.NDArray[Any]]:
    return dict(cut(phrase, start, stop, length, gain_db, narrow_band_mask()))


def test_training_and_singing_count_frames_alike(phrase: PhraseArrays) -> None:
    """`since` and `until` mean the same to the networks in both."""
    whole = crop(phrase, 0, phrase.frames, phrase.frames)
    ends = [*phrase.first_frame[1:].tolist(), phrase.frames]
    framed = tuple(
        FramedPhone(INVENTORY.phonemes[i].symbol, first, last - first)
        for i, first, last in zip(phrase.phoneme, phrase.first_frame.tolist(), ends, strict=True)
    )
    places = position_inputs(framed)
    np.testing.assert_array_equal(whole["phone"], places.phone[0])
    np.testing.assert_array_equal(whole["since"], places.since[0])
    np.testing.assert_array_equal(whole["until"], places.until[0])
    comb = comb_of(PitchCurve(midi_to_hz(phrase.midi), phrase.voiced))
    np.testing.assert_allclose(whole["comb"], comb, atol=1e-4)


def test_a_crop_is_a_part_of_the_whole_padded(phrase: PhraseArrays) -> None:
    whole = crop(phrase, 0, phrase.frames, phrase.frames)
    start, stop = 20, 50
    part = crop(phrase, start, stop, 64)
    first_phone = int(phrase.phone[start])
    np.testing.assert_array_equal(part["phone"][:30], phrase.phone[start:stop] - first_phone)
    np.testing.assert_array_equal(part["mel"][:, :30], whole["mel"][:, start:stop])
    np.testing.assert_array_equal(part["since"][:30], whole["since"][start:stop])
    assert part["mel"].shape == (128, 64)
    assert (part["weight"][:, 30:] == 0.0).all()
    assert (part["labelled"][30:] == 0.0).all()
    inner = part["timed"]
    assert (inner[0], inner[-1]) == (0.0, 0.0)


def test_loudness_moves_the_mel_and_the_energy_together(phrase: PhraseArrays) -> None:
    plain, louder = crop(phrase, 20, 50, 30), crop(phrase, 20, 50, 30, 6.0)
    np.testing.assert_allclose(louder["energy"] - plain["energy"], 0.5, atol=1e-3)
    loud = plain["mel"] > LOG_FLOOR + 1.0
    rise = (louder["mel"] - plain["mel"])[loud]
    np.testing.assert_allclose(rise, 6.0 / 20.0 * np.log(10.0), atol=1e-4)


def test_bands_that_were_never_recorded_do_not_count(phrase: PhraseArrays) -> None:
    dull = replace(phrase, full_band=False)
    mask = narrow_band_mask()
    weight = crop(dull, 0, 60, 60)["weight"]
    assert 90 < mask.sum() < 128
    assert (weight[:, 5] == mask[:, 0]).all()
    pools = filled_bands({"full": [phrase], "dull": [dull]})
    (made,) = pools["dull"]
    assert made.full_band
    upper = int(mask.sum())
    np.testing.assert_array_equal(made.mel[:upper], phrase.mel[:upper])
    assert filled_bands({"dull": [dull]}) == {"dull": [dull]}


def test_shares_decide_how_often_a_store_is_heard(phrase: PhraseArrays) -> None:
    other = replace(phrase, speaker="bob")
    options = replace(OPTIONS, shares={"a": 3.0, "b": 1.0}, batch=400)
    crops = AcousticCrops({"a": [phrase], "b": [other]}, {"ann": 0, "bob": 1}, options, 0)
    batch = next(iter(crops))
    assert batch.speaker.float().mean().item() == pytest.approx(0.25, abs=0.08)
    assert batch.targets.mel.shape == (400, 128, 40)
    assert batch.phones.phoneme.shape == batch.targets.timed.shape
    assert batch.frames.comb.dtype == torch.float32
    apart = next(iter(AcousticCrops({"a": [phrase]}, {"ann": 0}, OPTIONS, 5, rank=1)))
    again = next(iter(AcousticCrops({"a": [phrase]}, {"ann": 0}, OPTIONS, 5)))
    assert not torch.equal(again.targets.mel, apart.targets.mel)
    same = next(iter(AcousticCrops({"a": [phrase]}, {"ann": 0}, OPTIONS, 5)))
    torch.testing.assert_close(again.targets.mel, same.targets.mel)


def test_losses_count_only_what_has_weight() -> None:
    values, weight = torch.tensor([1.0, 5.0, 3.0]), torch.tensor([1.0, 0.0, 1.0])
    assert masked_mean(values, weight).item() == 2.0
    assert masked_mean(values, 0.0 * weight).item() == 0.0
    true = torch.zeros(1, 2, 3)
    made = torch.tensor([[[1.0, 1.0, 1.0], [0.0, 9.0, 0.0]]])
    weight = torch.tensor([[[1.0, 1.0, 1.0], [1.0, 0.0, 1.0]]])
    assert mel_loss(made, true, weight).item() == pytest.approx(3.0 / 5.0)


def test_the_adversary_learns_from_its_own_loss_alone() -> None:
    adversary = PatchDiscriminator(4)
    made = torch.randn(2, 128, 16, requires_grad=True)
    torch.autograd.backward(adversary.fooled(made))
    assert made.grad is not None
    assert all(parameter.grad is None for parameter in adversary.parameters())
    torch.autograd.backward(adversary.judged(torch.randn(2, 128, 16), made.detach()))
    assert all(parameter.grad is not None for parameter in adversary.parameters())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"steps": None}, "needs an end"),
        ({"batch": 1}, "not 1 of 40"),
        ({"posterior_share": 0.0}, "not 0.0"),
    ],
)
def test_options_that_make_no_run_are_refused(change: dict[str, float | None], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(OPTIONS, **change)  # type: ignore[arg-type]


def test_the_released_model_is_of_the_size_it_claims() -> None:
    """Shapes that checkpoints and voices rely on."""
    config = AcousticConfig()
    with torch.device("meta"):
        model = AcousticModel(config)
    count = sum(parameter.numel() for parameter in model.parameters())
    assert 6_000_000 < count < 9_000_000
    assert tuple(model.decoder.envelope.weight.shape) == (config.mels, config.decoder_width)
