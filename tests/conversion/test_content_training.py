"""The content encoder learns: disguises, crops and lessons; and what it becomes is exported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from tests.acoustic.tiny import TINY, tiny_files, tiny_model
from vocoder.frames import MEL_BANDS
from vocoder.pitch import PitchCurve
from vocoder.training.checkpoints import Parts, Progress, save_checkpoint
from voice.acoustic.exported_weights import read_weights, replace_weights
from voice.acoustic.training.phrases import PhraseArrays
from voice.conversion.colouring import ENVELOPE_BIAS, ENVELOPE_WEIGHT, Colour, coloured
from voice.conversion.config import BANDS, ContentConfig
from voice.conversion.decoding import INPUTS, decoder_of
from voice.conversion.export import export_content
from voice.conversion.listening import HeardMel
from voice.conversion.networks import ContentEncoder, Heard, SpeakerProjection
from voice.conversion.projection import project
from voice.conversion.training.adapt import AdaptOptions, adapt
from voice.conversion.training.crops import ContentBatch, ContentCrops, meet_singers
from voice.conversion.training.disguise import FLOOR_NEPERS, disguised
from voice.conversion.training.likeness import Aim
from voice.conversion.training.losses import lesson_of, losses_of
from voice.conversion.training.module import ContentTraining, Listener
from voice.conversion.training.options import ContentTrainingOptions
from voice.conversion.training.rebuilding import rebuilt_content, rebuilt_decoder
from voice.errors import VoiceError
from voice.speaker import EMBEDDING_SIZE

SMALL = ContentConfig(
    width=16,
    blocks=2,
    kernel=5,
    voice_width=4,
    latent=TINY.latent,
    speaker_width=TINY.speaker_width,
)
ROWS = {"ada": 0, "bob": 2}


def options(**changes: object) -> ContentTrainingOptions:
    given = {"base": Path("base"), "steps": 10, "batch": 4, "crop_frames": 40} | changes
    return ContentTrainingOptions(**given)  # type: ignore[arg-type]


def phrase(speaker: str, midi: float, frames: int = 90) -> PhraseArrays:
    """Three phones, thirty frames each, on one note."""
    random = np.random.default_rng(int(midi))
    phone = np.repeat(np.arange(3), frames // 3)
    mel = random.normal(-5.0, 1.0, (MEL_BANDS, frames)) + np.linspace(1, -1, MEL_BANDS)[:, None]
    return PhraseArrays(
        speaker=speaker,
        phoneme=np.array([4, 20, 7]),
        stress=np.array([0, 0, 1]),
        seconds=np.full(3, 0.35, dtype=np.float32),
        first_frame=np.array([0, frames // 3, 2 * frames // 3]),
        language=0,
        phone=phone,
        labelled=phone != 1,
        mel=mel.astype(np.float16),
        midi=np.full(frames, midi, dtype=np.float32),
        note=np.full(frames, midi, dtype=np.float32),
        voiced=np.ones(frames, dtype=np.bool_),
        style="core",
        sung_note=True,
        full_band=True,
    )


def pools() -> dict[str, list[PhraseArrays]]:
    return {"a": [phrase("ada", 62.0), phrase("ada", 65.0)], "b": [phrase("bob", 48.0)]}


def batch(**changes: object) -> ContentBatch:
    embeddings = {"ada": np.eye(256, dtype=np.float32)[:2]}
    singers = meet_singers(pools(), ROWS, embeddings)
    return next(iter(ContentCrops(pools(), singers, TINY.speakers, options(**changes), 0)))


def listener() -> Listener:
    torch.manual_seed(0)
    return Listener(ContentEncoder(SMALL), SpeakerProjection(SMALL))


def test_a_disguise_hides_the_level_and_the_throat_and_tells_their_mean() -> None:
    pitch = PitchCurve(np.full(60, 200.0), np.ones(60, dtype=np.bool_))
    mel = np.random.default_rng(0).normal(-5.0, 0.3, (MEL_BANDS, 60)).astype(np.float32)
    usual = np.full(BANDS, -5.0, dtype=np.float32)
    seen = [disguised(mel, pitch, usual, np.random.default_rng(seed)) for seed in range(12)]
    assert np.std([one.envelope.mean() for one in seen]) > 0.2
    for one in seen:
        assert one.envelope.shape == (BANDS, 60)
        assert one.envelope.min() >= FLOOR_NEPERS - 1e-5
        assert 0.0 <= one.trust <= 1.0
    again = disguised(mel, pitch, usual, np.random.default_rng(3))
    np.testing.assert_array_equal(again.envelope, seen[3].envelope)


def test_crops_say_who_is_to_sing_and_at_which_pitch() -> None:
    made = batch(crossing_share=0.5, embedding_share=1.0)
    assert made.crossing == 2
    assert made.heard.envelope.shape == (4, BANDS, 40)
    torch.testing.assert_close(made.blend.sum(dim=1), torch.ones(4))
    assert set(made.blend.nonzero()[:, 1].tolist()) <= set(ROWS.values())
    own = made.blend[:2]
    assert torch.all(own.max(dim=1).values == 1.0)
    assert torch.all(made.heard.shift[:2] == 0.0)
    torch.testing.assert_close(made.frames.midi, made.heard.midi + made.heard.shift)
    with_embedding = made.by_embedding[:, 0] > 0
    assert torch.all(made.embedding[with_embedding].norm(dim=1) > 0.9)


def test_short_recordings_are_padded_and_the_padding_counts_for_nothing() -> None:
    made = batch(crop_frames=128)
    assert torch.all(made.present.sum(dim=1) == 90)
    assert torch.all(made.labelled[:, 90:] == 0)


def test_training_follows_the_lesson() -> None:
    model = tiny_model().requires_grad_(False)
    training = ContentTraining(listener(), model, options())
    fixed = batch()
    optimiser = torch.optim.Adam(training.listener.parameters(), 3e-3)
    seen = []
    for _ in range(40):
        losses = training._losses(fixed)
        total = losses["prior"] + losses["phones"] + losses["mel_self"]
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        seen.append(total.item())
    assert seen[-1] < 0.7 * seen[0]
    assert all(parameter.grad is None for parameter in model.parameters())


def test_what_is_not_labelled_teaches_nothing_but_the_mel() -> None:
    made, model = batch(crossing_share=0.0), tiny_model()
    speaker = model.speakers.weight[[0, 0, 2, 2]].detach()
    content = listener().encoder(made.heard, speaker)
    lesson = lesson_of(model, made, speaker)
    silent = made._replace(labelled=torch.zeros_like(made.labelled))
    losses = losses_of(content, made.mel, lesson, silent)
    assert losses["prior"] == losses["phones"] == 0.0
    assert losses["mel_self"] == 0.0
    assert "mel_crossing" not in losses


def test_the_projection_starts_from_the_known_speakers() -> None:
    projection = SpeakerProjection(SMALL)
    embeddings = torch.nn.functional.normalize(torch.randn(5, 256), dim=1)
    rows = torch.randn(5, SMALL.speaker_width)
    projection.fit(embeddings, rows, ridge=1e-6)
    torch.testing.assert_close(projection(embeddings), rows, atol=1e-3, rtol=1e-3)


def test_the_exported_encoder_is_torchs(tmp_path: Path) -> None:
    made = listener().eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(parameter.half().float())
    path = export_content(made.encoder, made.projection, tmp_path)
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    for frames in (1, 3, 200):
        feeds = {
            "envelope": random.normal(-6, 2, (1, BANDS, frames)),
            "usual": random.normal(-6, 1, (1, BANDS)),
            "trust": np.array([[0.4]]),
            "midi": np.full((1, frames), 57.0),
            "voiced": random.integers(0, 2, (1, frames)),
            "shift": np.full((1, frames), 12.0),
            "speaker": random.normal(0, 1, (1, SMALL.speaker_width)),
        }
        feeds = {name: np.asarray(value, dtype=np.float32) for name, value in feeds.items()}
        tensors = [torch.from_numpy(value) for value in feeds.values()]
        with torch.no_grad():
            wanted = made.encoder(Heard(*tensors[:-1]), tensors[-1]).shared.numpy()
        shared, sure = session.run(None, feeds)
        np.testing.assert_allclose(shared, wanted, atol=2e-2)
        assert sure.shape == (1, frames)
        assert 0.0 < sure.min() <= sure.max() <= 1.0
    embedding = random.normal(0, 1, 256).astype(np.float32)
    with torch.no_grad():
        wanted = made.projection(torch.from_numpy(embedding)).numpy()
    np.testing.assert_allclose(project(path.read_bytes(), embedding), wanted, atol=2e-3)
    with pytest.raises(VoiceError, match="no projection for embeddings of 3"):
        project(path.read_bytes(), np.zeros(3, dtype=np.float32))


def shaken_files(tmp_path: Path) -> tuple[bytes, bytes]:
    """A tiny acoustic model and a content encoder for it, no two weights alike."""
    made = listener().eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    path = export_content(made.encoder, made.projection, tmp_path)
    return tiny_files()["acoustic"], path.read_bytes()


def test_networks_are_rebuilt_from_their_files_tuned_and_put_back(tmp_path: Path) -> None:
    acoustic, content = shaken_files(tmp_path)
    flow, decoder = rebuilt_decoder(onnx.load_from_string(acoustic))
    model = tiny_model()
    for own, true in ((flow, model.flow), (decoder, model.decoder)):
        for name, value in true.state_dict().items():
            torch.testing.assert_close(own.state_dict()[name], value, atol=5e-3, rtol=5e-3)
    assert rebuilt_content(onnx.load_from_string(content)).config == SMALL
    random = np.random.default_rng(0)
    mel = random.normal(-4.0, 0.3, (MEL_BANDS, 120)).astype(np.float32)
    heard = HeardMel(mel, PitchCurve(np.full(120, 180.0), np.arange(120) % 40 > 6))
    row = model.speakers.weight.detach().numpy()[1]
    tuned = adapt(
        acoustic,
        content,
        row,
        Aim(np.full(EMBEDDING_SIZE, EMBEDDING_SIZE**-0.5, dtype=np.float32), 55.0),
        [heard],
        AdaptOptions(steps=40, batch=2, strangers=1, crop_frames=32, threads=1),
    )
    assert tuned.last_loss < 0.98 * tuned.first_loss
    assert not np.array_equal(tuned.speaker, row)
    onnx.checker.check_model(onnx.load_from_string(tuned.acoustic))
    again = read_weights(onnx.load_from_string(tuned.acoustic))
    before = read_weights(onnx.load_from_string(acoustic))
    changed = {name for name in again if not np.array_equal(again[name], before[name])}
    assert changed
    assert all(name.startswith(("model.flow", "model.decoder")) for name in changed)
    session = onnxruntime.InferenceSession(
        decoder_of(tuned.acoustic, "tiny"), providers=["CPUExecutionProvider"]
    )
    assert {entry.name for entry in session.get_inputs()} == set(INPUTS)


def test_a_colour_moves_the_envelope_and_nothing_else() -> None:
    """Without harmonics the mel is the envelope: it comes out as the colour says."""
    acoustic = tiny_files()["acoustic"]
    random = np.random.default_rng(2)
    colour = Colour(
        np.linspace(-1.0, 1.0, MEL_BANDS).astype(np.float32),
        np.full(MEL_BANDS, -5.5, dtype=np.float32),
        random.normal(0.0, 0.05, (MEL_BANDS, MEL_BANDS)).astype(np.float32),
    )
    moved = coloured(acoustic, colour)
    before = read_weights(onnx.load_from_string(acoustic))
    after = read_weights(onnx.load_from_string(moved))
    assert {name for name in after if not np.array_equal(after[name], before[name])} == {
        ENVELOPE_BIAS,
        ENVELOPE_WEIGHT,
    }
    plain, other = (decoded_noise(data) for data in (acoustic, moved))
    wanted = plain + colour.mean[:, None] + colour.slope @ (plain - colour.usual[:, None])
    np.testing.assert_allclose(other, wanted, atol=2e-3)


def decoded_noise(acoustic: bytes) -> np.ndarray:
    """The mel `(mels, frames)` of some unvoiced noise."""
    session = onnxruntime.InferenceSession(decoder_of(acoustic, "tiny"))
    random = np.random.default_rng(0)
    feeds = {}
    for entry in session.get_inputs():
        shape = [size if isinstance(size, int) else 20 for size in entry.shape]
        feeds[entry.name] = random.standard_normal(shape).astype(np.float32)
    feeds["voiced"][:] = 0.0
    feeds["comb"][:] = 0.0
    return np.asarray(session.run(["mel"], feeds)[0][0])


def test_only_weights_that_are_there_are_replaced() -> None:
    model = onnx.load_from_string(tiny_files()["acoustic"])
    with pytest.raises(VoiceError, match=r"no weight model\.decoder\.enter\.weight of shape"):
        replace_weights(model, {"model.decoder.enter.weight": np.zeros((1, 2), np.float32)})
    with pytest.raises(VoiceError, match="no weight nobody"):
        replace_weights(model, {"nobody": np.zeros(1, np.float32)})


def test_a_run_needs_an_end_a_base_and_shares() -> None:
    for wrong in ({"steps": None}, {"batch": 1}, {"crossing_share": 1.5}):
        with pytest.raises(ValueError, match=r"needs an end|needs 2 crops|lies in 0-1"):
            options(**wrong)


def test_a_checkpoint_keeps_the_average(tmp_path: Path) -> None:
    from voice.conversion.training import run

    config = ContentConfig()
    whole = Listener(ContentEncoder(config), SpeakerProjection(config))
    save_checkpoint(tmp_path, Progress("content", 3, 1.0), Parts({"average": whole}, {}))
    loaded = run.load_listener(tmp_path / "step-00000003.safetensors")
    torch.testing.assert_close(loaded.state_dict(), whole.state_dict())
    (tmp_path / "model.json").write_text(json.dumps({"speakers": ROWS}), encoding="utf-8")
    assert run._rows(tmp_path / "step-00000003.safetensors") == ROWS
