"""Lines of words, passes of repeats, refrains, all verses in a row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_scores import line, spelled

from voice.errors import ScoreWordsError
from voice.score.model import Lyric, Score
from voice.score.verses import WrittenWords, all_verses, passes, verse, verses_of


def under(*lines: str | None, played: int = 0, plays: int = 1, slur: bool = False) -> WrittenWords:
    return WrittenWords(tuple(Lyric(t) if t else None for t in lines), played, plays, slur)


def texts(words: list[WrittenWords]) -> list[str]:
    return [" ".join(lyric.text if lyric else "~" for lyric in row) for row in verses_of(words)]


def test_lines_are_verses() -> None:
    assert texts([under("a", "b"), under("c", "d")]) == ["a c", "b d"]


def test_passes_take_lines_in_turn() -> None:
    words = [
        under("a", "b", played=0, plays=2),
        under("a", "b", played=1, plays=2),
        under("end", None),
    ]
    assert texts(words) == ["a b end"]


def test_lines_that_run_on_outside_the_repeat_are_verses() -> None:
    words = [under("x", "y"), under("p", "q"), under("a", "b", played=0, plays=2)]
    words.append(under("a", "b", played=1, plays=2))
    assert texts(words) == ["x p a a", "y q b b"]


def test_a_refrain_belongs_to_all() -> None:
    words = [under("a", "b")] + [under(t, None) for t in ("Glo", "ri", "a")]
    assert texts(words) == ["a Glo ri a", "b Glo ri a"]


def test_a_slurred_syllable_of_another_verse_is_a_melisma() -> None:
    words = [under("a", "b"), under("c", None, slur=True), under("d", "e")]
    assert texts(words) == ["a c d", "b ~ e"]


def test_a_few_other_readings_are_no_verse() -> None:
    words = [under("a", None)] * 20 + [under("a", "b")] * 2
    assert len(verses_of(words)) == 1


def test_passes_count_from_zero() -> None:
    assert passes((0, 1, 0, 1, 2, 1)) == (0, 0, 1, 1, 0, 2)


def two_verses() -> Score:
    one, two = line("C4 one D4 tune"), line("C4 two D4 more")
    notes = tuple(
        replace(a, lyrics=(*a.lyrics, *b.lyrics)) for a, b in zip(one.notes, two.notes, strict=True)
    )
    return Score("t", notes, one.bars, one.tempo, one.meters, verses=2)


def test_all_verses_play_the_music_again() -> None:
    whole = all_verses(two_verses())
    assert spelled(whole) == "one tune two more"
    assert [float(n.start_beats) for n in whole.notes] == [0, 1, 4, 5]
    assert whole.length_beats == 8
    assert whole.verses == 1
    assert len(whole.tempo.points) == 1


def test_one_verse() -> None:
    assert spelled(verse(two_verses(), 2)) == "two more"
    with pytest.raises(ScoreWordsError, match="has 2 verses; choose --verse 1 to 2, or all"):
        verse(two_verses(), 3)
