"""Wishes of people become an expression; what nobody can wish for is refused in one sentence."""

from __future__ import annotations

from dataclasses import fields

import pytest

from voice.errors import OutputError
from voice.performance.bounds import BOUNDS
from voice.performance.intonation import Bend
from voice.performance.wishes import Expression, Wishes, parse_bends


def test_no_wish_is_the_voices_own_way() -> None:
    assert Wishes().expression() == Expression()


def test_every_bounded_wish_reaches_the_expression() -> None:
    for name, bounds in BOUNDS.items():
        for value in (bounds.low, bounds.high):
            wished = Wishes(**{name: value}).expression()
            other = Wishes(**{name: (bounds.low + bounds.high) / 2.0}).expression()
            assert wished != other, name


def test_every_wish_has_bounds_or_is_a_choice() -> None:
    assert {entry.name for entry in fields(Wishes)} == {*BOUNDS, "breaths", "bends"}
    assert all(bounds.low < bounds.high and bounds.meaning for bounds in BOUNDS.values())


@pytest.mark.parametrize("name", BOUNDS)
def test_a_wish_out_of_bounds_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(OutputError) as refused:
        Wishes(**{name: BOUNDS[name].high + 1.0})
    assert name.replace("_", " ") in str(refused.value)
    assert f"not {BOUNDS[name].high + 1.0:g}" in str(refused.value)


def test_wishes_land_where_they_belong() -> None:
    wished = Wishes(
        vibrato=50.0, portamento=0.2, gender=-3.0, breaths=False, variation=0.0, phrasing=4.0
    ).expression()
    assert wished.intonation.vibrato_depth_cents == 50.0
    assert wished.intonation.portamento_s == 0.2
    assert wished.gender_semitones == -3.0
    assert not wished.breaths
    assert wished.variation.level_db == 0.0
    assert wished.dynamics.phrase_db == 4.0


def test_bends_are_written_as_note_and_cents() -> None:
    assert parse_bends(["5:-100,0", "1:20"]) == (Bend(5, (-100.0, 0.0)), Bend(1, (20.0,)))
    assert Wishes(bends=parse_bends(["2:10"])).expression().intonation.bends == (Bend(2, (10.0,)),)


@pytest.mark.parametrize("text", ["", "5", "x:1", "0:1", "3:", "3:one", "3:99999", "-1:0"])
def test_what_is_no_bend_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(OutputError, match=r"--bend.*such as 5:-100,0"):
        parse_bends([text])
