"""MusicXML: ties, graces, chords, voices, repeats, verses, tempo."""

from __future__ import annotations

import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from small_scores import ATTRIBUTES, pitches, saved, spelled, xml_bar, xml_note, xml_score

from voice.errors import ScoreError, ScoreFormatError, ScoreLimitError
from voice.score.model import Articulation, Score
from voice.score.musicxml import read_musicxml

P = Path("test.musicxml")


def read(*bars: str) -> Score:
    return read_musicxml(xml_score(bars), P)


def test_ties_are_joined() -> None:
    score = read(
        xml_bar(1, xml_note("C", duration=8, words=["love"], inner="") .replace(
            "<voice>", '<tie type="start"/><voice>'), ATTRIBUTES),
        xml_bar(2, xml_note("C", duration=4).replace("<voice>", '<tie type="stop"/><voice>')
                + xml_note("D", duration=4, words=["me"])),
    )  # fmt: skip
    assert [(float(n.start_beats), float(n.end_beats)) for n in score.notes] == [(0, 3), (3, 4)]
    assert spelled(score) == "love me"


def test_grace_notes_take_their_time_and_the_syllable() -> None:
    score = read(
        xml_bar(1, xml_note("D", inner="<grace/>") + xml_note("C", 4, 8, ["love"]), ATTRIBUTES)
    )
    first, second = score.notes
    assert (first.midi, first.grace, float(first.start_beats)) == (62, True, 0.0)
    assert first.duration_beats == Fraction(1, 8)
    assert second.start_beats + second.duration_beats == 2
    assert spelled(score) == "love ~"


def test_many_graces_take_a_quarter_of_the_note_at_most() -> None:
    graces = "".join(xml_note(step, inner="<grace/>") for step in "DEFG")
    score = read(xml_bar(1, graces + xml_note("C", 4, 4, ["la"]) + xml_note("D"), ATTRIBUTES))
    assert score.notes[4].start_beats == Fraction(1, 4)


def test_chords_give_the_top_note_and_a_warning() -> None:
    chord = xml_note("C", duration=8, words=["one"]) + xml_note("E", 4, 8, inner="<chord/>")
    score = read(xml_bar(1, chord, ATTRIBUTES))
    assert pitches(score) == [64]
    assert spelled(score) == "one"
    assert "bar 1: chords" in score.warnings[0]


def test_the_voice_with_the_words_is_sung() -> None:
    lower = xml_note("C", 3, 8).replace("<voice>1", "<voice>2")
    bar = xml_note("E", 4, 8, ["la"]) + "<backup><duration>8</duration></backup>" + lower
    assert pitches(read(xml_bar(1, bar, ATTRIBUTES), xml_bar(2, bar))) == [64, 64]


def test_repeats_sing_their_verses_in_turn() -> None:
    end = '<barline location="right"><repeat direction="backward"/></barline>'
    score = read(
        xml_bar(1, xml_note("C", words=["one", "two"])
                + xml_note("D", words=["a-", "b"]), ATTRIBUTES),
        xml_bar(2, xml_note("E", 4, 8, words=["men", "c"]), after=end),
        xml_bar(3, xml_note("F", 4, 8, words=["end"])),
    )  # fmt: skip
    assert score.verses == 1
    assert spelled(score) == "one a-men two b c end"
    assert [bar.number for bar in score.bars] == [1, 2, 1, 2, 3]


def test_endings() -> None:
    def ending(number: int, repeat: bool) -> str:
        sign = '<repeat direction="backward"/>' if repeat else ""
        return f'<barline location="right"><ending number="{number}" type="stop"/>{sign}</barline>'

    def start(number: int) -> str:
        return f'<barline location="left"><ending number="{number}" type="start"/></barline>'

    score = read(
        xml_bar(1, xml_note("C", 4, 8, ["a", "b"]), ATTRIBUTES),
        xml_bar(2, xml_note("D", 4, 8, ["first"]), start(1), ending(1, True)),
        xml_bar(3, xml_note("E", 4, 8, ["last"]), start(2), ending(2, False)),
    )
    assert [bar.number for bar in score.bars] == [1, 2, 1, 3]
    assert spelled(score) == "a first b last"


