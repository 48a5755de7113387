from __future__ import annotations

import pytest

from lyrics.writer.errors import ModelError, RequestError
from lyrics.writer.plan import Accent
from lyrics.writer.song_file import from_text
from voice.songwriting import Form, ModelChoice, alternative_requests, request_for

SONG = from_text(
    "# theme: the sea\n# genre: folk\n# seed: 4\n\n[Verse: AA]\nThe sea is deep\nI cannot sleep\n"
)
MELODY = "C4 D4 E4 F4 R:4 C4:1 D4 E4 F4"


def test_syllables_by_kind_and_scheme() -> None:
    sections = Form(
        syllables="verse:8,6;chorus:5,5,5,5", rhyme="AA", structure="verse,chorus"
    ).sections()
    assert [[line.syllables for line in each.lines] for each in sections] == [[8, 6], [5] * 4]
    assert [each.rhyme for each in sections] == ["AA", "AABB"]


def test_a_melody_gives_lines_to_every_section() -> None:
    first, second = Form(melody=MELODY, structure="verse,verse").sections()
    assert [line.syllables for line in first.lines] == [4, 4]
    assert first.lines == second.lines
    assert first.lines[0].accents[0] is Accent.STRONG


def test_a_melody_and_syllables_are_too_much() -> None:
    with pytest.raises(RequestError, match="drop --syllables or --melody"):
        Form(melody=MELODY, syllables="8,6")


def test_the_request_behind_a_song() -> None:
    request = request_for(SONG)
    assert (request.theme, request.genre, request.seed) == ("the sea", "folk", 4)
    assert request.sections[0].rhyme == "AA"
    assert [line.syllables for line in request.sections[0].lines] == [4, 4]
    assert not request.sections[0].lines[0].accents


def test_the_request_behind_a_song_for_a_melody_listens_to_it() -> None:
    plan = request_for(SONG, MELODY).sections[0].lines[1]
    assert plan.accents == (Accent.STRONG, Accent.WEAK, Accent.STRONG, Accent.WEAK)


def test_another_melody_is_refused_with_both_counts() -> None:
    with pytest.raises(RequestError, match=r"lines of \[4, 4\].*phrases have \[3\]"):
        request_for(SONG, "C4 D4 E4")


def test_alternatives_take_the_seeds_that_follow() -> None:
    seeds = [each.seed for each in alternative_requests(request_for(SONG), 3)]
    assert seeds == [4, 5, 6]


def test_models_are_named_whole() -> None:
    with pytest.raises(RequestError, match="go together"):
        ModelChoice(url="http://localhost/v1")
    with pytest.raises(ModelError, match="http or https"):
        ModelChoice("ftp://localhost", "big").lyricist()
    assert ModelChoice("http://localhost/v1", "big").lyricist().origin.model == "big"
