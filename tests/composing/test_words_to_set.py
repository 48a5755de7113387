"""Words into sections, lines, syllables and stresses."""

from __future__ import annotations

import pytest
from songs_to_set import SONG, SYLLABLES_IN_LINES

from lyrics.writer.song_file import from_text
from voice.composing.errors import WordsError
from voice.composing.words import words_from


def test_headings_part_sections_and_are_not_sung() -> None:
    words = words_from(SONG)
    assert [s.kind for s in words.sections] == ["verse", "chorus", "verse", "chorus"]
    assert tuple(len(line.stresses) for line in words.lines[:8]) == SYLLABLES_IN_LINES
    assert "theme" not in words.text


def test_a_written_song_gives_the_same_words_as_its_text() -> None:
    assert words_from(from_text(SONG)) == words_from(SONG)


def test_without_headings_a_stanza_that_returns_is_a_chorus() -> None:
    words = words_from("One more day\n\nSing with me\n\nOne more night\n\nSing with me")
    assert [s.kind for s in words.sections] == ["verse", "chorus", "verse", "chorus"]


def test_stress_follows_the_dictionary_and_small_words_have_none() -> None:
    (line,) = words_from("The river is singing").lines
    assert line.stresses == (0, 2, 0, 0, 2, 0)
    assert line.word_ends == (True, False, True, True, False, True)


def test_lines_rhyme_on_their_last_stressed_syllable() -> None:
    first, second = words_from("into the morning\nover the sea").lines
    assert first.rhyme_place == 3
    assert second.rhyme_place == 3


def test_joined_words_are_sung_apart() -> None:
    (line,) = words_from("an ever-green tree").lines
    assert line.text == "an ever green tree"
    assert len(line.stresses) == 5


@pytest.mark.parametrize("text", ["", "\n\n", "# theme: love\n[Verse]\n", "123 ...\n"])
def test_no_words_are_refused(text: str) -> None:
    with pytest.raises(WordsError, match="no words"):
        words_from(text)


def test_a_line_longer_than_a_breath_is_refused() -> None:
    with pytest.raises(WordsError, match="line 2 of the words has 25 syllables"):
        words_from("short line\n" + "la " * 25)


def test_other_languages_count_their_own_syllables() -> None:
    (line,) = words_from("Guten Morgen", "de").lines
    assert len(line.stresses) == 4
    assert line.stresses[0] == 2
