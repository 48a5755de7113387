"""Small scores made by hand, for tests that look at one thing each."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from voice.score.inline import read_inline
from voice.score.model import Bar, Lyric, Note, Place, Score

MUSICXML_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
    '<score-partwise version="4.0"><work><work-title>Test</work-title></work>'
)


def xml_note(
    step: str,
    octave: int = 4,
    duration: int = 4,
    words: Sequence[str | None] = (),
    inner: str = "",
    notations: str = "",
) -> str:
    """A MusicXML note in divisions of four a quarter; words like "A-" go on, None is no word."""
    lyrics = ""
    for number, word in enumerate(words, 1):
        if word is not None:
            syllabic = "begin" if word.endswith("-") else "single"
            text = word.rstrip("-")
            lyrics += (
                f'<lyric number="{number}"><syllabic>{syllabic}</syllabic>'
                f"<text>{text}</text></lyric>"
            )
    length = "" if "<grace" in inner else f"<duration>{duration}</duration>"
    marks = f"<notations>{notations}</notations>" if notations else ""
    return (
        f"<note>{inner}<pitch><step>{step}</step><octave>{octave}</octave></pitch>{length}"
        f"<voice>1</voice>{marks}{lyrics}</note>"
    )


def xml_bar(number: int, content: str, before: str = "", after: str = "") -> str:
    return f'<measure number="{number}">{before}{content}{after}</measure>'


ATTRIBUTES = (
    "<attributes><divisions>4</divisions>"
    "<time><beats>2</beats><beat-type>4</beat-type></time></attributes>"
)


def xml_score(bars: Sequence[str], name: str = "Voice") -> bytes:
    """One part of bars, the first of which holds `ATTRIBUTES`."""
    part_list = (
        f'<part-list><score-part id="P1"><part-name>{name}</part-name></score-part></part-list>'
    )
    part = f'<part id="P1">{"".join(bars)}</part>'
    return (MUSICXML_HEAD + part_list + part + "</score-partwise>").encode()


def spelled(score: Score, verse: int = 1) -> str:
    """The words of a verse: hyphens where they go on, `~` for a note that holds."""
    text = ""
    for note in score.notes:
        lyric = note.lyrics[verse - 1]
        if lyric is None:
            text += "~"
            continue
        for piece in (lyric, *lyric.elided):
            text += piece.text + ("-" if piece.syllabic in ("begin", "middle") else " ")
    return text.strip()


def pitches(score: Score) -> list[int]:
    return [note.midi for note in score.notes]


def line(text: str) -> Score:
    """An inline melody."""
    return read_inline(text)


def plain_note(start: Fraction | int, length: Fraction | int, midi: int, text: str | None) -> Note:
    return Note(
        Fraction(start), Fraction(length), midi, (Lyric(text) if text else None,), Place(1, 1.0)
    )


def one_bar(notes: Sequence[Note], length: int = 4) -> Score:
    return Score("test", tuple(notes), (Bar(Fraction(0), Fraction(length), 1),))


def saved(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