def test_da_capo_al_fine() -> None:
    def jump(words: str, sound: str) -> str:
        kind = f"<direction-type><words>{words}</words></direction-type>"
        return f'<direction>{kind}<sound {sound}="yes"/></direction>'

    fine, capo = jump("Fine", "fine"), jump("D.C. al Fine", "dacapo")
    score = read(
        xml_bar(1, xml_note("C", 4, 8, ["a"]) + fine, ATTRIBUTES),
        xml_bar(2, xml_note("D", 4, 8, ["b"]) + capo),
    )
    assert [bar.number for bar in score.bars] == [1, 2, 1]


def test_verses_without_repeats_are_verses() -> None:
    score = read(
        xml_bar(1, xml_note("C", words=["one", "two"])
                + xml_note("D", words=["a", "b"]), ATTRIBUTES),
        xml_bar(2, xml_note("E", 4, 2, ["Hal-"]) + xml_note("E", 4, 2, ["le-"])
                + xml_note("E", 4, 4, ["lu"])),
    )  # fmt: skip
    assert score.verses == 2
    assert spelled(score, 2) == "two b Hal-le-lu", "a refrain printed once belongs to every verse"


def test_tempo_by_number_word_and_default() -> None:
    def tempo(direction: str) -> float:
        mark = f"<direction><direction-type>{direction}</direction-type></direction>"
        bar = xml_bar(1, mark + xml_note("C", 4, 8, ["la"]), ATTRIBUTES)
        return read(bar).tempo.points[0].quarters_per_minute

    metronome = (
        "<metronome><beat-unit>eighth</beat-unit><beat-unit-dot/>"
        "<per-minute>ca. 80</per-minute></metronome>"
    )
    assert tempo(metronome) == 60
    assert tempo("<words>Andante con moto</words>") == 76
    assert tempo("<words>Andantino</words>") == 84
    assert tempo("<words>dolce</words>") == 90


def test_a_tempo_returns_to_the_last_marked_tempo() -> None:
    def mark(words: str, number: str = "") -> str:
        sound = f'<sound tempo="{number}"/>' if number else ""
        kind = f"<direction-type><words>{words}</words></direction-type>" if words else ""
        return f"<direction>{kind}{sound}</direction>"

    score = read(
        xml_bar(1, mark("Allegro", "120") + xml_note("C", 4, 8, ["a"]), ATTRIBUTES),
        xml_bar(2, mark("", "70") + xml_note("C", 4, 8, ["b"])),
        xml_bar(3, mark("a tempo") + xml_note("C", 4, 8, ["c"])),
    )
    assert [p.quarters_per_minute for p in score.tempo.points] == [120, 70, 120]


def test_numbers_count_before_words_of_the_same_moment() -> None:
    words = "<direction><direction-type><words>Allegretto</words></direction-type></direction>"
    number = '<direction><sound tempo="92"/></direction>'
    faster = "<direction><direction-type><words>Più mosso</words></direction-type></direction>"
    score = read(
        xml_bar(1, words + number + xml_note("C", 4, 8, ["a"]), ATTRIBUTES),
        xml_bar(2, faster + xml_note("C", 4, 8, ["b"])),
    )
    assert [p.quarters_per_minute for p in score.tempo.points] == pytest.approx([92, 105.8])


def test_articulations_and_slurs() -> None:
    staccato = "<articulations><staccato/></articulations>"
    start, stop = '<slur number="1" type="start"/>', '<slur number="1" type="stop"/>'
    score = read(
        xml_bar(
            1,
            xml_note("C", words=["a"], notations=staccato + start)
            + xml_note("D", notations=stop + "<fermata/>"),
            ATTRIBUTES,
        )
    )
    assert score.notes[0].articulations == {Articulation.STACCATO}
    assert score.notes[1].articulations == {Articulation.FERMATA}
    assert [note.slur for note in score.notes] == [False, True]


def test_elision_and_extender() -> None:
    note = xml_note("C", 4, 8).replace(
        "</note>",
        '<lyric number="1"><syllabic>end</syllabic><text>ry</text><elision>‿</elision>'
        "<syllabic>single</syllabic><text>and</text><extend/></lyric></note>",
    )
    score = read(xml_bar(1, note, ATTRIBUTES))
    lyric = score.notes[0].lyrics[0]
    assert lyric is not None
    assert [p.text for p in lyric.elided] == ["and"]
    assert lyric.extends


