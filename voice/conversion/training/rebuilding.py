"""Networks rebuilt in torch from the weights of their exported files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import nn

from voice.acoustic.config import AcousticConfig
from voice.acoustic.exported_weights import read_weights
from voice.acoustic.networks.decoder import MelDecoder
from voice.acoustic.networks.posterior import SpeakerFlow
from voice.conversion.config import ContentConfig
from voice.conversion.networks import ContentEncoder
from voice.errors import VoiceError

FILM = "stack.blocks.0.film.affine.weight"
"""Where a decoder is told who sings."""

Network = TypeVar("Network", bound=nn.Module)
Weights = Mapping[str, npt.NDArray[np.float32]]


def rebuilt_decoder(acoustic: onnx.ModelProto) -> tuple[SpeakerFlow, MelDecoder]:
    """The flow and the decoder of an acoustic.onnx."""
    weights = read_weights(acoustic)
    flow, decoder = _under(weights, "model.flow."), _under(weights, "model.decoder.")
    if FILM not in decoder:
        raise VoiceError(
            f"the voice's network has no {FILM}, its singers are fixed; it cannot be tuned"
        )
    config = AcousticConfig(
        mels=len(decoder["envelope.bias"]),
        speaker_width=decoder[FILM].shape[1],
        latent=2 * flow["couplings.0.leave.weight"].shape[0],
        flow_width=flow["couplings.0.enter.weight"].shape[0],
        flow_layers=_count(flow, r"couplings\.0\.stack\.gates\.(\d+)\.weight"),
        flow_couplings=_count(flow, r"couplings\.(\d+)\.enter\.weight"),
        decoder_width=decoder["enter.weight"].shape[0],
        decoder_blocks=_count(decoder, r"stack\.blocks\.(\d+)\.scale"),
    )
    return _filled(SpeakerFlow(config), flow), _filled(MelDecoder(config), decoder)


def rebuilt_content(content: onnx.ModelProto) -> ContentEncoder:
    """The encoder of a content.onnx."""
    weights = _under(read_weights(content), "encoder.")
    kernel = weights["stack.blocks.0.depthwise.weight"].shape[-1]
    config = ContentConfig(
        bands=len(weights["usual_envelope"]),
        width=weights["enter.weight"].shape[0],
        blocks=_count(weights, r"stack\.blocks\.(\d+)\.scale"),
        kernel=kernel,
        voice_width=weights["voice.weight"].shape[0],
        phonemes=weights["phones.weight"].shape[0],
        latent=weights["leave.weight"].shape[0],
        speaker_width=weights["voice.weight"].shape[1],
    )
    return _filled(ContentEncoder(config), weights)


def fill_encoder(encoder: ContentEncoder, content: onnx.ModelProto) -> None:
    """Put the weights of a content.onnx into an encoder of the same shape.

    Phones that joined the inventory since keep what they have.

    Raises:
        VoiceError: the file is of another shape.
    """
    found = rebuilt_content(content).state_dict()
    state = encoder.state_dict()
    for name, place in state.items():
        values = found.get(name)
        grows = name.startswith("phones.") and values is not None and len(values) <= len(place)
        if values is None or (values.shape != place.shape and not grows):
            raise VoiceError(f"the content encoder has another shape ({name}); update the voice")
        place[: len(values)] = values
    encoder.load_state_dict(state)


def _under(weights: Weights, prefix: str) -> Weights:
    found = {
        name.removeprefix(prefix): values
        for name, values in weights.items()
        if name.startswith(prefix)
    }
    if not found:
        raise VoiceError(f"the network's weights have lost their names ({prefix}…); update it")
    return found


def _count(weights: Weights, pattern: str) -> int:
    numbers = [int(match[1]) for name in weights if (match := re.fullmatch(pattern, name))]
    return 1 + max(numbers)


def _filled(network: Network, weights: Weights) -> Network:
    state = {name: torch.from_numpy(np.array(values)) for name, values in weights.items()}
    network.load_state_dict({name: state[name] for name in network.state_dict()})
    return network
