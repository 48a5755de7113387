"""Bends and expression of MIDI reach the melody; a wheel at rest leaves the voice its own pitch."""

from __future__ import annotations

import mido
import pytest
from test_midi import BEAT, read


def wheel(pitch: int, time: int = 0) -> mido.Message:
    return mido.Message("pitchwheel", pitch=pitch, time=time)


def control(number: int, value: int, time: int = 0) -> mido.Message:
    return mido.Message("control_change", control=number, value=value, time=time)


def on(key: int, time: int = 0) -> mido.Message:
    return mido.Message("note_on", note=key, velocity=127, time=time)


def off(key: int, time: int = BEAT) -> mido.Message:
    return mido.Message("note_off", note=key, time=time)


def test_a_bent_note_has_a_line_and_others_have_none() -> None:
    score = read([on(60), off(60), on(62), wheel(-8192, BEAT // 2), wheel(0, BEAT // 2),
                  off(62, 0), on(64), off(64)])  # fmt: skip
    (line,) = score.pitch_lines
    assert [(float(p.beats), p.cents) for p in line] == [
        (1.0, 6200.0), (1.5, 6000.0), (2.0, 6000.0),
    ]  # fmt: skip


def test_the_range_is_as_the_track_states_it() -> None:
    wide = [control(101, 0), control(100, 0), control(6, 12)]
    score = read([*wide, wheel(4096), on(60), off(60)])
    assert [p.cents for p in score.pitch_lines[0]] == pytest.approx([6600.0, 6600.0])


def test_a_wheel_at_rest_draws_nothing() -> None:
    assert read([wheel(0), on(60), wheel(1, 10), off(60)]).pitch_lines == ()


def test_many_movements_at_one_moment_leave_the_last() -> None:
    score = read([on(60), wheel(100, 240), wheel(8191), off(60, 240)])
    line = score.pitch_lines[0]
    assert len(line) == 3
    assert line[1].cents == pytest.approx(6200.0, abs=0.1)


def test_expression_scales_the_loudness_of_the_notes_that_follow() -> None:
    score = read([on(60), off(60), control(11, 64), on(62), off(62)])
    assert [note.dynamic for note in score.notes] == pytest.approx([1.0, 64 / 127])


@pytest.mark.parametrize(("key", "fifths"), [("C", 0), ("Bb", -2), ("F#m", 3), ("Ebm", -6)])
def test_the_key_signature_is_read(key: str, fifths: int) -> None:
    sign = mido.MetaMessage("key_signature", key=key)
    assert read([sign, on(60), off(60)]).key_fifths == fifths
    assert read([on(60), off(60)]).key_fifths is None
