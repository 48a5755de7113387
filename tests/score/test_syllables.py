"""Text under notes: hyphens, holds, verse numbers, elisions."""

from __future__ import annotations

import pytest

from voice.score.model import Lyric, Syllabic
from voice.score.syllables import clean_text, is_hold, mend_words, syllable

S = Syllabic


@pytest.mark.parametrize(
    ("written", "text", "syllabic"),
    [
        ("A-", "A", S.BEGIN),
        ("-maz-", "maz", S.MIDDLE),
        ("-ing", "ing", S.END),
        ("grace,", "grace,", S.SINGLE),
        ("1.\xa0The", "The", S.SINGLE),
        ("1.~You", "You", S.SINGLE),
        ("2,3.~Lord", "Lord", S.SINGLE),
        ("-\xa0cay,", "cay,", S.END),
        ("vain__", "vain", S.SINGLE),
        ("“Hark!”", "“Hark!”", S.SINGLE),
        ("[her]", "her", S.SINGLE),
    ],
)
def test_syllable(written: str, text: str, syllabic: Syllabic) -> None:
    lyric = syllable(written)
    assert lyric is not None
    assert (lyric.text, lyric.syllabic) == (text, syllabic)


def test_trailing_line_extends() -> None:
    lyric = syllable("love___")
    assert lyric == Lyric("love", S.SINGLE, extends=True)


@pytest.mark.parametrize("mark", ["-", "_", "*", "~", "__", "ー", "⸏⸏⸏", "+~", " - "])
def test_holds(mark: str) -> None:
    assert is_hold(mark)
    assert syllable(mark) is None


@pytest.mark.parametrize("text", ["", "  ", "—", "!?"])
def test_nothing_to_sing(text: str) -> None:
    assert syllable(text) is None


def test_two_words_on_one_note() -> None:
    lyric = syllable("the‿A-")
    assert lyric is not None
    assert [p.text for p in (lyric, *lyric.elided)] == ["the", "A"]
    assert lyric.syllabic is S.SINGLE
    assert not lyric.ends_word


def test_a_hint_keeps_its_spaces() -> None:
    lyric = syllable("read[r ɛ d]")
    assert lyric is not None
    assert lyric.text == "read[r ɛ d]"
    assert lyric.elided == ()


def test_numbers_of_years_stay() -> None:
    assert clean_text("1822") == "1822"


def words(*pairs: tuple[str, Syllabic] | None) -> list[Lyric | None]:
    return [None if pair is None else Lyric(*pair) for pair in pairs]


def test_a_continuation_opens_the_syllable_before() -> None:
    mended = mend_words(words(("de", S.SINGLE), None, ("cay", S.END)))
    assert [lyric.syllabic for lyric in mended if lyric] == [S.BEGIN, S.END]


def test_an_open_syllable_takes_what_follows() -> None:
    mended = mend_words(words(("glo", S.BEGIN), ("ry", S.SINGLE), ("be", S.SINGLE)))
    assert [lyric.syllabic for lyric in mended if lyric] == [S.BEGIN, S.END, S.SINGLE]


def test_the_last_word_is_closed_and_the_first_begins() -> None:
    mended = mend_words(words(("ing", S.END), ("glo", S.BEGIN)))
    assert [lyric.syllabic for lyric in mended if lyric] == [S.SINGLE, S.SINGLE]


def test_no_word_goes_on_after_a_comma() -> None:
    mended = mend_words(words(("stream,", S.BEGIN), ("The", S.END)))
    assert [lyric.syllabic for lyric in mended if lyric] == [S.SINGLE, S.SINGLE]


def test_lyrics_without_letters_are_no_lyrics() -> None:
    with pytest.raises(ValueError, match="needs letters"):
        Lyric("  ")
