"""Bricks of the acoustic model: what must hold whatever they learn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.acoustic.tiny import TINY, tiny_model
from tests.corpora.known_sounds import vowel
from vocoder.mel import log_mel, mel_filterbank
from vocoder.pitch import PitchCurve, midi_to_hz
from vocoder.source import Excitation
from voice.acoustic.comb import HIGHEST_MIDI, LOWEST_MIDI, comb_of, comb_position, comb_table
from voice.acoustic.config import AcousticConfig
from voice.acoustic.loudness import (
    REFERENCE_DB,
    REFERENCE_PERCENTILE,
    energy_of,
    gain_to_reference_db,
)
from voice.acoustic.networks.posterior import SpeakerFlow
from voice.acoustic.networks.predictors import MAX_DEVIATION_SEMITONES
from voice.acoustic.networks.prior import (
    PITCH_WIDTH,
    POSITION_WIDTH,
    FrameTrack,
    PhoneTrack,
    gather_phones,
    pitch_features,
    position_features,
)
from voice.corpora.boundaries import loudness_db

FRAMES = 24


def steady(hz: float, frames: int = FRAMES, voiced: bool = True) -> PitchCurve:
    return PitchCurve(np.full(frames, hz), np.full(frames, voiced))


def random_track(voiced: float = 1.0) -> FrameTrack:
    torch.manual_seed(2)
    curves = torch.rand(7, 1, FRAMES)
    return FrameTrack(
        phone=torch.arange(FRAMES)[None] // 8,
        since=curves[0],
        until=curves[1],
        note=60.0 + curves[2],
        midi=60.0 + curves[3],
        voiced=torch.full((1, FRAMES), voiced),
        energy=curves[4],
        breathiness=curves[5],
        tension=curves[6],
        comb=torch.rand(1, TINY.mels, FRAMES),
    )


def peaks(row: npt.NDArray[np.float32]) -> list[int]:
    """Bands up to 4 kHz that stand above the mean level and above their neighbours."""
    part = row[:70]
    inner = (part[1:-1] > part[:-2]) & (part[1:-1] > part[2:]) & (part[1:-1] > 0.0)
    return (np.flatnonzero(inner) + 1).tolist()


@pytest.mark.parametrize("hz", [130.0, 220.0, 331.7, 523.3])
def test_the_comb_is_the_mel_of_a_pulse_train(hz: float) -> None:
    """The same peaks at the same heights as a real pulse train of unit power has."""
    pitch = steady(hz, 40)
    window_power = 0.5 * np.log(np.sum(np.hanning(2_048) ** 2))
    flat = np.log(mel_filterbank().sum(axis=1) + 1e-5) + window_power
    heard = log_mel(Excitation(pitch, 0).harmonics(0, 40))[:, 20] - flat
    comb = comb_of(pitch)[:, 20]
    high = comb > -1.0
    np.testing.assert_allclose(comb[high], heard[high], atol=0.12)
    assert peaks(comb) == peaks(heard)
    assert len(peaks(comb)) > 4


def test_the_comb_moves_with_the_pitch_and_is_flat_without_voice() -> None:
    moving = PitchCurve(midi_to_hz(np.linspace(50.0, 62.0, 30)), np.arange(30) != 12)
    comb = comb_of(moving)
    assert comb.shape == (128, 30)
    assert (comb[:, 12] == 0.0).all()
    firsts = [peaks(comb[:, frame])[0] for frame in range(30) if frame != 12]
    assert firsts == sorted(firsts)
    assert firsts[-1] > firsts[0]
    assert comb_of(PitchCurve(np.zeros(0), np.zeros(0, np.bool_))).shape == (128, 0)


@given(st.floats(LOWEST_MIDI, HIGHEST_MIDI - 1.0))
@settings(max_examples=20, deadline=None)
def test_the_table_is_read_between_its_rows(midi: float) -> None:
    hz = midi_to_hz(np.array([midi]))
    position = float(comb_position(hz)[0])
    assert position == pytest.approx(8.0 * (midi - LOWEST_MIDI), abs=1e-3)
    table, row = comb_table(), comb_of(PitchCurve(hz, np.ones(1, np.bool_)))[:, 0]
    below, above = table[int(position)], table[min(int(position) + 1, len(table) - 1)]
    assert (row >= np.minimum(below, above) - 1e-4).all()
    assert (row <= np.maximum(below, above) + 1e-4).all()


def test_the_flow_undoes_itself_and_keeps_volume() -> None:
    flow = tiny_model().flow
    assert isinstance(flow, SpeakerFlow)
    latent, speaker = torch.randn(2, TINY.latent, 9), torch.randn(2, TINY.speaker_width)
    with torch.no_grad():
        shared = flow(latent, speaker)
        torch.testing.assert_close(flow.inverse(shared, speaker), latent, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(
            flow(flow.inverse(latent, speaker), speaker), latent, atol=1e-5, rtol=1e-5
        )
        assert (shared - latent).abs().max() > 0.01
    one = speaker[:1]

    def flat(values: torch.Tensor) -> torch.Tensor:
        moved: torch.Tensor = flow(values.reshape(1, TINY.latent, 3), one)
        return moved.reshape(-1)

    jacobian = torch.func.jacrev(flat)(torch.randn(TINY.latent * 3))
    assert abs(torch.linalg.det(jacobian)).item() == pytest.approx(1.0, abs=1e-4)


def test_a_fresh_flow_moves_nothing() -> None:
    flow = SpeakerFlow(TINY)
    latent = torch.randn(1, TINY.latent, 5)
    with torch.no_grad():
        torch.testing.assert_close(flow(latent, torch.randn(1, TINY.speaker_width)), latent)


def test_a_singer_converted_to_herself_stays_herself() -> None:
    model, frames = tiny_model(), random_track()
    mel = torch.randn(1, TINY.mels, FRAMES) - 6.0
    her, him = model.speakers.weight[:1], model.speakers.weight[1:2]
    with torch.no_grad():
        same = model.convert(mel, frames, her, her)
        again = model.from_sound(mel, frames, her, torch.zeros(1, TINY.latent, FRAMES)).mel
        other = model.convert(mel, frames, her, him)
    torch.testing.assert_close(same, again, atol=1e-4, rtol=1e-4)
    assert (other - same).abs().max() > 0.01


def test_frames_take_the_encoding_of_their_phone() -> None:
    encoded = torch.arange(12.0).reshape(1, 3, 4)
    gathered = gather_phones(encoded, torch.tensor([[0, 0, 2, 1]]))
    assert gathered[0, :, 0].tolist() == [0.0, 0.0, 8.0, 4.0]


def test_places_and_pitches_are_told_in_the_promised_widths() -> None:
    frames = random_track()
    assert position_features(frames).shape == (1, FRAMES, POSITION_WIDTH)
    features = pitch_features(torch.tensor([[60.0, 72.0, 61.0, 36.0]]))
    assert features.shape == (1, 4, PITCH_WIDTH)
    assert features[0, :, 0].tolist() == pytest.approx([0.0, 1.0, 1 / 12, -2.0])
    apart = torch.cdist(features[0], features[0]) + 9.0 * torch.eye(4)
    assert apart.min() > 0.1


def test_predicted_pitch_never_leans_two_semitones() -> None:
    model = tiny_model()
    phones = PhoneTrack(
        torch.tensor([[5, 9, 3]]), torch.zeros(1, 3, dtype=torch.long),
        torch.zeros(1, 3, dtype=torch.long), torch.full((1, 3), 0.1),
    )  # fmt: skip
    with torch.no_grad():
        model.curves.leave.weight.mul_(100.0)
        made = model.from_score(
            phones, random_track(), model.speakers.weight[:1], torch.zeros(1, TINY.latent, FRAMES)
        )
    assert made.curves.deviation.abs().max() <= MAX_DEVIATION_SEMITONES
    assert made.curves.deviation.abs().max() > 1.0
    assert made.log_std.max() <= 2.0


def test_the_comb_reaches_the_mel() -> None:
    """What the pitch does to the harmonics is heard without having been learned."""
    model, frames = tiny_model(), random_track()
    latent = torch.randn(1, TINY.latent, FRAMES)
    comb = torch.from_numpy(comb_of(steady(220.0)))[None]
    with torch.no_grad():
        model.decoder.enter.weight[:, TINY.latent : TINY.latent + TINY.mels] = 0.0
        plain = model.decoder(latent, frames._replace(comb=0.0 * comb), model.speakers.weight[:1])
        combed = model.decoder(latent, frames._replace(comb=comb), model.speakers.weight[:1])
    share = ((combed - plain) / comb)[comb.abs() > 0.1]
    assert share.min() > 0.0
    assert share.max() < 1.0


def test_an_odd_latent_is_refused() -> None:
    with pytest.raises(ValueError, match="even latent width, not 7"):
        AcousticConfig(latent=7)


def test_energy_counts_twelve_decibels_around_its_middle() -> None:
    level = np.log(10.0 ** (-35.0 / 20.0))
    mel = np.full((128, 30), level, dtype=np.float32)
    assert energy_of(mel) == pytest.approx(np.zeros(30), abs=1e-3)
    louder = mel + np.float32(np.log(10.0 ** (12.0 / 20.0)))
    assert energy_of(louder) == pytest.approx(np.ones(30), abs=1e-3)
    assert energy_of(mel - 100.0).min() == pytest.approx((-80.0 + 35.0) / 12.0)


def test_the_reference_gain_brings_loud_parts_to_one_level() -> None:
    mel = log_mel(vowel(0.6))
    gain_db = gain_to_reference_db(mel)
    moved = mel + np.float32(gain_db * np.log(10.0) / 20.0)
    found = float(np.percentile(loudness_db(moved), REFERENCE_PERCENTILE))
    assert found == pytest.approx(REFERENCE_DB, abs=0.01)
    assert gain_to_reference_db(mel[:, :0]) == 0.0
