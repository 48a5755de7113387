"""What an acoustic model is shown and asked: phrases, crops, losses and options."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from lyrics.phonemes import INVENTORY
from tests.acoustic.made_store import OPTIONS, made_store, stored
from vocoder.frames import GRID
from vocoder.pitch import PitchCurve, midi_to_hz
from voice.acoustic.comb import comb_of
from voice.acoustic.config import AcousticConfig
from voice.acoustic.inputs import position_inputs
from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.training.adversary import PatchDiscriminator
from voice.acoustic.training.crops import LOG_FLOOR, AcousticCrops, cut
from voice.acoustic.training.fullness import filled_bands
from voice.acoustic.training.losses import masked_mean, mel_loss
from voice.acoustic.training.phrases import (
    PhraseArrays,
    narrow_band_mask,
    phrase_arrays,
)
from voice.corpora.label_files import read_labels
from voice.expression import FramedPhone


@pytest.fixture(scope="module")
def phrase(tmp_path_factory: pytest.TempPathFactory) -> PhraseArrays:
    store = made_store(tmp_path_factory.mktemp("store"), stored("sa"))
    return phrase_arrays(store, store.recordings[0], read_labels(store.folder)["sa"])


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
