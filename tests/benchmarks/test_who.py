"""Whose voice is nearest, on vectors whose answer is known; and that embedding asks for leave."""

from __future__ import annotations

import os

import numpy as np
import pytest
from made import Vowel, frame_score, sound_of

from benchmarks.embedding import embedded_takes
from benchmarks.who import Gallery, Heard, Identities, heard_pieces, identity_rows
from vocoder.audio import Audio
from voice.take import VocalTake


def heard(singer: str, angle: float, midi: float = 60.0, style: str = "core") -> Heard:
    vector = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
    return Heard(singer, "ja", style, midi, vector)


GALLERY = Gallery(
    (
        heard("kumi", 0.0),
        heard("kumi", 0.2),
        heard("kumi", 1.5, midi=74.0),
        heard("kumi", 1.2, style="whisper"),
        heard("scottpoid", 1.0, midi=48.0),
    )
)


def test_only_recordings_of_like_pitch_and_style_count() -> None:
    assert GALLERY.likeness(heard("kumi", 0.1)) == pytest.approx(1.0)
    assert GALLERY.likeness(heard("kumi", 1.5, midi=72.0)) == pytest.approx(1.0)
    assert GALLERY.likeness(heard("kumi", 1.2, style="whisper")) == pytest.approx(1.0)


def test_where_nobody_is_alike_all_recordings_stand_in() -> None:
    low = heard("scottpoid", 1.0, midi=60.0)
    assert GALLERY.likeness(low) == pytest.approx(1.0)
    assert GALLERY.nearest(low) == "scottpoid"
    assert GALLERY.nearest(heard("scottpoid", 0.1)) == "kumi"


def test_takes_must_reach_what_recordings_reach() -> None:
    held_back = tuple(heard("kumi", angle) for angle in (0.0, 0.2, 0.1, 0.6))
    takes = [heard("kumi", 0.1), heard("kumi", 0.9)]
    rows = {
        row.key: row for row in identity_rows("kumi", Identities(GALLERY, held_back), {"en": takes})
    }
    low = rows["who.kumi.ja.recordings.low"]
    assert np.cos(0.5) < low.value < 1.0
    assert rows["who.kumi.en"].value == pytest.approx((1.0 + np.cos(0.8)) / 2.0, abs=1e-3)
    target = rows["who.kumi.en"].target
    assert target is not None
    assert target.bound == pytest.approx(low.value, abs=1e-3)
    assert rows["who.kumi.en.nearest"].value == 50.0
    assert rows["who.kumi.en.nearest"].met is False
    assert rows["who.kumi.ja.recordings.nearest"].value == 75.0


def test_takes_are_embedded_in_pieces_under_a_registry_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MELISMA_HOME", "elsewhere")
    vowels = [Vowel(0.2, 6.0, 57), Vowel(6.0, 12.0, 64)]
    take = VocalTake(sound_of(vowels, 14.0), frame_score(vowels, 14.0), "made", "", 0, ())
    pieces = heard_pieces([take], "kumi")
    assert [round(piece.midi) for piece in pieces] == [57, 64]
    assert all(np.linalg.norm(piece.embedding) == pytest.approx(1.0) for piece in pieces)
    assert os.environ["MELISMA_HOME"] == "elsewhere"
    again = embedded_takes([take.audio])
    assert again.shape == (1, 256)


def test_loudness_says_nothing_of_who_is_heard() -> None:
    sound = sound_of([Vowel(0.2, 3.0, 57), Vowel(3.0, 5.8, 64)], 6.0)
    loud, soft, quiet = (
        Audio(np.asarray(gain * sound.samples, np.float32), sound.rate_hz)
        for gain in (0.9 / np.abs(sound.samples).max(), 0.3, 0.03)
    )
    one, other, third = embedded_takes([loud, soft, quiet])
    assert one @ other > 0.999
    assert one @ third > 0.999
