from __future__ import annotations

from dataclasses import replace

import pytest

from lyrics.writer.plan import Accent
from voice.errors import ScoreWordsError
from voice.lyric_plan import LONGEST_LINE, lyric_plan, metrical_weight
from voice.score.inline import read_inline
from voice.score.model import Meter, Score

S, W, F = Accent.STRONG, Accent.WEAK, Accent.FREE


def _slurred(line: str, *places: int) -> Score:
    score = read_inline(line)
    notes = [replace(note, slur=index in places) for index, note in enumerate(score.notes)]
    return replace(score, notes=tuple(notes))


def test_rests_part_lines() -> None:
    plan = lyric_plan(read_inline("C4 D4 E4 R F4 G4 R:2 A4:1 B4 C5 C5"))
    assert [line.syllables for line in plan] == [3, 2, 4]


def test_slurred_notes_are_tails() -> None:
    (line,) = lyric_plan(_slurred("C4 D4 E4 F4 G4 A4", 2, 3, 5))
    assert line.syllables == 3
    assert line.tails == (0, 2, 1)


def test_beats_of_four() -> None:
    (line,) = lyric_plan(read_inline("C4 D4 E4 F4 G4 A4 B4 C5"))
    assert line.accents == (S, W, S, W, S, W, S, W)


def test_beats_of_three_and_six() -> None:
    (three,) = lyric_plan(read_inline("meter=3/4 C4 D4 E4 F4 G4 A4"))
    assert three.accents == (S, W, F, S, W, F)[:2] + three.accents[2:3] + (S, W, F)
    (six,) = lyric_plan(read_inline("meter=6/8 C4:1/2 D4:1/2 E4:1/2 F4:1/2 G4:1/2 A4:1/2"))
    assert (six.accents[0], six.accents[3]) == (S, S)
    assert six.accents[2] is W


def test_notes_between_beats_are_weak() -> None:
    (line,) = lyric_plan(read_inline("C4:1/2 D4:1/2 E4:1/2 F4:1/2 G4 A4"))
    assert line.accents[:4] == (S, W, S, W)


def test_a_pickup_leads_to_the_beat() -> None:
    plan = lyric_plan(read_inline("R:3 C4:1 D4:2 E4:2"))
    assert plan[0].accents[:2] == (W, S)


def test_long_notes_are_known() -> None:
    (line,) = lyric_plan(read_inline("C4 D4 E4 F4:2 G4:1 A4 B4 C5:4"))
    assert line.long == (False, False, False, True, False, False, False, True)


def test_long_phrases_are_parted_behind_long_notes() -> None:
    notes = ["C4:1"] * 7 + ["G4:2"] + ["D4:1"] * 7 + ["G4:2"]
    plan = lyric_plan(read_inline(" ".join(notes)))
    assert [line.syllables for line in plan] == [8, 8]


def test_no_line_is_too_long_and_no_syllable_is_lost() -> None:
    score = read_inline(" ".join(["C4", "D4"] * 37))
    plan = lyric_plan(score)
    assert sum(line.syllables for line in plan) == 74
    assert max(line.syllables for line in plan) <= LONGEST_LINE


@pytest.mark.parametrize(
    ("meter", "beat", "weight"),
    [
        (Meter(), 1, 4), (Meter(), 2, 2), (Meter(), 3, 3), (Meter(), 2.5, 1),
        (Meter(numerator=3), 3, 2),
        (Meter(numerator=6, denominator=8), 4, 3), (Meter(numerator=6, denominator=8), 2, 1),
        (Meter(numerator=2, denominator=2), 2, 2),
    ],
)  # fmt: skip
def test_weights(meter: Meter, beat: float, weight: int) -> None:
    assert metrical_weight(meter, beat) == weight


def test_a_score_without_notes_is_refused() -> None:
    score = replace(read_inline("C4 D4"), notes=())
    with pytest.raises(ScoreWordsError, match="no notes"):
        lyric_plan(score)
