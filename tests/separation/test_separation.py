"""Songs taken apart: the network is torch's, the stream is the whole, and nothing is executed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from tests.mixing.takes import noise
from vocoder.audio import Audio, read_audio, write_audio
from voice.cli.app import run
from voice.errors import SeparationError
from voice.separation import separate as separating
from voice.separation.network import DEPTH, mask_network
from voice.separation.separate import masks_of, rest_of, separate
from voice.separation.streaming import BINS, FRAMES, vocals_of
from voice.separation.weights import read_weights

torch = pytest.importorskip("torch", reason="the oracle of the network")

Floats32 = npt.NDArray[np.float32]
WIDTHS = (2, 3, 4, 5, 6, 7)


def small_weights(seed: int = 0) -> dict[str, Floats32]:
    """Spleeter's layers with few channels, drawn at random."""
    random = np.random.default_rng(seed)

    def array(*shape: int) -> Floats32:
        return (0.3 * random.standard_normal(shape)).astype(np.float32)

    def norm(layer: str, width: int) -> dict[str, Floats32]:
        return {
            f"{layer}.weight": 1 + array(width),
            f"{layer}.bias": array(width),
            f"{layer}.running_mean": array(width),
            f"{layer}.running_var": np.abs(array(width)) + np.float32(0.5),
        }

    weights: dict[str, Floats32] = {}
    sizes = (2, *WIDTHS)
    for level in range(1, DEPTH + 1):
        into, out = sizes[level - 1], sizes[level]
        weights[f"down{level}_conv.1.weight"] = array(out, into, 5, 5)
        weights[f"down{level}_conv.1.bias"] = array(out)
        weights |= norm(f"down{level}_act.0", out)
    for level in range(1, DEPTH + 1):
        skipped = WIDTHS[DEPTH - level]
        into = skipped if level == 1 else 2 * skipped
        out = WIDTHS[DEPTH - level - 1] if level < DEPTH else 1
        weights[f"up{level}.0.weight"] = array(into, out, 5, 5)
        weights[f"up{level}.0.bias"] = array(out)
        weights |= norm(f"up{level}.3", out)
    weights["up7.0.weight"] = array(2, 1, 4, 4)
    weights["up7.0.bias"] = array(2)
    return weights


def by_torch(weights: dict[str, Floats32], mixture: Floats32) -> Floats32:
    """The same U-Net, written with torch after the paper."""
    functional = torch.nn.functional
    held = {name: torch.from_numpy(np.array(array)) for name, array in weights.items()}

    def normalised(now: object, layer: str) -> object:
        parts = ("running_mean", "running_var", "weight", "bias")
        return functional.batch_norm(now, *(held[f"{layer}.{p}"] for p in parts), eps=1e-3)

    now = given = torch.from_numpy(mixture)
    skipped = []
    for level in range(1, DEPTH + 1):
        layer = f"down{level}_conv.1"
        padded = functional.pad(now, (1, 2, 1, 2))
        now = functional.conv2d(padded, held[f"{layer}.weight"], held[f"{layer}.bias"], stride=2)
        skipped.append(now)
        now = functional.leaky_relu(normalised(now, f"down{level}_act.0"), 0.2)
    now = skipped.pop()
    for level in range(1, DEPTH + 1):
        now = now if level == 1 else torch.cat([skipped.pop(), now], dim=1)
        layer = f"up{level}.0"
        wide = functional.conv_transpose2d(
            now, held[f"{layer}.weight"], held[f"{layer}.bias"], stride=2
        )
        now = normalised(functional.relu(wide[:, :, 1:-2, 1:-2]), f"up{level}.3")
    last = functional.conv2d(now, held["up7.0.weight"], held["up7.0.bias"], padding=3, dilation=2)
    return np.asarray((torch.sigmoid(last) * given).numpy())


def test_the_network_is_the_one_torch_makes_of_the_same_weights() -> None:
    import onnxruntime

    weights = small_weights()
    mixture = np.abs(np.random.default_rng(1).standard_normal((1, 2, 64, 128))).astype(np.float32)
    session = onnxruntime.InferenceSession(mask_network(weights))
    made = session.run(None, {"mixture": mixture})[0]
    np.testing.assert_allclose(made, by_torch(weights, mixture), atol=1e-4)