def test_parts_by_name_number_and_words() -> None:
    data = xml_score([xml_bar(1, xml_note("C", 4, 8, ["la"]), ATTRIBUTES)], "Soprano")
    piano = xml_bar(1, xml_note("C", 2, 8), ATTRIBUTES)
    both = data.replace(
        b"</part-list>",
        b'<score-part id="P2"><part-name>Piano</part-name></score-part></part-list>',
    ).replace(b"</score-partwise>", f'<part id="P2">{piano}</part></score-partwise>'.encode())
    assert read_musicxml(both, P).part == "Soprano"
    assert pitches(read_musicxml(both, P, "piano")) == [36]
    assert pitches(read_musicxml(both, P, "2")) == [36]
    with pytest.raises(ScoreError, match=r"no part 'Bass'; there are 1 Soprano, 2 Piano"):
        read_musicxml(both, P, "Bass")


def test_entities_are_refused_but_a_doctype_is_not() -> None:
    data = xml_score([xml_bar(1, xml_note("C", 4, 8, ["la"]), ATTRIBUTES)])
    assert b"<!DOCTYPE" in data
    hostile = data.replace(b'partwise.dtd">', b'partwise.dtd" [<!ENTITY x "boom">]>')
    with pytest.raises(ScoreFormatError, match=r"line 2 declares the XML entity 'x'"):
        read_musicxml(hostile, P)
    encoded = hostile.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    with pytest.raises(ScoreFormatError, match="XML entity"):
        read_musicxml(encoded, P)


def test_a_zip_bomb_is_refused_from_its_headers(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.mxl"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.xml", b"\0" * 110_000_000)
    with pytest.raises(ScoreLimitError, match="unpacks to 110,000,000 bytes"):
        read_musicxml(bomb.read_bytes(), bomb)


def test_mxl_is_found_by_its_container(tmp_path: Path) -> None:
    path = tmp_path / "song.mxl"
    data = xml_score([xml_bar(1, xml_note("C", 4, 8, ["la"]), ATTRIBUTES)])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.xml", b"<nothing/>")
        archive.writestr("deep/real.xml", data)
        archive.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="deep/real.xml"/></rootfiles></container>',
        )
    assert spelled(read_musicxml(path.read_bytes(), path)) == "la"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not xml at all", "no well-formed XML"),
        (b"<html></html>", "<html> instead of <score-partwise>"),
        (b"PK\x03\x04broken", "damaged or locked zip"),
    ],
)
def test_other_files_are_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = saved(tmp_path, "x.mxl", data)
    with pytest.raises(ScoreFormatError, match=message):
        read_musicxml(data, path)


def test_ten_thousand_bars_are_too_many() -> None:
    bars = [xml_bar(1, xml_note("C", 4, 8, ["la"]), ATTRIBUTES)]
    bars += [f'<measure number="{n}"/>' for n in range(2, 10_001)]
    with pytest.raises(ScoreLimitError, match="10,000 bars, more than 5,000"):
        read_musicxml(xml_score(bars), P)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<duration>8", b"<duration>eight"),
        (b"<divisions>4", b"<divisions>0"),
        (b"<beat-type>4", b"<beat-type>7"),
        (b"<octave>4", b"<octave>99"),
        (b"<step>C", b"<step>Q"),
        (b"<syllabic>single", b"<syllabic>sometimes"),
    ],
)
def test_nonsense_is_refused_in_one_line_or_read(old: bytes, new: bytes) -> None:
    data = xml_score([xml_bar(1, xml_note("C", 4, 8, ["la"]), ATTRIBUTES)])
    assert old in data
    assert "\n" not in outcome(data.replace(old, new))


def outcome(data: bytes) -> str:
    """What comes of a file: its words, or why it is refused; anything else is an error."""
    try:
        return spelled(read_musicxml(data, P))
    except ScoreError as error:
        return str(error)


def test_latin_1_declared_is_read() -> None:
    data = xml_score([xml_bar(1, xml_note("C", 4, 8, ["blessèd"]), ATTRIBUTES)])
    latin = data.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert spelled(read_musicxml(latin, P)) == "blessèd"
