"""What is made can be drawn towards a person, and towards nobody's recordings."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
import torch

from vocoder.audio import Audio
from vocoder.frames import SAMPLE_RATE_HZ
from vocoder.mel import log_mel
from voice.conversion.training.likeness import CROP_FRAMES, Aim, Strangers
from voice.conversion.training.mel_speaker import MelSpeakerEncoder
from voice.conversion.training.strangers import EACH_S, STRANGERS, strangers
from voice.sound_bytes import SPEECH_RATE_HZ
from voice.speaker import SpeakerEncoder, at_level, slice_partials, speech_mel


@pytest.fixture(scope="module")
def encoder() -> MelSpeakerEncoder:
    return MelSpeakerEncoder()


def mels(count: int) -> torch.Tensor:
    return torch.from_numpy(np.stack([one.mel[:, :CROP_FRAMES] for one in strangers()[:count]]))


def test_there_are_28_strangers_of_three_seconds() -> None:
    people = strangers()
    assert len(people) == 28
    for one in people:
        assert one.mel.shape[1] == pytest.approx(EACH_S * SAMPLE_RATE_HZ / 512, abs=1)
        assert one.pitch.voiced.mean() > 0.3


def test_it_hears_what_the_published_encoder_hears(encoder: MelSpeakerEncoder) -> None:
    session = SpeakerEncoder(even_level=True)._session
    samples, rate_hz = soundfile.read(STRANGERS, dtype="float32")
    moment, apart = round(1.6 * SPEECH_RATE_HZ), round(EACH_S * rate_hz)
    true, ours = [], []
    for start in range(0, 12 * apart, apart):
        whole = Audio(samples[None, start : start + apart], rate_hz)
        speech = at_level(whole.resampled(SPEECH_RATE_HZ).samples[0][:moment])
        mel = log_mel(whole.resampled(SAMPLE_RATE_HZ).samples[0])
        true.append(session.run(None, {"mels": slice_partials(speech_mel(speech))[:1]})[0][0])
        ours.append(encoder(torch.from_numpy(mel[None, :, :CROP_FRAMES]))[0].numpy())
    alike = np.array(ours) @ np.array(true).T
    assert np.diag(alike).min() > 0.9
    assert (alike.argmax(axis=1) == np.arange(12)).all()


def test_level_does_not_matter_and_gradients_come_through(encoder: MelSpeakerEncoder) -> None:
    heard = mels(3).requires_grad_(True)
    first = encoder(heard)
    torch.testing.assert_close(encoder(heard + 1.0), first, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(first.norm(dim=1), torch.ones(3))
    (first @ first[0].detach()).sum().backward()
    assert heard.grad is not None
    assert float(heard.grad.abs().sum()) > 0.0


def test_strangers_speak_at_the_persons_pitch() -> None:
    aim = Aim(np.zeros(256, dtype=np.float32), 62.0)
    saying = Strangers(strangers(), aim, batch=12, seed=1).draw()
    assert saying.heard.envelope.shape == (12, 40, CROP_FRAMES)
    moved = saying.frames.midi - saying.heard.midi
    as_told = (moved - saying.heard.shift).abs() < 1e-3
    assert float(as_told.float().mean()) > 0.99, "but where the lowest pitch was reached"
    voiced = saying.frames.voiced > 0
    middles = [float(m[v].median()) for m, v in zip(saying.frames.midi, voiced, strict=True)]
    assert np.median(middles) == pytest.approx(62.0, abs=3.0)
    again = Strangers(strangers(), aim, batch=12, seed=1).draw()
    torch.testing.assert_close(again.frames.midi, saying.frames.midi)
