"""Rows of the table from takes whose numbers are known."""

from __future__ import annotations

import numpy as np
import pytest
from made import Vowel, frame_score, melody, sound_of

from benchmarks.hymns import Hymn
from benchmarks.intonation import Frames
from benchmarks.listening import compared
from benchmarks.rows import sung_word_rows, take_rows
from benchmarks.table import Row, at_most
from benchmarks.takes import SungHymn, sung_hymns
from vocoder.audio import Audio
from voice.score.model import Score
from voice.take import VocalTake


def sung(cents: list[float], onsets_ms: list[float], heard: str = "one two") -> SungHymn:
    return SungHymn(
        understood=compared("made", "one two three four", heard),
        cents=np.array(cents),
        near_curve=Frames(90, 100),
        voicing_errors=Frames(3, 100),
        onsets_s=np.array(onsets_ms) / 1000.0,
        length_error_frames=0.25 * len(cents),
        quality=3.0,
        duration_s=4.0,
        transposed_semitones=0,
    )


def by_key(rows: list[Row]) -> dict[str, Row]:
    return {row.key: row for row in rows}


def test_takes_are_pooled_over_notes_and_the_worst_length_counts() -> None:
    takes = [sung([0.0, 7.0, np.inf, -9.0], [10.0, -20.0]), sung([11.0], [40.0])]
    rows = by_key(take_rows("wren", takes))
    assert rows["notes.wren.10"].value == pytest.approx(60.0)
    assert rows["notes.wren.5"].value == pytest.approx(20.0)
    assert (rows["notes.wren.10"].n, rows["notes.wren.10"].met) == (5, False)
    assert (rows["curve.wren"].value, rows["curve.wren"].met) == (90.0, False)
    assert rows["voicing.wren"].value == 3.0
    assert rows["onset.wren"].value == pytest.approx(20.0)
    assert rows["onset.wren"].met is True
    assert (rows["length.wren"].value, rows["length.wren"].met) == (1.0, True)


def test_each_way_of_singing_has_its_own_target() -> None:
    heard = {"slow": [sung([0.0], [], "one two three")], "shuffled": [sung([0.0], [], "")]}
    rows = by_key(sung_word_rows("wren", heard, 0.6, {"slow": at_most(30.0)}))
    assert (rows["words.wren.slow"].value, rows["words.wren.slow"].met) == (25.0, True)
    assert (rows["words.wren.shuffled"].value, rows["words.wren.shuffled"].met) == (100.0, None)
    assert "60%" in rows["words.wren.slow"].definition.replace(" ", "")


def test_a_perfect_singer_is_found_perfect() -> None:
    """A hymn sung by vowels on the beat and heard word for word."""
    words, midi = ["see", "the", "sea"], [60, 64, 67]

    def sing(score: Score) -> VocalTake:
        length_s = score.length_s
        vowels = [Vowel(i + 0.0, i + 0.6, note.midi) for i, note in enumerate(score.notes)]
        frames = frame_score(vowels, length_s)
        return VocalTake(sound_of(vowels, length_s), frames, "made", "", 0, ())

    def transcribe(audio: Audio) -> str:
        assert audio.duration_s == pytest.approx(3.0)
        return "See the sea."

    hymn = Hymn("made", melody(words, midi))
    takes = list(sung_hymns(sing, [hymn], transcribe))
    rows = by_key(take_rows("made", takes))
    assert rows["notes.made.5"].value == 100.0
    assert rows["curve.made"].value == pytest.approx(100.0, abs=1.5)
    assert rows["voicing.made"].value < 3.0
    assert rows["onset.made"].value < 12.0
    assert rows["length.made"].value == 0.0
    assert [take.understood.errors for take in takes] == [0]
