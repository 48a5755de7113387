"""The exported acoustic model: torch's numbers, in chunks as in one piece, any length."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lyrics.phonemes import INVENTORY
from tests.acoustic.tiny import (
    TINY,
    frame_score,
    framed_phones,
    tiny_model,
    tiny_singer,
    tiny_speaker,
)
from vocoder.frames import MEL_BANDS
from vocoder.pitch import hz_to_midi
from voice.acoustic import singer as singing
from voice.acoustic.comb import comb_of
from voice.acoustic.config import language_id
from voice.acoustic.hush import hushed
from voice.acoustic.inputs import phone_inputs, position_inputs
from voice.acoustic.networks.prior import FrameTrack, PhoneTrack
from voice.expression import FrameScore

PHONES = framed_phones(("_", 7), ("s", 9), ("a", 40), ("ɪ̯", 6), ("t", 1), ("o", 30), ("_", 4))


def tensors(score: FrameScore) -> tuple[PhoneTrack, FrameTrack]:
    """A FrameScore as the networks take it in training."""
    phones = phone_inputs(score.phones, score.language).named().values()
    places = position_inputs(score.phones)

    def track(values: object) -> torch.Tensor:
        return torch.from_numpy(np.asarray(values, dtype=np.float32)[None])

    return PhoneTrack(*(torch.from_numpy(array) for array in phones)), FrameTrack(
        phone=torch.from_numpy(places.phone),
        since=torch.from_numpy(places.since),
        until=torch.from_numpy(places.until),
        note=track(score.written_midi),
        midi=track(hz_to_midi(score.pitch.hz)),
        voiced=track(score.pitch.voiced),
        energy=track(score.energy),
        breathiness=track(score.breathiness),
        tension=track(score.tension),
        comb=track(comb_of(score.pitch)),
    )


def test_the_mel_is_torchs() -> None:
    score = frame_score(PHONES)
    noise = torch.zeros(1, TINY.latent, score.frames)
    with torch.no_grad():
        wanted = tiny_model().from_score(*tensors(score), tiny_speaker(), noise).mel[0].numpy()
    made = tiny_singer().mel(score, temperature=0.0)
    assert made.shape == (MEL_BANDS, score.frames)
    np.testing.assert_allclose(made, hushed(wanted, score.phones), atol=1e-4)


def test_noise_is_the_priors_scaled_by_temperature() -> None:
    score = frame_score(PHONES, seed=5)
    drawn = np.random.default_rng(5).standard_normal((1, score.frames, TINY.latent), np.float32)
    noise = torch.from_numpy(0.7 * drawn.transpose(0, 2, 1))
    with torch.no_grad():
        wanted = tiny_model().from_score(*tensors(score), tiny_speaker(), noise).mel[0].numpy()
    made = tiny_singer().mel(score, 0.7)
    np.testing.assert_allclose(made, hushed(wanted, score.phones), atol=1e-4)


def test_curves_and_lengths_are_torchs() -> None:
    score = frame_score(PHONES)
    phones, frames = tensors(score)
    with torch.no_grad():
        prior = tiny_model().from_score(
            phones, frames, tiny_speaker(), torch.zeros(1, TINY.latent, score.frames)
        )
    made = tiny_singer().curves(
        score.phones, "en", score.written_midi, score.breathiness, score.tension
    )
    np.testing.assert_allclose(made.voicing, torch.sigmoid(prior.curves.voicing)[0], atol=1e-4)
    np.testing.assert_allclose(made.energy, prior.curves.energy[0], atol=1e-4)
    np.testing.assert_allclose(made.deviation, prior.curves.deviation[0], atol=1e-4)
    seconds = tiny_singer().spoken_seconds(
        [INVENTORY.id_of(p.symbol) for p in PHONES], [0] * len(PHONES), language_id("en")
    )
    np.testing.assert_allclose(seconds, torch.exp(prior.log_seconds)[0], rtol=1e-4)


@pytest.mark.parametrize("chunk", [1, 64, 331])
def test_chunks_equal_the_whole(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    phones = framed_phones(*[("_", 11), ("s", 9), ("a", 70), ("n", 13)] * (1 if chunk == 1 else 7))
    score = frame_score(phones, seed=3)
    singer = tiny_singer()
    monkeypatch.setattr(singing, "CHUNK_FRAMES", 100_000)
    whole = singer.mel(score, 0.5)
    whole_curves = singer.curves(
        score.phones, "en", score.written_midi, score.breathiness, score.tension
    )
    monkeypatch.setattr(singing, "CHUNK_FRAMES", chunk)
    np.testing.assert_allclose(singer.mel(score, 0.5), whole, atol=1e-4)
    curves = singer.curves(score.phones, "en", score.written_midi, score.breathiness, score.tension)
    np.testing.assert_allclose(curves.deviation, whole_curves.deviation, atol=1e-4)


def test_context_covers_what_the_released_networks_see() -> None:
    """Half the kernel of every layer that stands before a frame of the mel."""
    from voice.acoustic.config import AcousticConfig

    config = AcousticConfig()
    prior = config.prior_blocks * (9 // 2)
    flow = config.flow_couplings * config.flow_layers * (5 // 2)
    decoder = config.decoder_blocks * (7 // 2)
    assert prior + flow + decoder <= singing.CONTEXT_FRAMES
    assert config.predictor_blocks * (9 // 2) <= singing.CONTEXT_FRAMES


@pytest.mark.parametrize("frames", [1, 2, 3_000])
def test_any_length_is_sung(frames: int) -> None:
    mel = tiny_singer().mel(frame_score(framed_phones(("a", frames))), 0.0)
    assert mel.shape == (MEL_BANDS, frames)
    assert np.isfinite(mel).all()


def test_nothing_is_sung_from_nothing() -> None:
    empty = np.zeros(0)
    singer = tiny_singer()
    assert singer.mel(frame_score(()), 0.0).shape == (MEL_BANDS, 0)
    assert singer.curves((), "en", empty, empty, empty).voicing.shape == (0,)
    assert singer.spoken_seconds([], [], 0).shape == (0,)


def test_seed_and_temperature_decide_the_take() -> None:
    singer = tiny_singer()
    first, second = frame_score(PHONES, seed=1), frame_score(PHONES, seed=2)
    np.testing.assert_array_equal(singer.mel(first, 0.0), singer.mel(second, 0.0))
    np.testing.assert_array_equal(singer.mel(first, 1.0), singer.mel(first, 1.0))
    assert np.abs(singer.mel(first, 1.0) - singer.mel(second, 1.0)).max() > 0.01


def test_frames_know_their_phone_and_their_place_in_it() -> None:
    places = position_inputs(framed_phones(("s", 2), ("a", 3)))
    assert places.phone.tolist() == [[0, 0, 1, 1, 1]]
    assert places.since.tolist() == [[0.5, 1.5, 0.5, 1.5, 2.5]]
    assert places.until.tolist() == [[1.5, 0.5, 2.5, 1.5, 0.5]]
    phones = phone_inputs(framed_phones(("s", 2), ("a", 3)), "ja")
    assert phones.phoneme.tolist() == [[INVENTORY.id_of("s"), INVENTORY.id_of("a")]]
    assert phones.language.tolist() == [[1, 1]]
    np.testing.assert_allclose(phones.seconds, [[2 * 512 / 44_100, 3 * 512 / 44_100]])


@pytest.mark.parametrize(
    ("code", "index"), [("en", 0), ("en-us", 0), ("ja", 1), ("zh", 2), ("fr", 3), ("", 3)]
)
def test_languages_nobody_trained_on_share_an_id(code: str, index: int) -> None:
    assert language_id(code) == index
