from __future__ import annotations

from pathlib import Path

import pytest

from lyrics.pronounce import pronouncer_for
from lyrics.writer.errors import LyricsFileError
from lyrics.writer.plan import LinePlan
from lyrics.writer.rhyme import RhymeKind
from lyrics.writer.song import Origin, Song, SongFacts, SongSection, read_line, titled
from lyrics.writer.song_file import from_text, read_song, to_json, to_text, write_song
from voice.score.inline import read_inline
from voice.score.words import with_words

ORIGIN = Origin("Tiny", "CC0-1.0")
FACTS = SongFacts("the sea\nat night", "folk", ORIGIN, RhymeKind.SLANT, 9, "song.mxl")
VERSE = ("Leaving the city at night,", "I don't know where I go")


def _song() -> Song:
    lines = tuple(read_line(text) for text in VERSE)
    return Song(
        FACTS, (SongSection("verse", 1, "XX", lines), SongSection("chorus", 0, "XX", lines))
    )


def test_a_file_reads_back_as_it_was(tmp_path: Path) -> None:
    write_song(_song(), tmp_path / "song.txt")
    again = read_song(tmp_path / "song.txt")
    assert again.sections == _song().sections
    assert again.facts == SongFacts(
        "the sea at night", "folk", ORIGIN, RhymeKind.SLANT, 9, "song.mxl"
    )


def test_every_file_names_model_and_licence_and_promises_no_originality() -> None:
    text = to_text(_song())
    assert "# model: Tiny" in text
    assert "# licence: CC0-1.0" in text
    assert "nobody can promise" in text.splitlines()[0]


def test_the_singer_sings_the_file_without_its_headings() -> None:
    melody = read_inline(" ".join(["C4"] * 13))
    sung = with_words(melody, to_text(_song()), pronouncer_for("en"))
    assert sung.verses == 2
    first = [note.lyrics[0].text for note in sung.notes if note.lyrics[0]]
    assert first[0] == "Leaving"
    assert len(first) == 13


def test_people_may_write_their_own() -> None:
    song = from_text("One day\n\n[Bridge]\nTwo days\nFor me")
    assert [section.title for section in song.sections] == ["Verse", "Bridge"]
    assert [section.rhyme for section in song.sections] == ["X", "XX"]
    assert song.lines[2].plan == LinePlan(2)


def test_a_changed_number_of_lines_gets_a_scheme_that_fits() -> None:
    (section,) = from_text("[Verse 1: ABAB]\nOne day\nTwo days\nFor me").sections
    assert len(section.rhyme) == 3


def test_json_says_all() -> None:
    value = to_json(_song())
    assert value["model"] == "Tiny"
    sections = value["sections"]
    assert isinstance(sections, list)
    line = sections[0]["lines"][0]
    assert line["text"] == VERSE[0]
    assert line["syllables"] == ["li", "vɪŋ", "ðə", "sɪ", "ti", "æt", "naɪ̯t"]
    assert line["stresses"] == "1001011"


@pytest.mark.parametrize("text", ["", "# theme: x\n\n[Verse]\n"])
def test_files_without_lines_are_refused(text: str) -> None:
    with pytest.raises(LyricsFileError, match="holds no lines"):
        from_text(text)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(LyricsFileError, match=r"gone\.txt"):
        read_song(tmp_path / "gone.txt")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(LyricsFileError, match="not UTF-8"):
        read_song(tmp_path / "bytes.txt")
    with pytest.raises(LyricsFileError, match="cannot write"):
        write_song(_song(), tmp_path / "no" / "song.txt")


def test_headings_count_verses_only_where_there_are_several() -> None:
    assert titled(["verse", "chorus", "verse", "chorus", "bridge"]) == [1, 0, 2, 0, 0]
    assert titled(["verse", "chorus"]) == [0, 0]
