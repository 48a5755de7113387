from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyrics.writer.errors import RequestError
from lyrics.writer.plan import (
    Accent,
    LinePlan,
    SectionPlan,
    SongRequest,
    parse_structure,
    parse_syllables,
    sections_of,
    spread_rhyme,
)

FOUR = (LinePlan(8), LinePlan(6), LinePlan(8), LinePlan(6))


def test_structure() -> None:
    assert parse_structure("Verse, chorus,verse") == ("verse", "chorus", "verse")
    with pytest.raises(RequestError, match=r"no section 'vers'.*prechorus"):
        parse_structure("vers,chorus")


def test_syllables_for_all_or_by_name() -> None:
    assert parse_syllables("8,6, 8,6", "verse") == (8, 6, 8, 6)
    both = "verse:8,6,8,6;chorus:7,7"
    assert parse_syllables(both, "chorus") == (7, 7)
    assert parse_syllables("5,5;chorus:7,7", "bridge") == (5, 5)
    with pytest.raises(RequestError, match="says nothing of 'bridge'"):
        parse_syllables(both, "bridge")
    with pytest.raises(RequestError, match="8,x"):
        parse_syllables("8,x", "verse")


@pytest.mark.parametrize(
    ("scheme", "lines", "spread"),
    [
        ("ABAB", 4, "ABAB"),
        ("abab", 8, "ABABCDCD"),
        ("AABB", 8, "AABBCCDD"),
        ("XAXA", 8, "XAXAXBXB"),
        ("-A-A", 4, "XAXA"),
        (None, 8, "ABABCDCD"),
        (None, 6, "AABBCC"),
        (None, 5, "AABBX"),
        ("A", 3, "ABC"),
    ],
)
def test_rhyme_schemes(scheme: str | None, lines: int, spread: str) -> None:
    assert spread_rhyme(scheme, lines) == spread


@given(st.integers(1, 200))
def test_the_usual_scheme_rhymes_every_letter_twice(lines: int) -> None:
    """Also where a melody has so many phrases that letters run out: the rest is unrhymed."""
    scheme = spread_rhyme(None, lines)
    rhymed = scheme.rstrip("X")
    assert len(scheme) == lines
    assert "X" not in rhymed
    assert all(scheme.count(letter) == 2 for letter in rhymed)
    assert len(rhymed) >= min(lines - 1, 100)


def test_more_rhymes_than_letters_are_refused_with_the_way_out() -> None:
    with pytest.raises(RequestError, match=r"at most 51 rhymes.*leave --rhyme out"):
        spread_rhyme("A", 60)


def test_a_scheme_that_does_not_divide_names_the_nearest() -> None:
    with pytest.raises(RequestError, match="nearest scheme is ABABA"):
        spread_rhyme("ABAB", 5)
    with pytest.raises(RequestError, match="write a letter"):
        spread_rhyme("A1", 2)


@given(st.text("ABCX", min_size=1, max_size=6), st.integers(1, 5))
def test_repeated_schemes_keep_their_shape(scheme: str, turns: int) -> None:
    spread = spread_rhyme(scheme, len(scheme) * turns)
    for turn in range(turns):
        part = spread[turn * len(scheme) : (turn + 1) * len(scheme)]
        for one in range(len(scheme)):
            for other in range(len(scheme)):
                assert (part[one] == part[other]) == (scheme[one] == scheme[other])


def test_plans_check_themselves() -> None:
    with pytest.raises(RequestError, match="0 syllables"):
        LinePlan(0)
    with pytest.raises(RequestError, match="2 accents for a line of 3"):
        LinePlan(3, (Accent.WEAK, Accent.STRONG))
    with pytest.raises(RequestError, match="4 lines but the rhyme scheme 'AB'"):
        SectionPlan("verse", FOUR, "AB")


def test_requests_check_themselves() -> None:
    sections = sections_of(("verse",), [FOUR], "ABAB")
    with pytest.raises(RequestError, match="needs a theme"):
        SongRequest(" ", "pop", sections)
    with pytest.raises(RequestError, match="at least one section"):
        SongRequest("love", "pop", ())
    with pytest.raises(RequestError, match="'moon' is both"):
        SongRequest("love", "pop", sections, include=("Moon",), avoid=("moon",))
    with pytest.raises(RequestError, match="240 lines"):
        SongRequest("love", "pop", sections * 60)
