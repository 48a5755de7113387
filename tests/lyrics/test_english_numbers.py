"""Numbers read out."""

from __future__ import annotations

import pytest

from lyrics.english_numbers import spell_out
from lyrics.errors import PronunciationError


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("0", "zero"),
        ("3", "three"),
        ("10", "ten"),
        ("17", "seventeen"),
        ("20", "twenty"),
        ("42", "forty two"),
        ("100", "one hundred"),
        ("115", "one hundred fifteen"),
        ("1000", "one thousand"),
        ("1066", "one thousand sixty six"),
        ("1200", "one thousand two hundred"),
        ("1865", "eighteen sixty five"),
        ("1905", "nineteen oh five"),
        ("2001", "two thousand one"),
        ("10,000", "ten thousand"),
        ("1000000", "one million"),
        ("5000000007", "five billion seven"),
    ],
)
def test_numbers_in_words(digits: str, words: str) -> None:
    assert " ".join(spell_out(digits)) == words


@pytest.mark.parametrize("wrong", ["3rd", "-1", "1.5", "", "1" * 13, "٣"])
def test_what_cannot_be_read_is_refused(wrong: str) -> None:
    with pytest.raises(PronunciationError, match="write it in words"):
        spell_out(wrong)
