"""The studio with the tiny voice: scores to takes, the same again, and refusals in words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.singing_scores import fitted, sung
from vocoder.errors import VocoderError
from vocoder.frames import GRID
from voice.bank import VoiceBank
from voice.errors import OutputError, VoiceError
from voice.frame_files import read_frames, write_frames
from voice.score.inline import read_inline
from voice.studio import SingOptions, Studio

FIXTURES = Path(__file__).parent / "fixtures"
SONG = read_inline("tempo=120 C4 A- D4 ma- E4:2 zing R G4 grace")


def studio() -> Studio:
    return Studio(VoiceBank(FIXTURES / "none", FIXTURES / "voices"), threads=1)


def test_a_take_is_as_long_as_its_score_and_knows_where_it_came_from() -> None:
    take = studio().sing(SONG, "tiny")
    assert take.audio.rate_hz == GRID.sample_rate_hz
    assert take.audio.length_samples == GRID.seconds_to_samples(SONG.length_s)
    assert take.audio.peak > 0.0
    assert (take.voice, take.transposed_semitones) == ("tiny", 0)
    assert "Tiny" in take.credit
    assert [note.midi for note in take.frames.notes] == [60, 62, 64, 67]


def test_frames_sing_back_the_same(tmp_path: Path) -> None:
    open_studio = studio()
    take = open_studio.sing(SONG, "tiny", SingOptions(seed=3))
    write_frames(tmp_path / "song.json", take.frames)
    again = open_studio.render(read_frames(tmp_path / "song.json"))
    np.testing.assert_array_equal(again.audio.samples, take.audio.samples)
    other = studio().sing(SONG, "tiny", SingOptions(seed=3))
    np.testing.assert_array_equal(other.audio.samples, take.audio.samples)


def test_wishes_are_granted() -> None:
    slow = studio().sing(SONG, "tiny", SingOptions(tempo_qpm=60.0, lead_in_s=0.5, transpose=2))
    assert slow.audio.duration_s == pytest.approx(2 * SONG.length_s + 0.5, abs=1e-4)
    assert slow.transposed_semitones == 2
    assert slow.frames.notes[0].midi == 62
    assert slow.frames.notes[0].start_s == 0.5


def test_a_low_melody_is_lifted_by_octaves() -> None:
    low = fitted([sung(midi=40), sung(midi=43)]).score
    take = studio().sing(low, "tiny")
    assert take.transposed_semitones == 12
    with pytest.raises(OutputError, match="more than an octave outside"):
        studio().sing(low, "tiny", SingOptions(transpose=-12))


def test_progress_rises_to_the_end() -> None:
    told: list[tuple[str, float]] = []
    studio().sing(SONG, "tiny", progress=lambda stage, share: told.append((stage, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert told[0][0] == "words"


def test_mistakes_are_named() -> None:
    with pytest.raises(VoiceError, match="no voice 'wren'; the voices are: tiny"):
        studio().sing(SONG)
    with pytest.raises(VocoderError, match="no such vocoder file"):
        studio().sing(SONG, "tiny", SingOptions(vocoder=FIXTURES / "none.onnx"))
    with pytest.raises(ValueError, match="0-60 s, not 61"):
        SingOptions(lead_in_s=61.0)


def test_every_use_asks_the_clock_anew() -> None:
    asked: list[datetime] = []

    def clock() -> datetime:
        asked.append(datetime.now(UTC))
        return asked[-1]

    watched = Studio(studio().voices, 1, clock)
    watched.sing(SONG, "tiny")
    first = len(asked)
    watched.sing(SONG, "tiny")
    assert len(asked) > first


def test_languages_have_their_own_voices() -> None:
    assert studio().default_voice("ja") == "kumi"
    assert studio().default_voice("en-us") == studio().default_voice("fr")


def test_what_is_prepared_is_what_is_sung() -> None:
    ready = studio().prepare(SONG, "tiny", SingOptions(seed=3))
    take = studio().sing(SONG, "tiny", SingOptions(seed=3))
    np.testing.assert_array_equal(ready.frames.pitch.hz, take.frames.pitch.hz)
    np.testing.assert_array_equal(ready.frames.energy, take.frames.energy)
    assert ready.frames.phones == take.frames.phones
    assert (ready.transposed_semitones, ready.warnings) == (0, take.warnings)
