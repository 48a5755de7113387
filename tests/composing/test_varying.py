"""Some bars anew, everything else as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from songs_to_set import SONG, plan_for_song

from voice.composing.compose import composed
from voice.composing.errors import ComposingError
from voice.composing.harmony import scale
from voice.composing.ordering import plan_of_melody
from voice.composing.varying import BarSpan, parse_bars, varied
from voice.score.model import Score


@pytest.fixture(scope="module")
def melody() -> Score:
    return composed(SONG, plan_for_song()).score


def inside(melody: Score, bars: BarSpan) -> list[bool]:
    return [bars.first <= note.place.bar <= bars.last for note in melody.notes]


def test_only_pitches_in_the_bars_change(melody: Score) -> None:
    bars = BarSpan(5, 8)
    plan = replace(plan_for_song(), seed=3)
    changed = varied(melody, bars, plan)
    for here, was, now in zip(inside(melody, bars), melody.notes, changed.notes, strict=True):
        assert replace(now, midi=was.midi) == was
        assert here or now == was
    assert changed.notes != melody.notes
    assert replace(changed, notes=melody.notes) == melody


def test_a_variation_stays_in_key_and_voice(melody: Score) -> None:
    plan = replace(plan_for_song(), seed=3)
    changed = varied(melody, BarSpan(2, 17), plan)
    assert all(note.midi % 12 in scale(plan.key) for note in changed.notes)
    assert all(plan.range.low_midi <= n.midi <= plan.range.high_midi for n in changed.notes)


def test_seeds_give_different_variations(melody: Score) -> None:
    one, same, other = (
        varied(melody, BarSpan(2, 9), replace(plan_for_song(), seed=seed)) for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_bars_without_notes_are_refused(melody: Score) -> None:
    with pytest.raises(ComposingError, match="no notes begin in bars 90-91; the melody has bars 1"):
        varied(melody, BarSpan(90, 91), plan_for_song())


def test_bars_are_read() -> None:
    assert parse_bars("5-8") == BarSpan(5, 8)
    assert parse_bars(" 3 ") == BarSpan(3, 3)


@pytest.mark.parametrize("text", ["", "8-5", "five", "-3", "1-2-3"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ComposingError, match="no span of bars"):
        parse_bars(text)


def test_the_plan_of_a_melody_finds_its_key(melody: Score) -> None:
    plan = plan_of_melody(melody, None, None, None, None, "pop")
    assert str(plan.key) in ("A minor", "C major")
    assert plan.range.low_midi < min(note.midi for note in melody.notes)
    assert plan.bars == len(melody.bars)


def test_what_is_said_overrules_what_is_found(melody: Score) -> None:
    plan = plan_of_melody(melody, "C major", "C G", None, None, "pop")
    assert str(plan.key) == "C major"
    names = {span.chord.name for span in plan.chords}
    assert names == {"C", "G"}
    assert plan.chords[-1].end_beats >= len(melody.bars) * 4
