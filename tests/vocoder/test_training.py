"""Training: crops that agree, losses that fall, runs that resume and ask for their permit."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import parselmouth
import pytest
import pytorch_lightning as pl
import soundfile
import torch
from made_sounds import buzz, small_store
from safetensors import safe_open

from vocoder.errors import SoundError
from vocoder.mel import log_mel
from vocoder.networks.istft import IstftConfig, IstftVocoder
from vocoder.pitch import cents_between
from vocoder.store import SoundStore
from vocoder.training.checkpoints import (
    Parts,
    checkpoint_path,
    latest_checkpoint,
    load_average,
    read_progress,
    restore_checkpoint,
)
from vocoder.training.crops import CropBatch, Crops, pools
from vocoder.training.listening import resynthesise
from vocoder.training.losses import (
    LogMel,
    SpectralLoss,
    discriminator_loss,
    feature_loss,
    generator_loss,
)
from vocoder.training.module import VocoderTraining
from vocoder.training.options import VocoderTrainingOptions
from vocoder.training.run import train_vocoder

QUICK = VocoderTrainingOptions(
    steps=3,
    batch=2,
    crop_frames=8,
    checkpoint_every_steps=2,
    listen_every_steps=2,
    log_every_steps=1,
    discriminator_width=0.05,
    accelerator="cpu",
    devices=1,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SoundStore:
    return small_store(tmp_path_factory.mktemp("store"))


def allow() -> None:
    """A permit that always holds."""


def praat_hz(wave: np.ndarray) -> np.ndarray:
    sound = parselmouth.Sound(wave.astype(np.float64), 44_100)
    found: np.ndarray = sound.to_pitch_ac(
        time_step=0.005, pitch_floor=65.0, pitch_ceiling=1_100.0
    ).selected_array["frequency"]
    return found


def test_held_back_spoken_and_dull_recordings_stay_out(store: SoundStore) -> None:
    sung, spoken = pools([store], QUICK)
    assert [row.name for _, row in sung.rows] == ["low", "high"]
    assert [row.name for _, row in spoken.rows] == ["spoken"]
    with_dull, _ = pools([store], replace(QUICK, only_full_band=False))
    assert [row.name for _, row in with_dull.rows] == ["low", "high", "dull"]


def test_nothing_to_train_on_is_an_error(store: SoundStore) -> None:
    with pytest.raises(SoundError, match="0 sung and 0 spoken recordings of at least"):
        pools([store], replace(QUICK, crop_frames=500))


@pytest.mark.parametrize("shifted", [0.0, 1.0])
def test_wave_pitch_and_source_of_a_crop_agree(store: SoundStore, shifted: float) -> None:
    options = replace(
        QUICK,
        crop_frames=20,
        batch=6,
        share_of_pitch_shifted=shifted,
        pitch_shift_semitones=6.0,
    )
    batch = next(iter(Crops([store], options)))
    assert batch.wave.shape == batch.harmonics.shape == batch.noise.shape == (6, 20 * 512)
    octaves = batch.log2_hz.mean(dim=1) - torch.log2(torch.tensor(110.0))
    if shifted:
        assert len({round(float(octave), 3) for octave in octaves}) == 6
    for wave, harmonics, log2_hz in zip(batch.wave, batch.harmonics, batch.log2_hz, strict=True):
        wanted_hz = 2.0 ** float(log2_hz.mean())
        for heard in (wave, harmonics):
            found = praat_hz(heard.numpy())
            voiced = found[found > 0]
            assert abs(float(np.median(cents_between(voiced, wanted_hz)))) < 8.0


def test_the_mel_of_an_unmoved_crop_is_that_of_the_store(store: SoundStore) -> None:
    quiet = replace(QUICK, share_of_pitch_shifted=0.0, loudness_db=(0.0, 0.0))
    batch = next(iter(Crops([store], quiet)))
    mel = LogMel()(batch.framed)[0]
    whole = torch.from_numpy(
        np.concatenate([store.read(store.recordings[index]).mel for index in (0, 1)], axis=1)
    )
    distances = [
        float((whole[:, first : first + 8] - mel).abs().mean())
        for first in range(whole.shape[1] - 8)
    ]
    assert min(distances) < 0.5


def test_stored_mels_are_taken_as_they_are(store: SoundStore) -> None:
    """Here they are those of the waves, so that a shift by a fraction of a frame would show."""
    batch = next(iter(Crops([store], replace(QUICK, stored_mels=True))))
    assert batch.mel is not None
    assert batch.mel.shape == (2, 128, 8)
    torch.testing.assert_close(LogMel()(batch.framed), batch.mel, atol=0.1, rtol=0.0)


def test_a_run_on_stored_mels_goes_through(store: SoundStore, tmp_path: Path) -> None:
    options = replace(QUICK, stored_mels=True, adversarial_from_step=1)
    assert train_vocoder([store], options, tmp_path, allow).steps == 3


def test_crops_depend_on_seed_and_first_step(store: SoundStore) -> None:
    def first(options: VocoderTrainingOptions, step: int) -> CropBatch:
        return next(iter(Crops([store], options, step)))

    one, same = first(QUICK, 0), first(QUICK, 0)
    torch.testing.assert_close(one.framed, same.framed, rtol=0.0, atol=0.0)
    assert not torch.equal(one.framed, first(QUICK, 1).framed)
    assert not torch.equal(one.framed, first(replace(QUICK, seed=1), 0).framed)


def test_spectral_loss_is_zero_for_the_same_and_grows_with_change() -> None:
    loss = SpectralLoss()
    wave = torch.from_numpy(buzz(200.0, 20).audio)[None]
    assert float(loss(wave, wave)) == pytest.approx(0.0, abs=1e-6)
    assert float(loss(-wave, wave)) == pytest.approx(0.0, abs=1e-5)
    assert 0.0 < float(loss(0.9 * wave, wave)) < float(loss(0.5 * wave, wave))


def test_least_squares_reward_the_right_side() -> None:
    ones, zeros = [torch.ones(3)], [torch.zeros(3)]
    assert float(discriminator_loss(ones, zeros)) == 0.0
    assert float(discriminator_loss(zeros, ones)) == 2.0
    assert float(generator_loss(ones)) == 0.0
    assert float(feature_loss([ones], [zeros])) == 1.0


def test_a_run_leaves_checkpoints_losses_sounds_and_pictures(
    store: SoundStore, tmp_path: Path
) -> None:
    result = train_vocoder([store], QUICK, tmp_path, allow)
    assert result.steps == 3
    assert result.checkpoint == checkpoint_path(tmp_path, 3)
    assert {path.name for path in tmp_path.iterdir()} == {
        "listen",
        "losses",
        "options.json",
        "step-00000002.safetensors",
        "step-00000003.safetensors",
    }
    assert json.loads((tmp_path / "options.json").read_text())["model"] == "istft"
    made, rate_hz = soundfile.read(tmp_path / "listen" / "step-00000002-0.wav")
    assert (len(made), rate_hz) == (120 * 512, 44_100)
    assert (tmp_path / "listen" / "step-00000002-0.png").stat().st_size > 1_000
    with (tmp_path / "losses" / "version_0" / "metrics.csv").open() as log:
        rows = list(csv.DictReader(log))
    assert [float(row["step"]) for row in rows] == [1.0, 2.0, 3.0]
    assert all(float(row["spectral"]) > 0.0 for row in rows)
    with safe_open(result.checkpoint, framework="pt") as file:
        kinds = {key.split("/")[0] for key in file.keys()}  # noqa: SIM118
    assert kinds == {"generator", "average", "optimiser"}


def test_a_run_goes_on_where_it_was_left_and_adds_discriminators(
    store: SoundStore, tmp_path: Path
) -> None:
    first = train_vocoder([store], QUICK, tmp_path, allow)
    later = replace(QUICK, steps=5, adversarial_from_step=4)
    second = train_vocoder([store], later, tmp_path, allow)
    assert second.steps == 5
    assert second.elapsed_s > first.elapsed_s
    assert read_progress(second.checkpoint).step == 5
    with safe_open(second.checkpoint, framework="pt") as file:
        steps = {float(file.get_tensor(key)) for key in file.keys() if key.endswith("/0/step")}  # noqa: SIM118
    assert steps == {5.0, 1.0}


def test_a_finished_run_is_left_as_it_is(store: SoundStore, tmp_path: Path) -> None:
    first = train_vocoder([store], QUICK, tmp_path, allow)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    asked: list[int] = []
    again = train_vocoder([store], QUICK, tmp_path, lambda: asked.append(1))
    assert (again.checkpoint, again.steps) == (first.checkpoint, 3)
    assert again.elapsed_s == read_progress(first.checkpoint).elapsed_s
    assert asked == [1]
    by_time = replace(QUICK, steps=None, minutes=again.elapsed_s / 60.0)
    assert train_vocoder([store], by_time, tmp_path, allow).steps == 3
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_the_optimiser_survives_a_checkpoint(store: SoundStore, tmp_path: Path) -> None:
    train_vocoder([store], QUICK, tmp_path, allow)
    path = latest_checkpoint(tmp_path)
    assert path is not None
    module = VocoderTraining(IstftVocoder(IstftConfig()), QUICK)
    optimiser = module.configure_optimizers()[0]
    restore_checkpoint(path, Parts({"generator": module.generator}, {"generator": optimiser}))
    state = optimiser.state[next(module.generator.parameters())]
    assert float(state["step"]) == 3.0
    assert bool(state["exp_avg"].any())


def test_the_permit_is_asked_for_at_every_checkpoint(store: SoundStore, tmp_path: Path) -> None:
    asked: list[int] = []

    def renew() -> None:
        asked.append(1)
        if len(asked) == 2:
            raise PermissionError("the grant was withdrawn")

    with pytest.raises(PermissionError, match="withdrawn"):
        train_vocoder([store], QUICK, tmp_path, renew)
    assert latest_checkpoint(tmp_path) is None


def test_a_budget_of_time_ends_a_run(store: SoundStore, tmp_path: Path) -> None:
    short = replace(QUICK, steps=None, minutes=0.02)
    result = train_vocoder([store], short, tmp_path, allow)
    assert result.steps >= 1
    assert result.elapsed_s >= 1.2


def test_a_small_network_learns_to_sing_an_unheard_pitch(store: SoundStore, tmp_path: Path) -> None:
    options = replace(
        QUICK,
        steps=80,
        batch=4,
        crop_frames=16,
        warmup_steps=5,
        learning_rate=4e-3,
        weight_average=0.9,
        loudness_db=(-3.0, 3.0),
    )
    module = VocoderTraining(IstftVocoder(IstftConfig(channels=24, blocks=2)), options)
    untrained = IstftVocoder(IstftConfig(channels=24, blocks=2))
    untrained.load_state_dict(module.generator.state_dict())
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=1,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, torch.utils.data.DataLoader(Crops([store], options), batch_size=None))
    sound = buzz(247.0, 100)
    made = resynthesise(module.average, sound)
    found = praat_hz(made)
    voiced = found[found > 0]
    assert len(voiced) > 0.9 * len(found)
    assert abs(float(np.median(cents_between(voiced, 247.0)))) < 1.0
    errors = [
        np.abs(log_mel(resynthesise(network, sound)) - sound.mel).mean()
        for network in (module.average, untrained)
    ]
    assert errors[0] < 0.7 * errors[1]


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "step-1.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(SoundError, match="not a readable checkpoint"):
        read_progress(tmp_path / "step-1.safetensors")


def test_weights_of_another_size_are_refused(store: SoundStore, tmp_path: Path) -> None:
    result = train_vocoder([store], QUICK, tmp_path, allow)
    with pytest.raises(SoundError, match="of another network"):
        load_average(result.checkpoint, IstftVocoder(IstftConfig(channels=16)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "v9"}, "choose istft, v1, v2, v3"),
        ({"steps": None}, "needs an end"),
        ({"steps": 0}, "must be positive"),
        ({"batch": 0}, "1 crop of 8 frames"),
        ({"share_of_speech": 1.5}, "0-1, not 1.5"),
        ({"pitch_shift_semitones": 30.0}, "0-24"),
    ],
)
def test_options_are_checked_when_made(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(QUICK, **change)  # type: ignore[arg-type]
