"""Word errors: counted on bare words, pooled over words and not over hymns."""

from __future__ import annotations

import pytest

from benchmarks.listening import bare, compared, pooled_rate


def test_words_are_compared_without_case_punctuation_and_quotation_marks() -> None:
    assert bare("‘Where is Your GOD?’ men say—heav’n's") == "where is your god men say heav'n's"


@pytest.mark.parametrize(
    ("heard", "errors"),
    [
        ("Amazing grace, how sweet the sound.", 0),
        ("amazing face how sweet the sound", 1),
        ("amazing grace how the sound", 1),
        ("amazing grace oh how sweet the the sound", 2),
        ("", 6),
        ("♪", 6),
    ],
)
def test_substitutions_deletions_and_insertions_each_count_one(heard: str, errors: int) -> None:
    row = compared("grace", "Amazing grace! how sweet the sound", heard)
    assert (row.words, row.errors) == (6, errors)


def test_pooling_weighs_hymns_by_their_words() -> None:
    long = compared("long", "one two three four five six seven eight", "one two three four")
    short = compared("short", "one two", "one two")
    assert pooled_rate([long, short]) == pytest.approx(4 / 10)
