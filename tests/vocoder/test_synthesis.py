"""From torch to ONNX to sound: equal numbers, equal chunks, exact pitch, clear refusals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from made_sounds import steady
from onnx import TensorProto, helper

from vocoder.card import VocoderCard, VocoderKind, card_from_metadata
from vocoder.errors import VocoderError
from vocoder.export import export_vocoder
from vocoder.networks.hifigan import CONFIGS, HifiGanVocoder
from vocoder.networks.istft import IstftConfig, IstftVocoder
from vocoder.networks.network import VocoderNetwork
from vocoder.pitch import PitchCurve
from vocoder.store import Sound
from vocoder.synthesis import CHUNK_FRAMES, Vocoder
from vocoder.training.listening import resynthesise


def lively(network: VocoderNetwork) -> VocoderNetwork:
    """Untrained weights that still do something audible to their input."""
    torch.manual_seed(3)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "outlet.weight" in name:
                parameter.normal_(std=0.05)
    return network.eval()


@dataclass(frozen=True)
class Exported:
    """A small network and the file that it was exported to."""

    network: VocoderNetwork
    path: Path
    card: VocoderCard


def exported(network: VocoderNetwork, path: Path) -> Exported:
    return Exported(network, path, export_vocoder(network, path, half_weights=False))


@pytest.fixture(scope="module")
def istft(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    network = lively(IstftVocoder(IstftConfig(channels=32, blocks=3)))
    return exported(network, tmp_path_factory.mktemp("istft") / "vocoder.onnx")


@pytest.fixture(scope="module")
def hifigan(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """V2's five stages and paired blocks, with fewer channels and one kernel size."""
    config = replace(CONFIGS["v2"], channels=32, block_kernels=(11,), block_dilations=((1, 5),))
    return exported(
        lively(HifiGanVocoder(config)), tmp_path_factory.mktemp("hifigan") / "vocoder.onnx"
    )


@pytest.fixture(params=["istft", "hifigan"])
def either(request: pytest.FixtureRequest, istft: Exported, hifigan: Exported) -> Exported:
    return istft if request.param == "istft" else hifigan


def melody(frames: int) -> Sound:
    """A mel that changes, and a pitch that moves and stops."""
    random = np.random.default_rng(frames)
    mel = (random.standard_normal((128, frames)) - 4.0).astype(np.float32)
    hz = 220.0 * 2.0 ** (np.sin(np.arange(frames) / 30.0) / 3.0)
    pitch = PitchCurve(hz, np.arange(frames) % 90 > 15)
    return Sound(np.zeros(frames * 512, np.float32), mel, pitch)


def check_onnx_against_torch(pair: Exported) -> None:
    sound = melody(70)
    made = Vocoder.open(pair.path).synthesise(sound.mel, sound.pitch, seed=5)
    wanted = resynthesise(pair.network, sound, seed=5)
    assert made.samples.shape == (1, 70 * 512)
    assert np.std(wanted) > 1e-4
    np.testing.assert_allclose(made.samples[0], wanted, atol=1e-4)


def test_onnx_sings_as_torch_does(either: Exported) -> None:
    check_onnx_against_torch(either)


def test_the_published_v3_sings_as_torch_does(tmp_path: Path) -> None:
    pair = exported(lively(HifiGanVocoder(CONFIGS["v3"])), tmp_path / "v3.onnx")
    assert pair.card.kind is VocoderKind.HIFIGAN
    assert [entry.name for entry in tmp_path.iterdir()] == ["v3.onnx"]
    check_onnx_against_torch(pair)


def test_chunks_join_to_the_whole(either: Exported) -> None:
    vocoder = Vocoder.open(either.path)
    sound = melody(150)
    whole = vocoder.synthesise(sound.mel, sound.pitch, 1, chunk_frames=1_000).samples
    for chunk_frames in (37, 149):
        parts = vocoder.synthesise(sound.mel, sound.pitch, 1, chunk_frames).samples
        np.testing.assert_allclose(parts, whole, atol=1e-5)


def test_the_same_seed_gives_the_same_samples(istft: Exported) -> None:
    sound = melody(100)
    one, same = (Vocoder.open(istft.path).synthesise(sound.mel, sound.pitch, 7) for _ in range(2))
    other = Vocoder.open(istft.path).synthesise(sound.mel, sound.pitch, 8)
    np.testing.assert_array_equal(one.samples, same.samples)
    assert np.max(np.abs(one.samples - other.samples)) > 1e-3


@pytest.mark.parametrize("frames", [0, 1, 2, 31, CHUNK_FRAMES + 1])
def test_every_length_is_sung_whole(frames: int, istft: Exported) -> None:
    sound = melody(frames)
    made = Vocoder.open(istft.path).synthesise(sound.mel, sound.pitch, 0)
    assert made.length_samples == frames * 512
    assert made.rate_hz == 44_100


