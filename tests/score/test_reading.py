"""Files of every kind, right and wrong, through the one door."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import mido
import pytest
from small_scores import ATTRIBUTES, pitches, saved, spelled, xml_bar, xml_note, xml_score

from voice.errors import ScoreError, ScoreFormatError, ScoreLimitError
from voice.score.projects import PROJECT_SUFFIXES
from voice.score.reading import read_score, read_song

FIXTURES = Path(__file__).parent / "fixtures"


def test_missing_empty_and_unknown_files(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match=r"no\.mid: there is no such file"):
        read_score(tmp_path / "no.mid")
    with pytest.raises(ScoreFormatError, match="is empty"):
        read_score(saved(tmp_path, "e.mid", b""))
    with pytest.raises(ScoreFormatError, match=r"\.pdf is no score format; there are abc"):
        read_score(tmp_path / "x.pdf")
    (tmp_path / "d.mid").mkdir()
    with pytest.raises(ScoreError, match="is not a file"):
        read_score(tmp_path / "d.mid")


def test_a_score_without_notes(tmp_path: Path) -> None:
    rest = "<note><rest/><duration>8</duration><voice>1</voice></note>"
    path = saved(tmp_path, "x.musicxml", xml_score([xml_bar(1, rest, ATTRIBUTES)]))
    with pytest.raises(ScoreFormatError, match="part 'Voice' has no notes"):
        read_score(path)


def test_hours_of_score(tmp_path: Path) -> None:
    slow = mido.MidiTrack(
        [
            mido.MetaMessage("set_tempo", tempo=6_000_000),
            mido.Message("note_on", note=60, time=480 * 2_000),
            mido.Message("note_off", note=60, time=480),
        ]
    )
    path = tmp_path / "x.mid"
    mido.MidiFile(ticks_per_beat=480, tracks=[slow]).save(path)
    with pytest.raises(ScoreLimitError, match=r"lasts 3\.3 hours"):
        read_score(path)


def test_a_line_a_file_and_other_words(tmp_path: Path) -> None:
    assert pitches(read_song("C4 la D4 lu")) == [60, 62]
    words = saved(tmp_path, "w.txt", b"A-men")
    assert spelled(read_song("C4 la D4 lu", words=words)) == "A-men"
    data = xml_score([xml_bar(1, xml_note("C", 4, 8, ["la"]), ATTRIBUTES)])
    path = saved(tmp_path, "x.xml", data)
    assert pitches(read_song(str(path))) == [60]


@pytest.mark.parametrize("suffix", [".ustx", ".svp", ".vsqx", ".vpr", ".ccs", ".ds"])
@pytest.mark.parametrize("data", [b"garbage \xff\x00", b"{}", b"<?xml version='1.0'?><a/>"])
def test_projects_that_are_none(suffix: str, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ScoreError) as caught:
        read_score(saved(tmp_path, "x" + suffix, data))
    assert "\n" not in str(caught.value)
    assert suffix in str(caught.value)


def test_entities_in_projects(tmp_path: Path) -> None:
    hostile = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    with pytest.raises(ScoreFormatError, match="XML entity"):
        read_score(saved(tmp_path, "x.vsqx", hostile))


def test_forty_formats_have_a_reader() -> None:
    assert len(PROJECT_SUFFIXES) > 30


def test_repeats_of_a_real_song() -> None:
    score = read_score(FIXTURES / "bye_and_bye.mxl")
    assert score.verses == 1
    assert [bar.number for bar in score.bars].count(10) == 2
    assert score.title == "Bye-and-Bye"


def test_an_independent_reading_agrees() -> None:
    path = FIXTURES / "with_rue.mxl"
    score = read_score(path)
    music21: Any = pytest.importorskip("music21")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        part = music21.converter.parse(path).parts[0]
    plain = [n for n in part.flatten().stripTies().notes if not n.duration.isGrace]
    direct = [(float(n.offset), max(p.midi for p in n.pitches)) for n in plain]
    written, head = [], None
    for note in score.notes:
        head = note.start_beats if head is None else head
        if not note.grace:
            written.append((float(head), note.midi))
            head = None
    assert written == direct
    assert float(score.length_beats) == float(part.duration.quarterLength)
    assert spelled(score).startswith("With rue my heart ~is lad-en")
