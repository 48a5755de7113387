"""Networks by name."""

from __future__ import annotations

from vocoder.networks.hifigan import CONFIGS, HifiGanVocoder
from vocoder.networks.istft import IstftConfig, IstftVocoder
from vocoder.networks.network import VocoderNetwork
from vocoder.training.options import ModelName


def build_network(name: ModelName) -> VocoderNetwork:
    """An untrained network: HiFi-GAN of a published size, or the inverse-STFT variant."""
    if name == "istft":
        return IstftVocoder(IstftConfig())
    return HifiGanVocoder(CONFIGS[name])