def test_half_weights_halve_the_file_and_keep_the_sound(tmp_path: Path, istft: Exported) -> None:
    export_vocoder(istft.network, tmp_path / "half.onnx")
    assert (tmp_path / "half.onnx").stat().st_size < 0.65 * istft.path.stat().st_size
    sound = melody(60)
    whole, half = (
        Vocoder.open(path).synthesise(sound.mel, sound.pitch, 0).samples
        for path in (istft.path, tmp_path / "half.onnx")
    )
    assert np.max(np.abs(whole - half)) < 0.02 * np.max(np.abs(whole))


def test_mel_and_pitch_must_agree(istft: Exported) -> None:
    vocoder = Vocoder.open(istft.path)
    with pytest.raises(VocoderError, match=r"\(80, 10\) beside 10 frames"):
        vocoder.synthesise(np.zeros((80, 10), np.float32), steady(200.0, 10), 0)
    with pytest.raises(VocoderError, match="beside 11 frames"):
        vocoder.synthesise(np.zeros((128, 10), np.float32), steady(200.0, 11), 0)


def community(path: Path, hop: int = 512, bands: int = 128, pitch_name: str = "f0") -> Path:
    """A stand-in with the interface of openvpi's vocoders: each frame's f0, `hop` times."""
    nodes = [
        helper.make_node("Unsqueeze", [pitch_name, "last"], ["column"]),
        helper.make_node("Tile", ["column", "times"], ["tiled"]),
        helper.make_node("Reshape", ["tiled", "flat"], ["held"]),
        helper.make_node("ReduceMean", ["mel"], ["level"], keepdims=0),
        helper.make_node("Mul", ["level", "nothing"], ["silent"]),
        helper.make_node("Add", ["held", "silent"], ["waveform"]),
    ]
    constants = [
        helper.make_tensor("last", TensorProto.INT64, [1], [2]),
        helper.make_tensor("times", TensorProto.INT64, [3], [1, 1, hop]),
        helper.make_tensor("flat", TensorProto.INT64, [2], [1, -1]),
        helper.make_tensor("nothing", TensorProto.FLOAT, [], [0.0]),
    ]
    graph = helper.make_graph(
        nodes,
        "stand-in",
        [
            helper.make_tensor_value_info("mel", TensorProto.FLOAT, [1, "frames", bands]),
            helper.make_tensor_value_info(pitch_name, TensorProto.FLOAT, [1, "frames"]),
        ],
        [helper.make_tensor_value_info("waveform", TensorProto.FLOAT, [1, "samples"])],
        constants,
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), path)
    return path


def test_a_community_vocoder_gets_hertz_and_zero_where_unvoiced(tmp_path: Path) -> None:
    vocoder = Vocoder.open(community(tmp_path / "theirs.onnx"))
    assert vocoder.card.kind is VocoderKind.COMMUNITY
    sound = melody(150)
    made = vocoder.synthesise(sound.mel, sound.pitch, 0, chunk_frames=40).samples[0]
    wanted = np.where(sound.pitch.voiced, sound.pitch.hz, 0.0)
    np.testing.assert_allclose(made, np.repeat(wanted, 512), rtol=1e-5, atol=1e-4)


def test_a_community_vocoder_of_another_clock_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VocoderError, match="256 samples of each frame, 512 are expected"):
        Vocoder.open(community(tmp_path / "hop.onnx", hop=256))
    with pytest.raises(VocoderError, match=r"80\], \(1, frames, 128\) is expected"):
        Vocoder.open(community(tmp_path / "bands.onnx", bands=80))
    with pytest.raises(VocoderError, match=r"inputs mel, pitch; .* takes f0, mel"):
        Vocoder.open(community(tmp_path / "name.onnx", pitch_name="pitch"))


def test_what_is_no_vocoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VocoderError, match="no such vocoder file"):
        Vocoder.open(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("not a model")
    with pytest.raises(VocoderError, match="not an ONNX model"):
        Vocoder.open(tmp_path / "text.onnx")


def test_a_card_survives_its_metadata() -> None:
    card = VocoderCard(VocoderKind.HIFIGAN)
    assert card_from_metadata(card.metadata()) == card
    assert card_from_metadata({"author": "someone"}) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"melisma.kind": "organ"}, "known are istft, hifigan, community"),
        ({"melisma.hop_samples": "256"}, "hop 512 and 128 mel bands, this one runs"),
        ({"melisma.mel_bands": "many"}, "'many'"),
    ],
)
def test_a_foreign_card_is_refused(change: dict[str, str], message: str) -> None:
    with pytest.raises(VocoderError, match=message):
        card_from_metadata({**VocoderCard(VocoderKind.ISTFT).metadata(), **change})