def test_weights_are_read_from_a_checkpoint_without_running_it(tmp_path: Path) -> None:
    weights = small_weights()
    torch.save(weights, tmp_path / "small.ckpt", pickle_protocol=2)
    found = read_weights(tmp_path / "small.ckpt")
    assert set(found) == set(weights)
    for name, array in weights.items():
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("program", [b"", b"\x80\x02}.", b"cos\nsystem\n(S'touch ran'\ntR."])
def test_what_holds_no_weights_is_refused_and_never_run(
    tmp_path: Path, program: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("bad.ckpt", "w") as archive:
        archive.writestr("bad/data.pkl", program)
    with pytest.raises(SeparationError, match=r"bad\.ckpt"):
        read_weights(Path("bad.ckpt"))
    Path("no.ckpt").write_bytes(b"nothing")
    with pytest.raises(SeparationError, match="not a checkpoint"):
        read_weights(Path("no.ckpt"))
    assert not Path("ran").exists()


@pytest.mark.parametrize("length", [1, 5_000, 700_000])
def test_a_mask_of_ones_gives_the_sound_back(length: int) -> None:
    """Cut into uneven blocks, with the mask's shape as the network has it."""
    random = np.random.default_rng(0)
    sound = (0.1 * random.standard_normal((2, length))).astype(np.float32)
    shapes = set()

    def ones(magnitudes: Floats32) -> Floats32:
        shapes.add(magnitudes.shape)
        return np.ones_like(magnitudes)

    blocks = np.split(sound, [length // 7, length // 3], axis=1)
    made = np.concatenate(list(vocals_of(blocks, ones)), axis=1)
    assert shapes == {(2, FRAMES, BINS)}
    np.testing.assert_allclose(made, sound, atol=1e-5)


def test_half_of_every_place_is_half_of_the_sound() -> None:
    sound = noise(1.0, 44_100, 2).samples
    made = np.concatenate(list(vocals_of([sound], lambda m: np.full_like(m, 0.5))), axis=1)
    np.testing.assert_allclose(made, 0.5 * sound, atol=1e-5)


@pytest.mark.parametrize(("rate_hz", "channels"), [(44_100, 2), (32_000, 1)])
def test_the_stems_of_a_file_add_up_to_it(
    tmp_path: Path, rate_hz: int, channels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = {"vocals": small_weights(1), "accompaniment": small_weights(2)}
    monkeypatch.setattr(separating, "bundled_weights", lambda: both)
    song = noise(2.3, rate_hz, channels)
    write_audio(tmp_path / "song.wav", song, "32f")
    shares: list[float] = []
    made = separate(tmp_path / "song.wav", tmp_path / "stems", 1, lambda _, s: shares.append(s))
    vocals, rest = read_audio(made.vocals), read_audio(made.accompaniment)
    assert vocals.rate_hz == rest.rate_hz == rate_hz
    assert vocals.length_samples == song.length_samples
    np.testing.assert_allclose(
        vocals.samples + rest.samples, np.broadcast_to(song.samples, (2, song.length_samples)),
        atol=1e-6,
    )  # fmt: skip
    assert np.abs(vocals.samples).max() > 1e-3
    assert shares == sorted(shares)


def test_masks_are_shares() -> None:
    masks = masks_of({"vocals": small_weights(1), "accompaniment": small_weights(2)}, 1)
    magnitudes = np.abs(np.random.default_rng(0).standard_normal((2, 64, 64))).astype(np.float32)
    share = masks(magnitudes)
    assert 0.0 <= share.min() < share.max() <= 1.0


def test_vocals_found_by_others_are_brought_to_the_songs_rate(tmp_path: Path) -> None:
    song = noise(1.0, 48_000, 2)
    write_audio(tmp_path / "song.wav", song, "32f")

    def found(place: Path) -> Path:
        write_audio(place / "vocals.wav", noise(1.0, 44_100, 2), "32f")
        return place / "vocals.wav"

    made = rest_of(tmp_path / "song.wav", tmp_path / "stems", found, tmp_path)
    vocals, rest = read_audio(made.vocals), read_audio(made.accompaniment)
    assert vocals.rate_hz == 48_000
    np.testing.assert_allclose(vocals.samples + rest.samples, song.samples, atol=1e-6)


def test_refusals_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    write_audio(Path("song.wav"), noise(0.5, 44_100))
    Path("text.mp3").write_text("no sound")
    Path("out").mkdir()
    write_audio(Path("out/vocals.wav"), Audio(noise(0.5, 44_100).samples, 44_100))
    with soundfile.SoundFile("long.flac", "w", 4_000, 1) as file:
        for _ in range(5 * 60):
            file.write(np.zeros(4_000 * 60, np.int16))
    for arguments, message in [
        (("none.wav", "-o", "x"), "none.wav: no such file"),
        (("text.mp3", "-o", "x"), "not readable as audio"),
        (("long.flac", "-o", "x"), "at most 14400 s are read"),
        (("song.wav", "-o", "text.mp3"), "is a file; name a folder"),
        (("song.wav", "-o", "no/x"), "there is no folder no"),
        (("out/vocals.wav", "-o", "out"), "would be overwritten"),
        (("song.wav", "-o", "x", "--model", "magic"), "no model 'magic'"),
        (("song.wav", "-o", "x", "--model", "demucs"), "demucs is not installed"),
    ]:
        assert run(["separate", *arguments]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert message in said
    assert not Path("x").exists()
