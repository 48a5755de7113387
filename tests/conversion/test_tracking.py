"""The melody of a recording, in pieces as in one, with lone octave slips mended."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conversion.sounds import vowel
from vocoder.frames import GRID
from vocoder.pitch import PitchCurve
from voice.conversion import tracking
from voice.conversion.tracking import heard_pitch, mended_octaves, track_pitch


def curve(*stretches: tuple[int, float]) -> PitchCurve:
    hz = np.concatenate([np.full(frames, value) for frames, value in stretches])
    return PitchCurve(np.abs(hz), hz > 0)


def test_a_short_slip_comes_back_and_a_leap_stays() -> None:
    slipped = curve((40, 220.0), (6, 441.0), (40, 221.0), (5, 110.0), (40, 220.0))
    assert np.all(np.abs(mended_octaves(slipped).hz - 220.0) < 2.0)
    for melody in (
        curve((40, 220.0), (60, 440.0), (40, 220.0)),
        curve((40, 220.0), (9, 440.0), (40, 880.0)),
        curve((40, 220.0), (9, 330.0), (40, 220.0)),
        curve((40, 220.0), (9, 440.0), (3, -440.0), (40, 220.0)),
    ):
        assert mended_octaves(melody) is melody


def test_pieces_give_the_melody_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [vowel(0.5, hz) for hz in (196.0, 262.0, 330.0, 247.0)]
    wave = np.concatenate([np.pad(note, (0, 2_000)) for note in notes])
    frames = GRID.samples_to_frames(len(wave))
    whole = track_pitch([wave], frames)
    monkeypatch.setattr(tracking, "PIECE_FRAMES", 90)
    monkeypatch.setattr(tracking, "MARGIN_FRAMES", 40)
    pieces = track_pitch([wave[:50_001], wave[50_001:]], frames)
    both = whole.voiced & pieces.voiced
    assert np.mean(whole.voiced == pieces.voiced) > 0.98
    np.testing.assert_allclose(pieces.hz[both], whole.hz[both], rtol=0.003)


def test_a_glide_is_heard_as_it_is_up_to_its_edges() -> None:
    """A third of an octave a second, cut into syllables: the last frames of each count, too."""
    rate_hz, seconds = GRID.sample_rate_hz, 1.2
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    hz = 180.0 * 2.0 ** (time_s / 3.0)
    cycles = np.cumsum(hz) / rate_hz
    wave = sum(np.cos(2.0 * np.pi * k * cycles) / k for k in range(1, 20))
    wave = 0.1 * np.asarray(wave) * (np.sin(2.0 * np.pi * time_s / 0.3) > -0.5)
    pitch = heard_pitch(wave.astype(np.float32))
    truth_hz = np.interp(GRID.centres_s(len(pitch)), time_s, hz)
    cents = np.abs(1_200.0 * np.log2(pitch.hz / truth_hz))[pitch.voiced]
    assert pitch.voiced.mean() > 0.5
    assert np.mean(cents < 20.0) > 0.97


def harmonics(hz: np.ndarray) -> np.ndarray:
    cycles = np.cumsum(hz) / GRID.sample_rate_hz
    return np.asarray(sum(np.cos(2.0 * np.pi * k * cycles) / k for k in range(1, 15)))


def off_cents(wave: np.ndarray, hz: np.ndarray) -> np.ndarray:
    """How far what is heard lies from the truth, where a pitch is heard."""
    pitch = heard_pitch((0.02 * wave).astype(np.float32))
    truth_hz = np.interp(GRID.centres_s(len(pitch)) * GRID.sample_rate_hz, np.arange(len(hz)), hz)
    assert pitch.voiced.mean() > 0.9
    return np.asarray(np.abs(1_200.0 * np.log2(pitch.hz / truth_hz)))[pitch.voiced]


def test_a_soft_sound_keeps_its_pitch_beside_a_loud_one() -> None:
    """As a hummed m before a vowel."""
    time_s = np.arange(2 * GRID.sample_rate_hz) / GRID.sample_rate_hz
    loud = np.clip(np.sin(2.0 * np.pi * 2.0 * time_s) * 10.0, -1.0, 1.0)
    hz = 250.0 * 2.0 ** (loud / 12.0)
    assert np.mean(off_cents(harmonics(hz) * 10.0 ** (loud / 2.0), hz) < 50.0) > 0.98


def test_a_fast_turn_is_not_flattened() -> None:
    time_s = np.arange(2 * GRID.sample_rate_hz) / GRID.sample_rate_hz
    hz = 300.0 * 2.0 ** (2.0 / 12.0 * np.sin(2.0 * np.pi * 9.0 * time_s))
    assert np.percentile(off_cents(harmonics(hz), hz), 95) < 8.0


def test_a_stretch_goes_on_as_it_ended() -> None:
    """The voice sounds on for half a frame after its last voiced frame: at its own pitch."""
    low, high = vowel(0.5, 150.0), vowel(0.5, 400.0)
    pitch = heard_pitch(np.concatenate([low, np.zeros(3_000, np.float32), high]))
    edges = np.flatnonzero(pitch.voiced[1:] != pitch.voiced[:-1])
    ending, starting = edges[-2], edges[-1]
    assert starting - ending > 3
    assert abs(1_200.0 * np.log2(pitch.hz[ending + 1] / pitch.hz[ending])) < 60.0
    assert abs(1_200.0 * np.log2(pitch.hz[starting] / pitch.hz[starting + 1])) < 60.0


def test_what_is_too_short_to_be_heard_has_no_pitch() -> None:
    for samples in (1, 600, 4_000):
        pitch = heard_pitch(vowel(1.0)[:samples])
        assert len(pitch) == GRID.samples_to_frames(samples)
        assert not pitch.voiced.any()
        assert np.all(pitch.hz > 0)
