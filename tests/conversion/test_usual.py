"""What a voice sounds like at each pitch, from a drill that it sings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from vocoder.frames import MEL_BANDS
from vocoder.pitch import PitchCurve, midi_to_hz
from voice.acoustic.comb import HIGHEST_MIDI, LOWEST_MIDI
from voice.bank import Voice, VoiceBank
from voice.card import VoiceRange
from voice.conversion.usual import BEFORE, MOST_VOWELS, UsualEnvelope, drill, usual_envelope

VOICES = Path(__file__).parents[1] / "fixtures" / "voices"


@pytest.fixture
def voice(tmp_path: Path) -> Voice:
    return VoiceBank(tmp_path / "none", VOICES).open_voice("tiny", datetime.now(UTC))


def test_a_melody_gets_the_mean_of_its_pitches() -> None:
    rows = np.stack([np.full(MEL_BANDS, value) for value in (-6.0, -4.0)]).astype(np.float32)
    usual = UsualEnvelope(np.array([50.0, 60.0]), rows)
    for midi, voiced, mean in (
        ([50.0, 60.0], [True, True], -5.0),
        ([50.0, 60.0], [True, False], -6.0),
        ([55.0, 55.0], [True, True], -5.0),
        ([30.0, 52.5], [True, True], -5.75),
        ([90.0, 90.0], [True, True], -4.0),
    ):
        melody = PitchCurve(midi_to_hz(np.array(midi)), np.array(voiced))
        np.testing.assert_allclose(usual.over(melody), mean, atol=1e-5)


def test_the_drill_tiles_its_frames_with_vowels_that_the_voice_knows(voice: Voice) -> None:
    card = replace(voice.card, phones=("n", "a", "i", "k"))
    phones = drill(card, 3)
    assert [phone.symbol for phone in phones[:4]] == [BEFORE, "a", BEFORE, "i"]
    assert len(phones) == 3 * 2 * 2
    assert all(a.end_frame == b.first_frame for a, b in pairwise(phones))
    assert len(drill(replace(card, phones=("k",)), 1)) == 2 * MOST_VOWELS


def test_a_range_beyond_all_voices_is_no_trouble(voice: Voice) -> None:
    acoustic = onnxruntime.InferenceSession(voice.models["acoustic"])
    card = replace(voice.card, range=VoiceRange(1, 126))
    usual = usual_envelope(acoustic, card, voice.speaker)
    assert usual.midi[0] >= LOWEST_MIDI
    assert usual.midi[-1] <= HIGHEST_MIDI


def test_the_voice_is_heard_at_pitches_of_its_range(voice: Voice) -> None:
    card = replace(voice.card, range=VoiceRange(50, 62))
    acoustic = onnxruntime.InferenceSession(voice.models["acoustic"])
    usual = usual_envelope(acoustic, card, voice.speaker)
    np.testing.assert_array_equal(usual.midi, [50, 53, 56, 59, 62])
    assert usual.envelope.shape == (5, MEL_BANDS)
    assert np.isfinite(usual.envelope).all()
    again = usual_envelope(acoustic, card, voice.speaker)
    np.testing.assert_array_equal(usual.envelope, again.envelope)
    assert np.abs(np.diff(usual.envelope, axis=0)).max() > 1e-3
