"""Vocoder networks: published sizes, shapes, and what reaches what."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from vocoder.networks.hifigan import CONFIGS, HifiGanConfig, HifiGanVocoder
from vocoder.networks.istft import IstftConfig, IstftVocoder
from vocoder.training.build import build_network
from vocoder.training.discriminators import Discriminators
from vocoder.training.options import MODEL_NAMES

PUBLISHED_PARAMETERS = {"v1": 13.92e6, "v2": 0.92e6, "v3": 1.46e6}
PUBLISHED_RATES = {"v1": (8, 8, 2, 2), "v2": (8, 8, 2, 2), "v3": (8, 8, 4)}


def parameters(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def batch(frames: int = 12) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(0)
    wave = (2, frames * 512)
    return (
        torch.randn(2, 128, frames, generator=generator) - 5.0,
        torch.full((2, frames), 8.0),
        torch.ones(2, frames),
        torch.randn(*wave, generator=generator),
        torch.randn(*wave, generator=generator),
    )


@pytest.mark.parametrize("name", sorted(CONFIGS))
def test_hifigan_has_the_published_sizes(name: str) -> None:
    """Table 1 of the paper: 80 bands, hop 256, no source; folded weights."""
    rates = PUBLISHED_RATES[name]
    kernels = tuple(2 * rate for rate in rates)
    network = HifiGanVocoder(replace(CONFIGS[name], rates=rates, kernels=kernels, mel_bands=80))
    network.fold_weight_norm()
    without_source = parameters(network) - parameters(network.sources)
    assert without_source == pytest.approx(PUBLISHED_PARAMETERS[name], rel=0.01)


@pytest.mark.parametrize("name", sorted(CONFIGS))
def test_upsampling_multiplies_to_the_hop(name: str) -> None:
    assert int(torch.tensor(CONFIGS[name].rates).prod()) == 512


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_every_model_makes_a_hop_of_samples_per_frame(name: str) -> None:
    network = build_network(name)  # type: ignore[arg-type]
    with torch.no_grad():
        wave = network.render(*batch(frames=9))
    assert wave.shape == (2, 9 * 512)
    assert bool(torch.isfinite(wave).all())


def test_the_inverse_stft_variant_is_small() -> None:
    assert 3.2e6 < parameters(build_network("istft")) < 3.6e6


def test_every_parameter_learns() -> None:
    for network in (
        IstftVocoder(IstftConfig(channels=8, blocks=2)),
        HifiGanVocoder(replace(CONFIGS["v3"], channels=16)),
    ):
        torch.autograd.backward(network.render(*batch()).square().sum())
        still = [
            name
            for name, parameter in network.named_parameters()
            if parameter.grad is None or not parameter.grad.any()
        ]
        assert still == []


def test_the_mel_sets_the_level_before_any_training() -> None:
    """Band levels are gains of unit noise, so an untrained network is already roughly as loud."""
    network = IstftVocoder(IstftConfig(channels=8, blocks=1))
    mel, log2_hz, voiced, _, noise = batch(20)
    with torch.no_grad():
        quiet, loud = (
            network.render(mel * 0 + level, log2_hz, voiced, noise * 0, noise)[
                :, 2_000:-2_000
            ].std()
            for level in (-5.0, -2.0)
        )
    assert float(torch.log(loud / quiet)) == pytest.approx(3.0, abs=0.5)


def test_folding_keeps_the_sound() -> None:
    network = HifiGanVocoder(replace(CONFIGS["v3"], channels=16))
    with torch.no_grad():
        before = network.render(*batch())
        network.fold_weight_norm()
        after = network.render(*batch())
    torch.testing.assert_close(before, after, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(
    "change",
    [{"kernels": (16, 16)}, {"kernels": (15, 16, 16)}, {"block_kernels": (3,)}],
)
def test_a_size_that_cannot_be_is_refused(change: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="kernel"):
        HifiGanConfig(**{**vars(CONFIGS["v3"]), **change})


def test_an_even_kernel_is_refused() -> None:
    with pytest.raises(ValueError, match="odd"):
        IstftConfig(kernel=6)


def test_five_periods_and_three_resolutions_judge() -> None:
    judges = Discriminators(width=0.1)
    verdict = judges(torch.randn(2, 4_096))
    assert len(verdict.scores) == 8
    assert [len(layers) for layers in verdict.features] == [5] * 8
    periods = [getattr(member, "period", None) for member in judges.members]
    assert periods == [2, 3, 5, 7, 11, None, None, None]
