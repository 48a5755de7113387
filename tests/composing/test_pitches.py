"""The pitches of single lines: rules that can be seen one by one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from voice.analysis.model import Key
from voice.card import VoiceRange
from voice.composing.chords import parse_chord
from voice.composing.features import FIRST, INSIDE, LAST
from voice.composing.pitches import NoteToSing, Tonality, echoed, sing_line, steps_above
from voice.composing.plan import Style
from voice.composing.table import melody_table

C_MAJOR = Tonality(Key(0, "major"), VoiceRange(55, 76), Style.POP)
NO_NOISE = np.zeros((32, 128))


def note(chord: str = "C", weight: int = 2, target: float = 65.0) -> NoteToSing:
    return NoteToSing(parse_chord(chord), weight, False, 1, INSIDE, target)


def line(*notes: NoteToSing) -> list[NoteToSing]:
    return [replace(notes[0], place=FIRST), *notes[1:-1], replace(notes[-1], place=LAST)]


def sung(
    notes: list[NoteToSing],
    tonality: Tonality = C_MAJOR,
    before: tuple[int, int] | None = None,
    after: int | None = None,
) -> tuple[int, ...]:
    return sing_line(notes, before, after, tonality, melody_table(), NO_NOISE)[0]


def test_a_line_ends_on_its_chord_and_a_section_on_the_tonic() -> None:
    notes = line(*[note() for _ in range(6)])
    for chord in ("C", "F"):
        ended = [*notes[:-1], replace(notes[-1], chord=parse_chord(chord), closing=2)]
        assert sung(ended)[-1] % 12 == 0
    open_end = [*notes[:-1], replace(notes[-1], chord=parse_chord("G"), closing=1)]
    assert sung(open_end)[-1] % 12 in (7, 11, 2)


def test_an_echo_is_followed() -> None:
    motif = (64, 65, 67, 69, 67)
    notes = [
        replace(each, echo=float(midi), echo_cost=5.0)
        for each, midi in zip(line(*[note(weight=1) for _ in motif]), motif, strict=True)
    ]
    assert sung(notes) == motif


def test_arcs_are_followed_up_and_down() -> None:
    rising = line(*[note(target=60 + 2 * at) for at in range(8)])
    assert sung(rising)[-1] > sung(rising)[0] + 5
    assert sung(rising[::-1])[-1] < sung(rising[::-1])[0] - 5


def test_a_leap_is_answered_by_a_step_back() -> None:
    wide = line(note(target=60), note(target=60), note(target=69), note(target=69), note(target=69))
    pitches = sung(wide)
    moves = np.diff(pitches)
    for leap, following in pairwise(moves):
        assert abs(leap) < 5 or following * leap <= 0


def test_nothing_lies_outside_the_voice() -> None:
    narrow = Tonality(Key(0, "major"), VoiceRange(60, 67), Style.POP)
    pitches = sung(line(*[note(target=90.0) for _ in range(8)]), narrow)
    assert max(pitches) <= 67


def test_what_stands_before_and_after_is_reached_by_small_moves() -> None:
    low = sung(line(*[note(weight=1) for _ in range(4)]), before=(60, 59), after=57)
    assert abs(low[0] - 59) <= 5
    assert abs(low[-1] - 57) <= 7


def test_one_note_alone() -> None:
    (pitch,) = sung([replace(note(weight=4), place=LAST, closing=2)])
    assert pitch % 12 == 0
    (joined,) = sung([note()], before=(64, 62), after=65)
    assert abs(joined - 62) <= 5


def test_a_natural_seventh_is_not_sung_over_the_dominant_of_minor() -> None:
    minor = Tonality(Key(9, "minor"), VoiceRange(55, 76), Style.POP)
    pitches = sung(line(*[note("E", weight=2, target=67.0) for _ in range(6)]), minor)
    assert all(pitch % 12 != 7 for pitch in pitches)
    over_tonic = sung(line(*[note("Am", weight=2, target=68.0) for _ in range(6)]), minor)
    assert all(pitch % 12 != 8 for pitch in over_tonic)


def test_a_rap_moves_less_than_a_ballad() -> None:
    notes = line(*[note(weight=1, target=63.0 + at % 3) for at in range(12)])
    still = [
        sum(np.diff(sung(notes, replace(C_MAJOR, style=style))) == 0)
        for style in (Style.RAP, Style.BALLAD)
    ]
    assert still[0] > still[1]


def test_steps_are_those_of_the_scale() -> None:
    assert steps_above(60.0, 2, C_MAJOR) == 64.0
    assert steps_above(64.0, 1, C_MAJOR) == 65.0
    assert steps_above(60.0, -1, C_MAJOR) == 59.0


def test_a_motif_is_looked_up_by_its_offset() -> None:
    motif = {Fraction(0): 60, Fraction(2): 64}
    assert echoed(motif, Fraction(2), 0, C_MAJOR) == (64.0, True)
    assert echoed(motif, Fraction(3), 1, C_MAJOR) == (65.0, False)
    assert echoed(motif, Fraction(-1), 0, C_MAJOR) is None
