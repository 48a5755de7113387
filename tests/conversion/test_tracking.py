"""The melody of a recording, in pieces as in one, with lone octave slips mended."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conversion.sounds import vowel
from vocoder.frames import GRID
from vocoder.pitch import PitchCurve
from voice.conversion import tracking
from voice.conversion.tracking import mended_octaves, track_pitch


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
