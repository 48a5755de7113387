"""Whole songs by a model that knows nothing: everything that is promised holds all the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from lyrics.writer.draft import end_word
from lyrics.writer.errors import RequestError, WriterError
from lyrics.writer.local_model import LocalLyricist
from lyrics.writer.plan import LinePlan, SectionPlan, SongRequest, sections_of
from lyrics.writer.rhyme import RhymeKind, rhyme_sound
from lyrics.writer.song import Origin, Song, SongLine
from lyrics.writer.wordbook import WordBook
from lyrics.writer.writer import SongWriter, avoided, with_line

OTHER = Origin("big", "MIT")
KINDS = ("verse", "chorus", "verse", "chorus")
FOUR = (LinePlan(6), LinePlan(4), LinePlan(6), LinePlan(4))
REQUEST = SongRequest("the sea", "folk", sections_of(KINDS, [FOUR] * 4, "ABAB"))


@pytest.fixture
def writer(lyricist: LocalLyricist, book: WordBook) -> SongWriter:
    return SongWriter(lyricist, book)


@pytest.fixture(scope="module")
def song(model, book: WordBook) -> Song:  # type: ignore[no-untyped-def]
    from lyrics.writer.search import SearchOptions

    lyricist = LocalLyricist(model, book, SearchOptions(beams=4, open_words=3))
    return SongWriter(lyricist, book).write(replace(REQUEST, include=("river", "moon")))


def _rhyme(one: SongLine, other: SongLine) -> bool:
    first, second = (rhyme_sound(line.words[-1].syllables) for line in (one, other))
    return first.rhymes_with(second, RhymeKind.PERFECT)


def test_every_line_has_its_syllables(song: Song) -> None:
    counts = [[len(line.syllables) for line in section.lines] for section in song.sections]
    assert counts == [[6, 4, 6, 4]] * 4


def test_lines_rhyme_as_asked(song: Song) -> None:
    for section in song.sections:
        assert _rhyme(section.lines[0], section.lines[2])
        assert _rhyme(section.lines[1], section.lines[3])


def test_the_chorus_returns_and_nothing_else(song: Song) -> None:
    texts = [tuple(line.text for line in section.lines) for section in song.sections]
    assert texts[1] == texts[3]
    own = [line.key for section in song.own_sections() for line in section.lines]
    assert len(own) == len(set(own)) == 12
    assert [section.title for section in song.sections] == [
        "Verse 1", "Chorus", "Verse 2", "Chorus",
    ]  # fmt: skip


def test_no_word_ends_two_lines(song: Song) -> None:
    ends = [end_word(line) for section in song.own_sections() for line in section.lines]
    assert len(set(ends)) == len(ends)


def test_required_words_are_there(song: Song) -> None:
    words = {word for line in song.lines for word in line.key.split()}
    assert {"river", "moon"} <= words


def test_each_section_touches_the_theme(song: Song, writer: SongWriter) -> None:
    theme = writer.lyricist.theme_words("the sea")
    assert "sea" in theme
    for section in song.own_sections():
        assert theme & {word for line in section.lines for word in line.key.split()}


def test_a_long_section_comes_back_to_its_theme(writer: SongWriter) -> None:
    theme = writer.lyricist.theme_words("the sea")
    plan = SectionPlan("verse", (LinePlan(4),) * 20, "X" * 20)
    lines = writer.write(replace(REQUEST, sections=(plan,))).lines
    themed = [bool(theme & set(line.key.split())) for line in lines]
    assert all(any(themed[first : first + 8]) for first in range(13))


def test_lines_begin_with_capitals(song: Song) -> None:
    assert all(line.text[0].isupper() for line in song.lines)


def test_drafts_grow_line_by_line(writer: SongWriter) -> None:
    small = replace(REQUEST, sections=REQUEST.sections[:2])
    drafts = list(writer.drafts(small))
    assert [len(draft.lines) for draft in drafts] == list(range(1, 9))
    for before, after in pairwise(drafts):
        assert after.lines[: len(before.lines)] == before.lines


def test_too_many_words_are_refused_with_what_is_possible(
    writer: SongWriter, book: WordBook
) -> None:
    words = tuple(word.text for word in book.words if len(word.syllables) == 2)[:40]
    three = (SectionPlan("verse", FOUR[:3], "XXX"),)
    with pytest.raises(RequestError, match=r"40 words .* do not fit into 3 lines .* nearest"):
        next(writer.drafts(replace(REQUEST, sections=three, include=words)))


def test_a_word_longer_than_every_line_is_refused(writer: SongWriter) -> None:
    short = (SectionPlan("verse", (LinePlan(3),), "X"),)
    with pytest.raises(RequestError, match=r"'communication' has 5 .* line of 6 syllables"):
        next(writer.drafts(replace(REQUEST, sections=short, include=("communication",))))


def test_disputed_unknown_and_explicit_words_are_refused(writer: SongWriter) -> None:
    for word, reason in (
        ("fire", "different people"),
        ("qwxz", "dictionary"),
        ("damn", "explicit"),
    ):
        with pytest.raises(RequestError, match=reason):
            next(writer.drafts(replace(REQUEST, include=(word,))))


def test_one_line_is_written_anew_and_the_rest_stays(song: Song, writer: SongWriter) -> None:
    others = writer.rewritten(song, 3, 3, 7, REQUEST)
    assert len({line.key for line in others}) == 3
    old = song.lines[2]
    for line in others:
        assert line.key != old.key
        assert len(line.syllables) == 6
        assert _rhyme(line, song.lines[0])
    changed = with_line(song, 3, others[0], OTHER)
    assert changed.lines[2] == others[0]
    assert changed.facts.origin.model == f"{song.facts.origin.model} and big"
    assert changed.facts.origin.joined(OTHER) == changed.facts.origin
    assert [new for new, was in zip(changed.lines, song.lines, strict=True) if new != was] == [
        others[0]
    ]


def test_a_chorus_line_changes_wherever_it_stands(song: Song, writer: SongWriter) -> None:
    (line,) = writer.rewritten(song, 5, 1, 1, REQUEST)
    changed = with_line(song, 5, line, OTHER)
    assert changed.lines[4] == changed.lines[12] == line


def test_lines_that_are_not_there_are_named(song: Song, writer: SongWriter) -> None:
    with pytest.raises(WriterError, match="no line 17; the song has lines 1 to 16"):
        writer.rewritten(song, 17, 1, 1, REQUEST)


def test_a_rhyme_that_cannot_be_had_names_what_can(song: Song, writer: SongWriter) -> None:
    """A one-syllable line after one that ends on a word with long rhymes only."""
    from lyrics.writer.song import read_line

    section = song.sections[0]
    lines = (read_line("I never had an orange", LinePlan(7)), *section.lines[1:])
    broken = replace(song, sections=(replace(section, lines=lines),))
    plans = (SectionPlan("verse", (LinePlan(7), LinePlan(4), LinePlan(1), LinePlan(4)), "ABAB"),)
    said = r"no line of 1 syllable ends on a word that rhymes with -ɔɹəndʒ; (with --slant|nothing)"
    with pytest.raises(RequestError, match=said):
        writer.rewritten(broken, 3, 1, 1, replace(REQUEST, sections=plans))


def test_who_avoids_a_word_avoids_its_forms(writer: SongWriter) -> None:
    assert {"street", "streets", "street's"} <= avoided(["Street"])
    assert {"leave", "leaves", "leaving", "leaved"} <= avoided(["leave"])
    assert {"stopping", "stopped", "cities", "carried"} <= avoided(["stop", "city", "carry"])
    assert not {"lea", "lean", "stopper"} & avoided(["leave", "stop"])
    common = [word.text for word in writer.book.words if word.key.endswith("s")][:200]
    free = replace(REQUEST, sections=REQUEST.sections[:1])
    song = writer.write(replace(free, avoid=tuple(word.rstrip("s") for word in common)))
    used = {word for line in song.lines for word in line.key.split()}
    assert not used & set(common)


def test_a_rhyme_that_only_longer_words_have_names_their_length(
    song: Song, writer: SongWriter
) -> None:
    from lyrics.writer.song import read_line

    lines = (read_line("My situation"), read_line("I"))
    broken = replace(song, sections=(replace(song.sections[0], rhyme="AA", lines=lines),))
    plans = (SectionPlan("verse", (LinePlan(5), LinePlan(1)), "AA"),)
    with pytest.raises(RequestError, match=r"the shortest word that does has [23], so ask for"):
        writer.rewritten(broken, 2, 1, 1, replace(REQUEST, sections=plans))


def test_other_rhymes_sound_otherwise(song: Song) -> None:
    for section in song.sections:
        first, second = (rhyme_sound(line.words[-1].syllables) for line in section.lines[:2])
        assert first.perfect != second.perfect


def test_no_section_ends_on_a_comma(song: Song) -> None:
    assert not any(section.lines[-1].text.endswith(",") for section in song.sections)
