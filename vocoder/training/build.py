"""Networks by name."""

from __future__ import annotations

from vocoder.networks.istft import IstftConfig, IstftVocoder
from vocoder.networks.network import VocoderNetwork
from vocoder.training.options import ModelName


def build_network(name: ModelName) -> VocoderNetwork:
    """An untrained network of a published size, or the inverse-STFT variant."""
    return IstftVocoder(IstftConfig())
